/** The lab's three etcd members. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type EtcdMember, startEtcdMember } from '../../../runtime/adapters/etcd-process.ts';
import { ask } from './http.ts';
import { HOSTS, type LabNetwork } from './network.ts';
import { until } from './shell.ts';

export const VOTERS = ['primary', 'secondary', 'monitoring'] as const;
export type Voter = (typeof VOTERS)[number];

export const clientUrl = (voter: Voter): string => `http://${HOSTS[voter]}:2379`;
const peerUrl = (voter: Voter): string => `http://${HOSTS[voter]}:2380`;

/** As etcd's gateway has them: 64-bit numbers in decimal digits. */
const statusAnswer = z.object({ header: z.object({ member_id: z.string() }), leader: z.string().default('0') });
const rangeAnswer = z.object({
  kvs: z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]),
});

export class EtcdCluster {
  readonly #network: LabNetwork;
  readonly #folder: string;
  readonly #members = new Map<Voter, EtcdMember>();

  /** @param folder of all members' data and logs; on a real disk, or nothing here is worth measuring */
  constructor(network: LabNetwork, folder: string) {
    this.#network = network;
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Starts a member, with the data that it left when it ended. */
  start(voter: Voter): void {
    if (this.#members.has(voter)) return;
    const member = startEtcdMember({
      binary: 'etcd',
      name: voter,
      dataDir: join(this.#folder, voter),
      peerUrl: peerUrl(voter),
      clientUrl: clientUrl(voter),
      initialCluster: VOTERS.map((one) => `${one}=${peerUrl(one)}`).join(','),
      state: 'new',
      log: join(this.#folder, `${voter}.log`),
      flags: [`--initial-cluster-token=${this.#network.prefix}`, '--log-level=warn'],
      wrap: this.#network.on(voter),
    });
    void member.exited.then(() => {
      if (this.#members.get(voter) === member) this.#members.delete(voter);
    });
    this.#members.set(voter, member);
  }

  signal(voter: Voter, signal: NodeJS.Signals): void {
    this.#members.get(voter)?.kill(signal);
  }

  /** The voter that leads, as this one sees it; undefined where it sees none, or does not answer. */
  async leader(asked: Voter): Promise<Voter | undefined> {
    const seen = await this.#status(asked);
    if (seen === undefined || seen.leader === '0') return undefined;
    for (const voter of VOTERS) if ((await this.#status(voter))?.id === seen.leader) return voter;
    return undefined;
  }

  async #status(voter: Voter): Promise<{ readonly id: string; readonly leader: string } | undefined> {
    try {
      const text = await ask(`${clientUrl(voter)}/v3/maintenance/status`, {});
      const { header, leader } = statusAnswer.parse(JSON.parse(text));
      return { id: header.member_id, leader };
    } catch {
      return undefined;
    }
  }

  /** All three agree on who leads, and that one is among them. */
  async isHealthy(): Promise<boolean> {
    const seen = await Promise.all(VOTERS.map((voter) => this.#status(voter)));
    const leader = seen[0]?.leader;
    return (
      leader !== undefined && seen.every((one) => one?.leader === leader) && seen.some((one) => one?.id === leader)
    );
  }

  healthy(): Promise<true> {
    return until('three etcd members with one leader', () => this.isHealthy());
  }

  /** Makes this voter's member lead, by the leader's own consent. */
  async move(voter: Voter): Promise<void> {
    await until(`etcd led by ${voter}`, async () => {
      const now = await this.leader(voter);
      if (now === undefined || now === voter) return now === voter;
      const target = await this.#status(voter);
      const body = { targetID: target?.id };
      await ask(`${clientUrl(now)}/v3/maintenance/transfer-leadership`, body, 3000).catch(() => {});
      return false;
    });
  }

  /** Every key that begins so, with its value, read with a majority's consent. */
  async read(prefix: string): Promise<ReadonlyMap<string, Buffer>> {
    const from = Buffer.from(prefix);
    const end = Buffer.from(prefix);
    end[end.length - 1] = (end.at(-1) ?? 0) + 1;
    const body = { key: from.toString('base64'), range_end: end.toString('base64') };
    const { kvs } = rangeAnswer.parse(JSON.parse(await ask(`${clientUrl('monitoring')}/v3/kv/range`, body, 5000)));
    return new Map(kvs.map(({ key, value }) => [decoded(key).toString(), decoded(value)]));
  }

  async stop(): Promise<void> {
    const members = [...this.#members.values()];
    for (const member of members) member.kill('SIGKILL');
    await Promise.all(members.map(({ exited }) => exited));
  }
}

const decoded = (base64: string): Buffer => Buffer.from(base64, 'base64');
