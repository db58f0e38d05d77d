import { isGatekeeper, NO_RELEASE, spare } from '../../release/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { wantedBy } from './gate.ts';
import { type Options, textOf } from './options.ts';
import { Stack, type StackTimes } from './stack.ts';

/** `council release spare`: whether a gatekeeper can be taken away without an outage. */
export async function releaseSpare(options: Options, console: Console, times?: StackTimes): Promise<ExitCode> {
  const role = textOf(options, 'role') ?? '';
  if (!isGatekeeper(role)) throw new UsageError('--role: must be gatekeeper-primary or gatekeeper-secondary');
  const stack = new Stack(options, () => {}, times);
  try {
    // Before its first release it serves nobody.
    const isIdle = (await wantedBy(role, stack)) === NO_RELEASE;
    const problem = isIdle ? undefined : await stack.follow(spare(role));
    if (options['json'] === true)
      console.out(`${JSON.stringify({ stack: stack.name, role, spare: problem === undefined, reason: problem })}\n`);
    else if (problem === undefined)
      console.out(`${role} can be spared${isIdle ? ': it is to run no release yet' : ''}\n`);
    if (problem === undefined) return EXIT.ok;
    console.err(
      `council: ${role} cannot be spared: ${problem}. Bring up what is out first (docs/operations/change-production.md)\n`,
    );
    return EXIT.no;
  } finally {
    stack.close();
  }
}
