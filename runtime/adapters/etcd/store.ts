import {
  type Entry,
  type Lease,
  type LeaseId,
  MOST_OPERATIONS,
  type Outcome,
  type Revision,
  type Snapshot,
  type Store,
  StoreError,
  type Transaction,
  type Watch,
  type WatchListener,
} from '../../ha/index.ts';
import { EtcdChannels } from './channels.ts';
import { isNotFound } from './errors.ts';
import { KeepAlive } from './keep-alive.ts';
import { fromKey, keyAfter, prefixRange, toKey } from './keys.ts';
import { leaseGrant, leaseRevoke, MOD_REVISION_EQUALS, range, type TxnRequest, txn } from './methods.ts';
import type { EtcdOptions } from './options.ts';
import { EtcdWatch } from './watch.ts';

/** Keys a page of read(). */
const PAGE = 1000;

/** The store port on etcd v3 over gRPC. Tested against 3.4. */
export class EtcdStore implements Store {
  private readonly channels: EtcdChannels;
  private readonly keepAlive: KeepAlive;
  private readonly watches = new Set<Watch>();

  /**
   * Connects when it is first asked for something.
   * @throws RangeError for endpoints that are none; StoreError PERMISSION for TLS keys that cannot be used
   */
  constructor(options: EtcdOptions) {
    this.channels = new EtcdChannels(options);
    this.keepAlive = new KeepAlive(this.channels);
  }

  async grantLease(ttl: number): Promise<Lease> {
    if (!Number.isSafeInteger(ttl) || ttl < 1) throw new RangeError(`${ttl} s is no time for a lease`);
    return this.channels.unary(leaseGrant, { ttl });
  }

  async renewLease(id: LeaseId): Promise<number | undefined> {
    return this.keepAlive.renew(int64(id));
  }

  async revokeLease(id: LeaseId): Promise<void> {
    try {
      await this.channels.unary(leaseRevoke, { id: int64(id) });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async commit(transaction: Transaction): Promise<Outcome> {
    const { succeeded, header } = await this.channels.unary(txn, txnRequest(transaction));
    return { kind: succeeded ? 'committed' : 'refused', revision: header.revision };
  }

  async read(prefix: string): Promise<Snapshot> {
    const { key: first, rangeEnd } = prefixRange(prefix);
    const entries: Entry[] = [];
    let at: Revision | undefined;
    for (let key = first; ; ) {
      const page = await this.channels.unary(range, {
        key,
        rangeEnd,
        limit: PAGE,
        ...(at === undefined ? {} : { revision: at }),
      });
      at ??= page.header.revision;
      for (const { key: found, value, modRevision } of page.kvs)
        entries.push({ key: fromKey(found), value: Uint8Array.from(value), modRevision });
      const last = page.kvs.at(-1);
      if (!page.more || last === undefined) return { entries, revision: at };
      key = keyAfter(last.key);
    }
  }

  watch(prefix: string, from: Revision, listener: WatchListener): Watch {
    const watch: Watch = new EtcdWatch(this.channels, prefix, from, listener, () => this.watches.delete(watch));
    this.watches.add(watch);
    return watch;
  }

  /** Its watches are closed: their listeners hear nothing any more. */
  async close(): Promise<void> {
    for (const watch of this.watches) watch.close();
    this.keepAlive.close();
    this.channels.close();
  }
}

/** @throws StoreError REFUSED for digits that are no signed 64-bit number */
function int64(id: LeaseId): LeaseId {
  if (BigInt.asIntN(64, BigInt(id)) !== BigInt(id)) throw new StoreError('REFUSED', `'${id}' is no lease of etcd`);
  return id;
}

/** @throws StoreError REFUSED */
function txnRequest({ guards, puts, deletes }: Transaction): TxnRequest {
  if (puts.length + deletes.length > MOST_OPERATIONS)
    throw new StoreError('REFUSED', `more than ${MOST_OPERATIONS} puts and deletes in one transaction`);
  if (new Set([...puts.map(({ key }) => key), ...deletes]).size < puts.length + deletes.length)
    throw new StoreError('REFUSED', 'a key is named twice in one transaction');
  const compare = guards.map(({ key, modRevision }) => ({
    ...MOD_REVISION_EQUALS,
    key: toKey(key),
    modRevision,
  }));
  if (puts.length + deletes.length > 0) {
    const put = puts.map(({ key, value, lease }) => ({
      requestPut: { key: toKey(key), value, ...(lease === undefined ? {} : { lease: int64(lease) }) },
    }));
    const drop = deletes.map((key) => ({ requestDeleteRange: { key: toKey(key) } }));
    return { compare, success: [...put, ...drop], failure: [] };
  }
  // With nothing to do etcd would judge the guards by what this one member knows, which may be old. A read makes it ask
  // the majority.
  const consent = [{ requestRange: { key: Uint8Array.of(0), countOnly: true } }];
  return { compare, success: consent, failure: consent };
}
