import Table from 'cli-table3';
import {
  checkSecrets,
  type Finding,
  gatekeeperPublicKey,
  gatekeeperPublicKeys,
  isFine,
  planInit,
} from '../../secrets/index.ts';
import { type Console, paint } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { carryOut } from './carry-out.ts';
import { askForMissing, givenValues } from './given-values.ts';
import { type Options, withSession } from './session.ts';

const DAY = 86_400_000;

/** `council secrets init` */
export const secretsInit = (options: Options, console: Console): Promise<ExitCode> =>
  withSession(options, console, async (session) => {
    const { manifest, inventory, tools } = session;
    const isDry = options['dryRun'] === true;
    const values = givenValues(options, manifest);
    const given = isDry ? values : await askForMissing(values, manifest, inventory, console);
    const { changes, missing } = await planInit(manifest, inventory, given, tools);
    await carryOut(session, changes, options, console, { missing });
    for (const name of missing) console.err(`council: ${name} is missing; only people know it: give --values\n`);
    return missing.length > 0 ? EXIT.no : EXIT.ok;
  });

/** `council secrets check` */
export const secretsCheck = (options: Options, console: Console): Promise<ExitCode> =>
  withSession(options, console, async ({ manifest, region, inventory, tools }) => {
    const findings = checkSecrets(manifest, inventory, { now: tools.now, ahead: daysOf(options['ahead']) * DAY });
    const isRight = findings.every(isFine);
    const key = gatekeeperPublicKey(manifest, inventory);
    const keys = gatekeeperPublicKeys(manifest, inventory);
    if (options['json'] === true) {
      const told = { stack: manifest.stack, region, ok: isRight, gatekeeperPublicKey: key, gatekeeperPublicKeys: keys };
      console.out(`${JSON.stringify({ ...told, findings })}\n`);
    } else {
      console.out(`${findingsTable(findings, console)}\n`);
      if (key !== undefined) console.out(`${manifest.zone} signs with the key whose public half is ${key}\n`);
      if (keys.length > 1) console.out(`terminals need these public keys now:\n  ${keys.join('\n  ')}\n`);
      const bad = findings.filter((finding) => !isFine(finding)).length;
      console.out(isRight ? 'all is as it should be\n' : `${bad} of ${findings.length} are not as they should be\n`);
    }
    return isRight ? EXIT.ok : EXIT.no;
  });

function daysOf(value: unknown): number {
  const days = Number(value);
  if (!Number.isSafeInteger(days) || days < 0 || days > 3650)
    throw new UsageError(`--ahead: must be a whole number from 0 to 3650 (days), not "${String(value)}"`);
  return days;
}

function findingsTable(findings: readonly Finding[], console: Console): string {
  const table = new Table({ head: ['Parameter', 'State', 'Until', 'What is wrong'], style: { head: [], border: [] } });
  for (const finding of findings) {
    const colour = isFine(finding) ? 'green' : finding.state === 'expiring' ? 'yellow' : 'red';
    table.push([finding.name, paint(console, colour, finding.state), finding.until ?? '', finding.problems.join('\n')]);
  }
  return table.toString();
}
