import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EtcdCluster, startEtcdCluster } from '../../runtime/adapters/etcd/cluster.ts';
import type { EtcdOptions } from '../../runtime/adapters/etcd/options.ts';
import { EtcdStore } from '../../runtime/adapters/etcd/store.ts';
import { findEtcd } from '../../runtime/adapters/etcd-process.ts';
import { milliseconds } from '../../runtime/units.ts';
import { skipLoudly } from './skip.ts';

/** The path of etcd; skips the test or the suite where there is none. */
export function needEtcd(context: Mocha.Context): string {
  return findEtcd() ?? skipLoudly(context, 'etcd is not installed (apt-get install etcd-server)');
}

export interface LabEtcd {
  readonly cluster: EtcdCluster;
  readonly folder: string;
  /** Of a store that asks the members in this order; all of them, in theirs, without it. */
  options(...order: number[]): EtcdOptions;
  /** A store that is closed after the test. */
  store(...order: number[]): EtcdStore;
  /** Has another store closed after the test. */
  track(store: EtcdStore): EtcdStore;
}

/**
 * A real cluster, for one suite (`before`) or anew for each of its tests (`beforeEach`), with all its data removed
 * afterwards. Call inside `describe`; the result gives the cluster.
 */
export function labEtcd(each: 'suite' | 'test', { flags = [], members = 3 }: LabEtcdOptions = {}): () => LabEtcd {
  let lab: LabEtcd | undefined;
  const stores: EtcdStore[] = [];
  const up = async function (this: Mocha.Context): Promise<void> {
    const binary = needEtcd(this);
    const folder = mkdtempSync(join(tmpdir(), 'council-etcd-'));
    const cluster = await startEtcdCluster({ binary, folder, members, host: '127.0.0.1', flags });
    const options = (...order: number[]): EtcdOptions => ({
      endpoints: order.length === 0 ? cluster.endpoints : order.flatMap((index) => cluster.endpoints[index] ?? []),
      requestTimeout: milliseconds(2_000),
    });
    const track = (store: EtcdStore): EtcdStore => {
      stores.push(store);
      return store;
    };
    const store = (...order: number[]): EtcdStore => track(new EtcdStore(options(...order)));
    lab = { cluster, folder, options, store, track };
  };
  const down = async (): Promise<void> => {
    await lab?.cluster.stop();
    if (lab !== undefined) rmSync(lab.folder, { recursive: true, force: true });
    lab = undefined;
  };
  if (each === 'suite') before(up);
  else beforeEach(up);
  afterEach(() => Promise.all(stores.splice(0).map((store) => store.close())));
  if (each === 'suite') after(down);
  else afterEach(down);
  return () => {
    if (lab === undefined) throw new Error('the cluster is not up');
    return lab;
  };
}

interface LabEtcdOptions {
  readonly flags?: readonly string[];
  readonly members?: number;
}
