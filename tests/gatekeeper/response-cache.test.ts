import assert from 'node:assert/strict';
import { ResponseCache } from '../../runtime/gatekeeper/response-cache.ts';
import { milliseconds } from '../../runtime/units.ts';

const at = milliseconds;
const home = { address: '192.0.2.1', port: 1719 };
const request = Buffer.from('request');
const entry = (answer: string, octets = request, from = home) =>
  ({ octets, from, request: 'ARQ', response: 'ACF', answer: Buffer.from(answer) }) as const;

describe('response cache', () => {
  it('gives an answer to the same octets from the same address only', () => {
    const cache = new ResponseCache<string>(at(20_000), 4096);
    cache.put('key', entry('answer'), at(0));
    for (const [key, octets, from] of [
      ['other', request, home],
      ['key', Buffer.from('Request'), home],
      ['key', Buffer.from('requests'), home],
      ['key', Buffer.from('reques'), home],
      ['key', request, { ...home, port: 1720 }],
      ['key', request, { ...home, address: '192.0.2.10' }],
      ['key', request, { ...home, address: '192.0.2.' }],
    ] as const)
      assert.equal(cache.find(key, octets, from, at(0)), undefined);
    const found = cache.find('key', request, home, at(0));
    assert.deepEqual([found?.request, found?.response, found?.answer?.toString()], ['ARQ', 'ACF', 'answer']);
  });

  it('counts how often each answer was found', () => {
    const cache = new ResponseCache<string>(at(20_000), 4096);
    cache.put('key', entry('answer'), at(0));
    const times = [1, 2, 3].map(() => cache.find('key', request, home, at(1))?.times);
    assert.deepEqual(times, [1, 2, 3]);
    for (let i = 0; i < 300; i++) cache.find('key', request, home, at(1));
    assert.equal(cache.find('key', request, home, at(1))?.times, 255);
  });

  it('remembers a request that got no answer', () => {
    const cache = new ResponseCache<string>(at(20_000), 4096);
    cache.put('key', { octets: request, from: home, request: 'IRR' }, at(0));
    const found = cache.find('key', request, home, at(0));
    assert.deepEqual([found?.request, found?.response, found?.answer], ['IRR', undefined, undefined]);
  });

  it('keeps an answer for its lifetime at least and twice that at most, used or not', () => {
    for (const put of [0, 1, 10_000, 19_999]) {
      const cache = new ResponseCache<string>(at(20_000), 4096);
      cache.put('first', entry('x'), at(0));
      cache.put('key', entry('answer'), at(put));
      assert(cache.find('key', request, home, at(put + 19_999)), `put at ${put}`);
      assert.equal(cache.find('key', request, home, at(put + 40_000)), undefined, `put at ${put}`);
    }
  });

  it('forgets what is too old even when nobody called for a long time', () => {
    const cache = new ResponseCache<string>(at(20_000), 4096);
    cache.put('key', entry('answer'), at(0));
    assert.equal(cache.find('key', request, home, at(3_600_000)), undefined);
  });

  it('gives up the oldest when it is full, and nothing it holds is ever mixed up', () => {
    const cache = new ResponseCache<number>(at(20_000), 4096);
    const octets = (i: number) => Buffer.from(`request ${i} ${'.'.repeat(i % 50)}`);
    for (let i = 0; i < 1000; i++) {
      cache.put(i, entry(`answer ${i}`, octets(i)), at(0));
      assert.equal(cache.find(i, octets(i), home, at(0))?.answer?.toString(), `answer ${i}`);
    }
    const kept = Array.from({ length: 1000 }, (_, i) => cache.find(i, octets(i), home, at(0))?.answer?.toString());
    assert.equal(kept[0], undefined);
    const first = kept.findIndex((answer) => answer !== undefined);
    assert(first > 800, 'two generations of 4 KB');
    for (let i = first; i < 1000; i++) assert.equal(kept[i], `answer ${i}`);
  });

  it('does without what it has no room for at all', () => {
    const cache = new ResponseCache<string>(at(20_000), 256);
    cache.put('large', entry('answer', Buffer.alloc(1000)), at(0));
    cache.put('key', entry('answer'), at(0));
    assert.equal(cache.find('large', Buffer.alloc(1000), home, at(0)), undefined);
    assert(cache.find('key', request, home, at(0)));
  });

  it('gives answers that stay what they are when their place is used again', () => {
    const cache = new ResponseCache<number>(at(20_000), 256);
    cache.put(0, entry('answer'), at(0));
    const answer = cache.find(0, request, home, at(0))?.answer;
    for (let i = 1; i < 50; i++) cache.put(i, entry('other!'), at(0));
    assert.equal(answer?.toString(), 'answer');
  });
});
