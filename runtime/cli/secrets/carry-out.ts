import type { Change } from '../../secrets/index.ts';
import type { Console } from '../console.ts';
import type { Options, Session } from './session.ts';

/** Makes changes, or says what they would be; names alone are ever shown. */
export async function carryOut(
  session: Session,
  changes: readonly Change[],
  options: Options,
  console: Console,
  more: object = {},
): Promise<void> {
  const { manifest, region, inventory } = session;
  const [isDry, isJson] = [options['dryRun'] === true, options['json'] === true];
  const done: Change[] = [];
  const tell = (change: Change): void => {
    done.push(change);
    if (!isJson) console.out(`${isDry ? `would ${change.kind}` : PAST[change.kind]} ${change.name}\n`);
  };
  try {
    if (isDry) changes.forEach(tell);
    else await session.apply(changes, tell);
  } catch (error) {
    console.err(`council: ${done.length} of ${changes.length} are done; the same command goes on from there\n`);
    throw error;
  }
  if (isJson) {
    const told = changes.map(({ kind, name }) => ({ kind, name }));
    console.out(`${JSON.stringify({ stack: manifest.stack, region, dryRun: isDry, changes: told, ...more })}\n`);
  } else if (changes.length === 0)
    console.out(`nothing to do: the stack ${manifest.stack} has ${inventory.size} parameters in ${region}\n`);
}

const PAST = { create: 'created', replace: 'replaced', remove: 'removed' } as const;
