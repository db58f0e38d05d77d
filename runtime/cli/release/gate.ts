import { setTimeout as pause } from 'node:timers/promises';
import { Instances } from '../../adapters/instances.ts';
import {
  type GatePatience,
  gate,
  isSha256,
  isVoter,
  NO_RELEASE,
  ReleaseError,
  type ReleaseRole,
  VOTERS,
} from '../../release/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { type Options, textOf } from './options.ts';
import { hostIdsOf, Stack, type StackTimes } from './stack.ts';

/** Milliseconds between two questions to EC2, and how many there are: ten minutes. */
const BETWEEN = 5000;
const QUESTIONS = 120;
/** A host that is new installs its packages first: a quarter of an hour. */
const NEW_HOST: GatePatience = { looks: 180, inARow: 2 };

/** `council release gate`: waits until one host is well, by EC2's checks and by what it serves. */
export async function releaseGate(options: Options, console: Console, times?: StackTimes): Promise<ExitCode> {
  const [[role, [id = ''] = []] = [], ...others] = hostIdsOf(options);
  if (role === undefined || others.length > 0) throw new UsageError('--host is missing: the one host to wait for');
  const next = textOf(options, 'next');
  if (next !== undefined && !isVoter(next))
    throw new UsageError(`--next: must be one of ${VOTERS.join(', ')}, not ${JSON.stringify(next)}`);
  const stack = new Stack(options, () => {}, times);
  try {
    await statusChecks(role, id, stack.region);
    const wanted = await wantedBy(role, stack);
    if (wanted === NO_RELEASE) {
      console.out(`${role} (${id}) is healthy; it is to run no release yet, so nothing else is asked\n`);
      return EXIT.ok;
    }
    const problem = await stack.follow(gate({ role, release: wanted, next, patience: NEW_HOST }));
    if (problem !== undefined) throw new ReleaseError(`${role} (${id}) does not serve with ${wanted}: ${problem}`);
    console.out(`${role} (${id}) serves with ${wanted}\n`);
    return EXIT.ok;
  } finally {
    stack.close();
  }
}

/**
 * The release that a role's hosts are to run, or `none`.
 * @throws ReleaseError where its parameter holds anything else
 */
export async function wantedBy(role: ReleaseRole, { parameters, names }: Stack): Promise<string> {
  const wanted = (await parameters.find(names.wanted(role))) ?? NO_RELEASE;
  if (wanted !== NO_RELEASE && !isSha256(wanted))
    throw new ReleaseError(`the parameter ${names.wanted(role)} must hold ${NO_RELEASE} or a SHA-256`);
  return wanted;
}

async function statusChecks(role: string, id: string, region: string): Promise<void> {
  const instances = new Instances(region);
  try {
    let said = 'not asked';
    for (let question = 0; question < QUESTIONS; question++) {
      if (question > 0) await pause(BETWEEN);
      said = await instances.health(id);
      if (said === 'ok') return;
    }
    throw new ReleaseError(`${role} (${id}) is not healthy after ${(QUESTIONS * BETWEEN) / 60_000} minutes: ${said}`);
  } finally {
    instances.close();
  }
}
