import { z } from 'zod';
import { partnerOf, type ReleaseRole, unitOf, type Voter } from './hosts.ts';

const probe = z.object({
  serves: z.boolean(),
  /** Such as `leading` or `standby`. */
  role: z.string().max(100),
  /** SHA-256 of the release that the running process is of; null for one that runs from a checkout. */
  release: z.string().max(64).nullable(),
  /** Who votes in etcd; null where that could not be asked, missing where there is none or the release does not tell. */
  voters: z
    .array(z.object({ name: z.string().max(100), healthy: z.boolean() }))
    .max(20)
    .nullish(),
  /** What is wrong, for people. */
  problems: z.array(z.string().max(1000)).max(20),
});

const schema = z.object({
  /** SHA-256 of the release that is current, or `none`. */
  current: z.string().max(100),
  /** Whether its unit starts what is in the release. */
  ours: z.boolean(),
  /** The unit, as systemd says it. */
  state: z.string().max(40),
  pid: z.int().min(0),
  /** Whether its first boot is under way, at whose end it takes the release that is wanted by itself. */
  booting: z.boolean().optional(),
  /** Whether the group that it is of has chosen it to go: it waits for its last call then, and comes to no other end. */
  leaving: z.boolean().optional(),
  /** What a gatekeeper says; null on other hosts, and where it cannot be asked. */
  probe: probe.nullable(),
});

/** What was seen on a host. */
export type HostState = Readonly<z.infer<typeof schema>>;

/** @returns `undefined` for what no host of ours says */
export function parseHostState(output: string): HostState | undefined {
  try {
    const last = output.trim().split('\n').at(-1) ?? '';
    return schema.safeParse(JSON.parse(last)).data;
  } catch {
    return undefined; // Cut short, or of somebody else.
  }
}

/** Whether it serves, whatever its release. */
export const serves = (role: ReleaseRole, { state, probe: said }: HostState): boolean =>
  state === 'active' && (partnerOf(role) === undefined || said?.serves === true);

/** Why etcd would decide nothing without a voter; `undefined` where it would, or where the host does not tell. */
export function quorumProblem(without: Voter, { probe: said }: HostState): string | undefined {
  const voters = said?.voters;
  if (voters === undefined) return undefined;
  if (voters === null) return 'nobody can tell whether the voters of etcd are healthy';
  const left = voters.filter(({ name, healthy }) => healthy && name !== without);
  if (left.length * 2 > voters.length) return undefined;
  const out = voters.filter(({ healthy }) => !healthy).map(({ name }) => name || 'one that was never started');
  return `without ${without} etcd decides nothing: of its ${voters.length} voters ${out.join(' and ') || 'none'} is out`;
}

/** Why a host does not serve with a release; `undefined` where it does, or where it leaves and nobody waits for that. */
export function problemOf(role: ReleaseRole, release: string, host: HostState): string | undefined {
  const { current, ours, state, probe: said, leaving } = host;
  if (leaving) return undefined;
  if (current !== release) return `its current release is ${current}`;
  // What is no part of the release is not judged by it.
  if (!ours) return undefined;
  if (state !== 'active') return `${unitOf(role)} is ${state}`;
  if (partnerOf(role) === undefined) return undefined;
  if (said === null) return 'its gatekeeper cannot be asked';
  if (said.release !== release) return `its gatekeeper runs the release ${said.release ?? '(none)'}`;
  return said.serves ? undefined : said.problems.join('; ') || 'its gatekeeper does not serve';
}
