/** What a leader writes, on a store that answers late, not at all, or for somebody else by now. */
import assert from 'node:assert/strict';
import {
  MemoryStore,
  type Outcome,
  type Revision,
  type Store,
  StoreUnreachableError,
  type Transaction,
  ZoneKeys,
} from '../../runtime/ha/index.ts';
import { ZoneWriter } from '../../runtime/service/zone-writer.ts';
import { milliseconds } from '../../runtime/units.ts';
import { delegated } from '../support/delegated-store.ts';

const KEYS = new ZoneKeys('zone');
type Mood = 'well' | 'deaf' | 'mute';

class Lab {
  readonly #store = new MemoryStore(() => milliseconds(0));
  readonly store: Store = this.#store.client();
  /** 'deaf' does nothing and 'mute' does it; neither answers. */
  readonly moods: Mood[] = [];
  readonly asked: Transaction[] = [];
  mayLead = true;
  unreachable = 0;
  refused = 0;

  async leader(): Promise<{ readonly writer: ZoneWriter; readonly term: Revision }> {
    const { id } = await this.store.grantLease(10);
    const put = { key: KEYS.leader, value: Buffer.from('leader'), lease: id };
    const { revision: term } = await this.store.commit({ guards: [], puts: [put], deletes: [] });
    const writer = new ZoneWriter(
      {
        store: this.#moody(),
        keys: KEYS,
        freshness: 60,
        mayLead: () => this.mayLead,
        onUnreachable: () => this.unreachable++,
        onRefused: () => this.refused++,
      },
      term,
      id,
      undefined,
    );
    return { writer, term };
  }

  #moody(): Store {
    return { ...delegated(this.store), commit: (transaction) => this.#commit(transaction) };
  }

  async #commit(transaction: Transaction): Promise<Outcome> {
    this.asked.push(transaction);
    const mood = this.moods.shift() ?? 'well';
    if (mood === 'deaf') throw new StoreUnreachableError('deaf');
    const outcome = await this.store.commit(transaction);
    if (mood === 'mute') throw new StoreUnreachableError('mute');
    return outcome;
  }

  /** The zone's state in the store, as texts. */
  async state(): Promise<Record<string, string>> {
    const { entries } = await this.store.read(KEYS.state);
    return Object.fromEntries(
      entries.map(({ key, value }) => [key.slice(KEYS.state.length), Buffer.from(value).toString()]),
    );
  }
}

const changes = (entries: Readonly<Record<string, string | undefined>>) => ({
  changes: new Map(
    Object.entries(entries).map(([key, value]) => [key, value === undefined ? undefined : Buffer.from(value)]),
  ),
  answered: [],
});

describe('what a leader writes', () => {
  it('is kept where the store says so', async () => {
    const lab = new Lab();
    const { writer } = await lab.leader();
    assert.equal(await writer.write(changes({ x: '1', y: '1' })), 'kept');
    assert.equal(await writer.write(changes({ x: '2', y: undefined })), 'kept');
    assert.deepEqual(await lab.state(), { x: '2' });
  });

  it('is written again where no answer came, and once only, whether or not it was carried out', async () => {
    for (const mood of ['deaf', 'mute'] as const) {
      const lab = new Lab();
      const { writer } = await lab.leader();
      lab.moods.push(mood, mood, 'well', mood);
      assert.equal(await writer.write(changes({ x: '1' })), 'kept', mood);
      assert.equal(await writer.write(changes({ x: '2' })), 'kept', mood);
      assert.equal(lab.unreachable, 3);
      assert.deepEqual(await lab.state(), { x: '2' });
    }
  });

  it('is never carried out later, after what was written since', async () => {
    const lab = new Lab();
    const { writer } = await lab.leader();
    lab.moods.push('deaf', 'well', 'deaf');
    for (const n of [1, 2, 3, 4]) assert.equal(await writer.write(changes({ x: String(n) })), 'kept');
    for (const late of lab.asked) {
      assert.equal((await lab.store.commit(late)).kind, 'refused');
      assert.deepEqual(await lab.state(), { x: '4' });
    }
  });

  it('is refused where another one leads by now, also when the first try had no answer', async () => {
    for (const mood of ['well', 'deaf'] as const) {
      const lab = new Lab();
      const { writer } = await lab.leader();
      assert.equal(await writer.write(changes({ x: '1' })), 'kept');
      await lab.store.commit({ guards: [], puts: [], deletes: [KEYS.leader] });
      await lab.leader();
      lab.moods.push(mood);
      assert.equal(await writer.write(changes({ x: '2' })), 'fenced');
      assert.deepEqual(await lab.state(), { x: '1' });
    }
  });

  it('is given up when this gatekeeper may lead no longer', async () => {
    const lab = new Lab();
    const { writer } = await lab.leader();
    lab.moods.push('deaf');
    const written = writer.write(changes({ x: '1' }));
    lab.mayLead = false;
    assert.equal(await written, 'given up');
  });

  it('is divided where it is too much for one transaction, what goes first and the answers last', async () => {
    const lab = new Lab();
    const { writer } = await lab.leader();
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`key ${n}`, 'there']));
    const answer = {
      ...{ at: 0, key: 1, from: { address: '192.0.2.1', port: 1719 }, request: 3, octets: Buffer.from('asked') },
    };
    assert.equal(await writer.write({ ...changes({ ...many, gone: undefined }), answered: [answer] }), 'kept');
    assert.deepEqual(lab.asked[0]?.deletes, [`${KEYS.state}gone`]);
    assert(lab.asked.every(({ puts, deletes }) => puts.length + deletes.length <= 128));
    assert(lab.asked.at(-1)?.puts.some(({ key }) => key.includes('/answers/')));
    const { entries } = await lab.store.read(KEYS.state);
    assert.equal(entries.length, 301);
  });

  it('leaves no mark behind when the lease of its leadership ends', async () => {
    const lab = new Lab();
    const { writer } = await lab.leader();
    await writer.write(changes({ x: '1' }));
    const marks = async () => (await lab.store.read(KEYS.chain)).entries.length;
    assert.equal(await marks(), 1);
    const [put] = lab.asked[0]?.puts.filter(({ key }) => key.startsWith(KEYS.chain)) ?? [];
    assert(put?.lease !== undefined);
    await lab.store.revokeLease(put.lease);
    assert.equal(await marks(), 0);
    assert.deepEqual(await lab.state(), { x: '1' });
  });
});
