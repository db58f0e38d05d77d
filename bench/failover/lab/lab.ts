/** The whole laboratory: five hosts, three etcd members, two gatekeepers. Made by one process, used by another. */
import { mkdirSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Freeze } from '../run-record.ts';
import { EtcdCluster, VOTERS } from './etcd.ts';
import { mountSmallDisk } from './full-disk.ts';
import { Gatekeeper, otherSide, SIDES, type Side } from './gatekeeper.ts';
import { PLACES } from './janitor.ts';
import { LabNetwork } from './network.ts';
import { monotonic, until } from './shell.ts';

const TMPFS_MAGIC = 0x01021994;

/** A new folder on a real disk: what an etcd member waits for is its disk. */
export function newFolder(prefix: string): string {
  const isReal = (path: string): boolean => statfsSync(path).type !== TMPFS_MAGIC;
  const place = PLACES.find(isReal) ?? tmpdir();
  return mkdtempSync(join(place, `${prefix}-`));
}

export interface LabArgs {
  readonly prefix: string;
  readonly folder: string;
  readonly keyFile: string;
  readonly registry: string;
  readonly needs: readonly ('small-disks' | 'shifted-clocks')[];
}

export class Lab {
  readonly network: LabNetwork;
  readonly folder: string;
  readonly etcd: EtcdCluster;
  readonly gatekeepers: Readonly<Record<Side, Gatekeeper>>;
  readonly freezes: Freeze[] = [];

  /** Everything is down until start(). */
  constructor({ prefix, folder, keyFile, registry, needs }: LabArgs) {
    this.network = LabNetwork.attach(prefix);
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    this.etcd = new EtcdCluster(this.network, join(folder, 'etcd'));
    if (needs.includes('small-disks')) for (const side of SIDES) mountSmallDisk(join(folder, side));
    const make = (side: Side): Gatekeeper =>
      new Gatekeeper({
        ...{ side, network: this.network, keyFile, registry },
        dataDir: join(folder, side),
        log: join(folder, `${side}.log`),
        hasShiftedClock: needs.includes('shifted-clocks'),
      });
    this.gatekeepers = { primary: make('primary'), secondary: make('secondary') };
  }

  /** Starts all; `first` will lead. */
  async start(first: Side): Promise<void> {
    for (const voter of VOTERS) this.etcd.start(voter);
    await this.etcd.healthy();
    this.gatekeepers[first].start();
    await until(`${first} leads`, () => {
      if (this.gatekeepers[first].deaths.length > 0)
        throw new Error(`${first} ended; ${this.folder}/${first}.log says why`);
      return this.leader === first;
    });
    this.gatekeepers[otherSide(first)].start();
    await this.healthy();
  }

  /** The gatekeeper that says that it leads, where exactly one does. */
  get leader(): Side | undefined {
    const leading = SIDES.filter((side) => this.gatekeepers[side].role === 'leading');
    return leading.length === 1 ? leading[0] : undefined;
  }

  /** One leads and is ready, the other stands by, and three etcd members agree on their leader. Gives who leads. */
  healthy(patience = 40_000): Promise<Side> {
    return until(
      'a leader, a standby and three etcd members',
      async () => {
        const { leader } = this;
        if (leader === undefined || this.gatekeepers[otherSide(leader)].role !== 'standby') return undefined;
        if ((await this.gatekeepers[leader].page('readyz')) === undefined) return undefined;
        return (await this.etcd.isHealthy()) ? leader : undefined;
      },
      patience,
    );
  }

  /** Stops a gatekeeper's process, which knows nothing of it; gives how to let it go on. */
  freeze(side: Side): () => void {
    const from = monotonic();
    this.gatekeepers[side].signal('SIGSTOP');
    return () => {
      this.gatekeepers[side].signal('SIGCONT');
      this.freezes.push({ gatekeeper: side, from, to: monotonic() });
    };
  }

  /** Ends every process. Folder and disks stay, for whoever wants to read them. */
  async stop(): Promise<void> {
    for (const side of SIDES) this.gatekeepers[side].lose();
    await Promise.all(SIDES.map((side) => this.gatekeepers[side].gone()));
    await this.etcd.stop();
  }
}
