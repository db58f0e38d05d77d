import assert from 'node:assert/strict';
import { type Commit, CommitQueue, Turn } from '../../runtime/service/commit-queue.ts';
import { milliseconds } from '../../runtime/units.ts';

const octets = (text: string): Uint8Array => Buffer.from(text);
const to = { address: '192.0.2.1', port: 1719 };

function turn(name: string, keys: readonly (readonly [string, string | undefined])[] = []): Turn {
  const made = new Turn();
  made.lines = `${name} asked, ${name} answered; `;
  made.requests = `${name} asked; `;
  made.outgoing.push({ octets: octets(name), to, since: milliseconds(0) });
  for (const [key, value] of keys)
    made.commit([value === undefined ? { key } : { key, value: octets(value) }], undefined);
  return made;
}

/** A store whose answers are given by hand. */
class SlowStore {
  readonly asked: { readonly keys: readonly string[]; readonly answer: (kept: boolean) => void }[] = [];
  readonly settled: (readonly [names: string, kept: boolean])[] = [];
  readonly queue = new CommitQueue(
    ({ changes }: Commit) => new Promise((answer) => this.asked.push({ keys: [...changes.keys()], answer })),
    ({ outgoing }, kept) => {
      this.settled.push([outgoing.map(({ octets: name }) => Buffer.from(name).toString()).join(' '), kept]);
    },
  );

  async answer(index: number, kept: boolean): Promise<void> {
    const asked = this.asked[index];
    assert(asked !== undefined, `there is no commit ${index}`);
    asked.answer(kept);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the queue before the store', () => {
  it('lets nothing leave before the store has it', async () => {
    const store = new SlowStore();
    store.queue.add(turn('a', [['x', '1']]));
    assert.deepEqual(store.settled, []);
    await store.answer(0, true);
    assert.deepEqual(store.settled, [['a', true]]);
  });

  it('lets nothing at all leave of what the store did not keep', async () => {
    const store = new SlowStore();
    store.queue.add(turn('a', [['x', '1']]));
    await store.answer(0, false);
    assert.deepEqual(store.settled, [['a', false]]);
  });

  it('lets nothing leave either that came behind it, and goes on with what comes later', async () => {
    const store = new SlowStore();
    store.queue.add(turn('a', [['x', '1']]));
    store.queue.add(turn('b'));
    store.queue.add(turn('c', [['y', '1']]));
    await store.answer(0, false);
    assert.deepEqual(store.settled, [
      ['a', false],
      ['b c', false],
    ]);
    store.queue.add(turn('d', [['z', '1']]));
    await store.answer(1, true);
    assert.deepEqual(store.settled.at(-1), ['d', true]);
  });

  it('keeps what changed nothing behind what it may have seen', async () => {
    const store = new SlowStore();
    store.queue.add(turn('alone'));
    assert.deepEqual(store.settled, [['alone', true]]);
    store.queue.add(turn('a', [['x', '1']]));
    store.queue.add(turn('b'));
    assert.equal(store.settled.length, 1);
    await store.answer(0, true);
    assert.deepEqual(store.settled.slice(1), [
      ['a', true],
      ['b', true],
    ]);
  });

  it('puts all that came meanwhile into one transaction, the last word on each key in it', async () => {
    const store = new SlowStore();
    store.queue.add(turn('a', [['x', '1']]));
    store.queue.add(turn('b', [['y', '1']]));
    store.queue.add(
      turn('c', [
        ['z', '1'],
        ['y', undefined],
      ]),
    );
    assert.equal(store.asked.length, 1, 'one at a time');
    await store.answer(0, true);
    assert.deepEqual(store.asked[1]?.keys, ['z', 'y']);
    await store.answer(1, true);
    assert.deepEqual(store.settled, [
      ['a', true],
      ['b c', true],
    ]);
  });

  it('makes no transaction that the store would refuse for its size', async () => {
    const store = new SlowStore();
    store.queue.add(turn('first', [['x', '1']]));
    for (let i = 0; i < 300; i++) store.queue.add(turn(`${i}`, [[`key ${i}`, '1']]));
    for (let i = 0; i < store.asked.length; i++) {
      assert((store.asked[i]?.keys.length ?? 0) <= 96);
      await store.answer(i, true);
    }
    assert.equal(store.settled.flatMap(([names]) => names.split(' ')).length, 301);
  });

  it('is idle when everything is settled', async () => {
    const store = new SlowStore();
    await store.queue.idle();
    store.queue.add(turn('a', [['x', '1']]));
    let isIdle = false;
    const idle = store.queue.idle().then(() => {
      isIdle = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isIdle, false);
    await store.answer(0, true);
    await idle;
    assert.deepEqual(store.settled, [['a', true]]);
  });
});
