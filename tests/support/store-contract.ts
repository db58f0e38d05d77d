import assert from 'node:assert/strict';
import {
  type Change,
  leaseId,
  MOST_OPERATIONS,
  type Outcome,
  type Put,
  type Revision,
  revision,
  type Store,
  type Watch,
} from '../../runtime/ha/index.ts';
import { until } from './until.ts';

/** A store with nothing else going on in it. It may hold what earlier tests left. */
export interface OpenStore {
  readonly store: Store;
  /** Another client of the same data, where that is something else than the same object. */
  another?(): Promise<Store>;
  /** Lets this many seconds pass for leases, where they do not pass by themselves. */
  expire?(seconds: number): void | Promise<void>;
  close(): Promise<void>;
}

const NEVER = revision(0);
const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(value).toString();

/** What a watch told, as it came. */
class Listened {
  readonly changes: Change[] = [];
  readonly revisions: Revision[] = [];
  readonly ends: string[] = [];

  changed(changes: readonly Change[], at: Revision): void {
    this.changes.push(...changes);
    this.revisions.push(at);
  }

  ended(reason: string): void {
    this.ends.push(reason);
  }

  /** `key=value`, or `-key` for what is gone. */
  get story(): string[] {
    return this.changes.map(({ key, value }) => (value === undefined ? `-${key}` : `${key}=${text(value)}`));
  }
}

let tests = 0;

/** What every Store must keep to: a suite, to be called where `describe` may be. `open` is called once a test. */
export function storeContract(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name} keeps the store's contract`, () => {
    let opened: OpenStore;
    let store: Store;
    /** All keys of a test begin so. */
    let at: string;
    const watches: Watch[] = [];

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      at = `/contract/${process.pid}-${++tests}/`;
    });
    afterEach(async () => {
      for (const watch of watches.splice(0)) watch.close();
      await opened.close();
    });

    const put = (key: string, value: string | Uint8Array, lease?: Put['lease']): Put => ({
      key: at + key,
      value: Uint8Array.from(Buffer.from(value)),
      ...(lease === undefined ? {} : { lease }),
    });
    const write = (...puts: Put[]): Promise<Outcome> => store.commit({ guards: [], puts, deletes: [] });
    const drop = (...keys: string[]): Promise<Outcome> =>
      store.commit({ guards: [], puts: [], deletes: keys.map((key) => at + key) });
    const created = (key: string, modRevision: Revision) => ({ key: at + key, modRevision });
    /** What is there, as `key=value`. */
    const there = async (from = store): Promise<string[]> =>
      (await from.read(at)).entries.map(({ key, value }) => `${key.slice(at.length)}=${text(value)}`);
    const watch = (from: Revision, prefix = at): Listened => {
      const listened = new Listened();
      watches.push(store.watch(prefix, from, listened));
      return listened;
    };
    const next = (after: Revision): Revision => revision(after + 1);
    const pass = async (seconds: number): Promise<void> => opened.expire?.(seconds);

    describe('transactions', () => {
      it('refuse whole, as a value, where one guard of several does not hold', async () => {
        const made = await write(put('a', '1'));
        const refused = await store.commit({
          guards: [created('a', made.revision), created('b', made.revision)],
          puts: [put('c', '2')],
          deletes: [`${at}a`],
        });
        assert.deepEqual(refused, { kind: 'refused', revision: made.revision });
        assert.deepEqual(await there(), ['a=1']);
      });

      it('refuse a guard of absence for a key that is there, and of presence for one that is not', async () => {
        const made = await write(put('a', '1'));
        for (const guard of [created('a', NEVER), created('b', made.revision)]) {
          const outcome = await store.commit({ guards: [guard], puts: [put('c', '2')], deletes: [] });
          assert.equal(outcome.kind, 'refused', guard.key);
        }
        assert.deepEqual(await there(), ['a=1']);
      });

      it('refuse more operations than the limit, with none of them done, and take just as many', async () => {
        const puts = Array.from({ length: MOST_OPERATIONS }, (_, index) => put(`${index}`, 'x'));
        const tooMany = { guards: [], puts, deletes: [`${at}one-more`] };
        await assert.rejects(store.commit(tooMany), { name: 'StoreError', code: 'REFUSED' });
        assert.deepEqual(await there(), []);
        assert.equal((await write(...puts)).kind, 'committed');
        assert.equal((await there()).length, MOST_OPERATIONS);
      });

      it('refuse a key that is named twice', async () => {
        const twice = { name: 'StoreError', code: 'REFUSED' };
        await assert.rejects(write(put('a', '1'), put('a', '2')), twice);
        await assert.rejects(store.commit({ guards: [], puts: [put('a', '1')], deletes: [`${at}a`] }), twice);
        await assert.rejects(drop('a', 'a'), twice);
        assert.deepEqual(await there(), []);
      });

      it('refuse to hang a key on a lease that is not there', async () => {
        await assert.rejects(write(put('a', '1', leaseId('4711'))), { name: 'StoreError', code: 'REFUSED' });
        assert.deepEqual(await there(), []);
      });

      it('are carried out where all guards hold', async () => {
        const made = await write(put('a', '1'), put('b', '2'));
        const changed = await store.commit({
          guards: [created('a', made.revision), created('c', NEVER)],
          puts: [put('c', '3'), put('b', '4')],
          deletes: [`${at}a`],
        });
        assert.deepEqual(changed, { kind: 'committed', revision: made.revision + 1 });
        assert.deepEqual(await there(), ['b=4', 'c=3']);
      });

      it('judge guards where there is nothing to do', async () => {
        const made = await write(put('a', '1'));
        const guarded = (modRevision: Revision) =>
          store.commit({ guards: [created('a', modRevision)], puts: [], deletes: [] });
        assert.deepEqual(await guarded(made.revision), { kind: 'committed', revision: made.revision });
        assert.deepEqual(await guarded(NEVER), { kind: 'refused', revision: made.revision });
      });

      it('let nobody in who knows a key from before it was written over, or came again', async () => {
        const outcome = async ({ revision: known }: Outcome) => {
          const fenced = { guards: [created('a', known)], puts: [put('b', '1')], deletes: [] };
          return (await store.commit(fenced)).kind;
        };
        const entry = async () => (await store.read(at)).entries[0];
        const first = await write(put('a', '1'));
        const over = await write(put('a', '2'));
        assert.equal((await entry())?.modRevision, over.revision);
        assert.deepEqual([await outcome(first), await outcome(over)], ['refused', 'committed']);
        await drop('a');
        const again = await write(put('a', '3'));
        assert.equal((await entry())?.modRevision, again.revision);
        assert.deepEqual([await outcome(over), await outcome(again)], ['refused', 'committed']);
      });

      it('delete keys that are not there, which changes nothing', async () => {
        const made = await write(put('a', '1'));
        assert.deepEqual(await drop('b', 'c'), { kind: 'committed', revision: made.revision });
        assert.deepEqual(await drop('a', 'b'), { kind: 'committed', revision: made.revision + 1 });
        assert.deepEqual(await there(), []);
      });

      it('keep any octets, none included', async () => {
        const all = Uint8Array.from({ length: 256 }, (_, index) => index);
        await write(put('all', all), put('none', Uint8Array.of()));
        const { entries } = await store.read(at);
        assert.deepEqual(
          entries.map(({ value }) => [...value]),
          [[...all], []],
        );
      });

      it('let exactly one of two clients make a key, a hundred times', async () => {
        const other = (await opened.another?.()) ?? store;
        try {
          for (let round = 0; round < 100; round++) {
            const race = (by: Store, value: string) =>
              by.commit({ guards: [created(`${round}`, NEVER)], puts: [put(`${round}`, value)], deletes: [] });
            const outcomes = await Promise.all([race(store, 'one'), race(other, 'two')]);
            const winners = ['one', 'two'].filter((_, index) => outcomes[index]?.kind === 'committed');
            const [entry] = (await store.read(`${at}${round}`)).entries;
            assert.deepEqual(winners, [text(entry?.value)], `round ${round}`);
            await drop(`${round}`);
          }
        } finally {
          if (other !== store) await other.close();
        }
      });
    });

    describe('reading', () => {
      it('gives an empty snapshot, and a revision to go on from, where there is nothing', async () => {
        const { revision: made } = await write(put('a', '1'));
        assert.deepEqual(await store.read(`${at}b`), { entries: [], revision: made });
      });

      it('gives keys with the prefix alone, in their order', async () => {
        await write(put('b', '2'), put('a/z', '1'), put('a', '0'), put('c', '3'));
        await store.commit({
          guards: [],
          puts: [{ key: at.replace(/\/$/, '0'), value: Uint8Array.of(1) }],
          deletes: [],
        });
        assert.deepEqual(await there(), ['a=0', 'a/z=1', 'b=2', 'c=3']);
      });

      it('gives thousands of keys, all as they were at one revision', async () => {
        const keys = Array.from({ length: 2_500 }, (_, index) => String(index).padStart(4, '0'));
        for (let index = 0; index < keys.length; index += 100)
          await write(...keys.slice(index, index + 100).map((key) => put(key, 'old')));
        let busy = true;
        const busily = (async () => {
          for (let round = 0; busy; round++) await write(put('0000', `${round}`), put('2499', `${round}`));
        })();
        try {
          for (let round = 0; round < 5; round++) {
            const { entries, revision: readAt } = await store.read(at);
            assert.equal(entries.map(({ key }) => key.slice(at.length)).join(), keys.join());
            assert.equal(text(entries[0]?.value), text(entries.at(-1)?.value), 'both of one transaction');
            assert.ok(entries.every(({ modRevision }) => modRevision <= readAt));
          }
        } finally {
          busy = false;
          await busily;
        }
      });
    });

    describe('leases', () => {
      it('are refused for a time that is none', async () => {
        for (const ttl of [0, -1, 0.5, Number.NaN]) await assert.rejects(store.grantLease(ttl), RangeError);
      });

      it('cannot be renewed when they never were, and may be revoked nevertheless', async () => {
        assert.equal(await store.renewLease(leaseId('4711')), undefined);
        await store.revokeLease(leaseId('4711'));
      });

      it('take their keys along when they are revoked, which may be done twice', async () => {
        const { id } = await store.grantLease(60);
        await write(put('a', '1', id), put('b', '2'));
        await store.revokeLease(id);
        assert.deepEqual(await there(), ['b=2']);
        await store.revokeLease(id);
        assert.equal(await store.renewLease(id), undefined);
      });

      it('let go of a key that is written without them', async () => {
        const { id } = await store.grantLease(60);
        for (const hung of [put('a', '1', id), put('a', '2')]) await write(hung);
        await store.revokeLease(id);
        assert.deepEqual(await there(), ['a=2']);
      });

      it('grant what was asked for at least, and the same at each renewal', async () => {
        const [one, two] = await Promise.all([store.grantLease(30), store.grantLease(60)]);
        assert.ok(one.ttl >= 30 && two.ttl >= 60);
        assert.notEqual(one.id, two.id);
        const renewals = [one, two, one, two].map(({ id }) => store.renewLease(id));
        assert.deepEqual(await Promise.all(renewals), [one.ttl, two.ttl, one.ttl, two.ttl]);
        await Promise.all([store.revokeLease(one.id), store.revokeLease(two.id)]);
      });

      it('end by themselves, and their keys with them, which a watch sees in one piece', async () => {
        const { id, ttl } = await store.grantLease(1);
        const made = await write(put('a', '1', id), put('b', '2', id), put('c', '3'));
        const listened = watch(next(made.revision));
        await pass(ttl + 1);
        await until(() => listened.changes.length > 0);
        assert.deepEqual(listened.story.toSorted(), [`-${at}a`, `-${at}b`]);
        assert.ok(listened.changes.every(({ modRevision }) => modRevision === NEVER));
        assert.equal(listened.revisions.length, 1);
        assert.deepEqual(await there(), ['c=3']);
        assert.equal(await store.renewLease(id), undefined);
      });

      it('live on while they are renewed', async () => {
        const { id, ttl } = await store.grantLease(2);
        await write(put('a', '1', id));
        for (let spent = 0; spent < ttl * 2; spent++) {
          await (opened.expire ? pass(1) : new Promise((resolve) => setTimeout(resolve, 1_000)));
          assert.equal(await store.renewLease(id), ttl);
        }
        assert.deepEqual(await there(), ['a=1']);
        await store.revokeLease(id);
      });
    });

    describe('a watch', () => {
      it('tells of everything from a past revision on, in order, with nothing missing and nothing twice', async () => {
        const first = await write(put('a', '1'));
        await write(put('a', '2'), put('b', '1'));
        await drop('a');
        const last = await write(put('a', '3'));
        const listened = watch(next(first.revision));
        await until(() => listened.revisions.at(-1) === last.revision);
        const [pair, rest] = [listened.story.slice(0, 2), listened.story.slice(2)];
        assert.deepEqual(pair.toSorted(), [`${at}a=2`, `${at}b=1`]);
        assert.deepEqual(rest, [`-${at}a`, `${at}a=3`]);
        assert.equal(listened.changes.at(-1)?.modRevision, last.revision);
      });

      it('includes the revision that it is asked from', async () => {
        const made = await write(put('a', '1'));
        const listened = watch(made.revision);
        await until(() => listened.story.length > 0);
        assert.deepEqual([listened.story, listened.revisions], [[`${at}a=1`], [made.revision]]);
      });

      it('goes on from a snapshot without a gap while others write, and never splits a transaction', async () => {
        let busy = true;
        let rounds = 0;
        const busily = (async () => {
          for (; busy; rounds++) await write(put('a', `${rounds}`), put('b', `${rounds}`));
        })();
        await until(() => rounds > 5);
        const snapshot = await store.read(at);
        const torn: string[] = [];
        const mirror = new Map(snapshot.entries.map(({ key, value }) => [key, text(value)]));
        let seen: Revision = snapshot.revision;
        const listener = {
          changed(changes: readonly Change[], to: Revision): void {
            for (const { key, value } of changes) mirror.set(key, text(value));
            if (mirror.get(`${at}a`) !== mirror.get(`${at}b`)) torn.push(`${mirror.get(`${at}a`)} at ${to}`);
            if (to <= seen) torn.push(`${to} after ${seen}`);
            seen = to;
          },
          ended: (reason: string) => void torn.push(reason),
        };
        watches.push(store.watch(at, next(snapshot.revision), listener));
        await until(() => rounds > 100);
        busy = false;
        await busily;
        const last = await store.read(at);
        await until(() => seen === last.revision);
        assert.deepEqual([...mirror.values()], [`${rounds - 1}`, `${rounds - 1}`]);
        assert.deepEqual(torn, []);
      });

      it('tells nothing of other prefixes, nor of transactions that were refused', async () => {
        const made = await write(put('a', '1'));
        const listened = watch(next(made.revision), `${at}w/`);
        await write(put('a', '2'));
        await store.commit({ guards: [created('a', NEVER)], puts: [put('w/1', 'never')], deletes: [] });
        const last = await write(put('w/1', 'yes'));
        await until(() => listened.revisions.at(-1) === last.revision);
        assert.deepEqual(listened.story, [`${at}w/1=yes`]);
      });

      it('waits for a revision that is yet to come', async () => {
        const made = await write(put('a', '1'));
        const listened = watch(revision(made.revision + 2));
        for (const value of ['2', '3']) await write(put('a', value));
        await until(() => listened.story.length > 0);
        assert.deepEqual(listened.story, [`${at}a=3`]);
      });

      it('never tells anything while it is being made, nor after it was closed', async () => {
        const made = await write(put('a', '1'));
        const closed = new Listened();
        const watching = store.watch(at, made.revision, closed);
        assert.deepEqual(closed.story, []);
        watching.close();
        watching.close();
        const open = watch(made.revision);
        await write(put('b', '2'));
        await until(() => open.story.length === 2);
        assert.deepEqual([closed.story, closed.ends, open.ends], [[], [], []]);
      });
    });

    it('is unreachable when it was closed', async () => {
      await store.close();
      const gone = { name: 'StoreUnreachableError' };
      await assert.rejects(store.read(at), gone);
      await assert.rejects(write(put('a', '1')), gone);
      await assert.rejects(store.grantLease(1), gone);
      await assert.rejects(store.renewLease(leaseId('1')), gone);
      await assert.rejects(store.revokeLease(leaseId('1')), gone);
    });
  });
}
