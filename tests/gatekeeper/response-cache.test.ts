import assert from 'node:assert/strict';
import { ResponseCache } from '../../runtime/gatekeeper/response-cache.ts';
import { milliseconds } from '../../runtime/units.ts';

const at = milliseconds;
const [KEY, OTHER] = [7, 8];
const home = { address: '192.0.2.1', port: 1719 };
const request = Buffer.from('request');
const entry = (answer: string, octets = request, from = home) =>
  ({ octets, from, request: 'ARQ', response: 'ACF', answer: Buffer.from(answer) }) as const;

describe('response cache', () => {
  it('gives an answer to the same octets from the same address only', () => {
    const cache = new ResponseCache(at(20_000), 4096);
    cache.put(KEY, entry('answer'), at(0));
    for (const [key, octets, from] of [
      [OTHER, request, home],
      [KEY, Buffer.from('Request'), home],
      [KEY, Buffer.from('requests'), home],
      [KEY, Buffer.from('reques'), home],
      [KEY, request, { ...home, port: 1720 }],
      [KEY, request, { ...home, address: '192.0.2.10' }],
      [KEY, request, { ...home, address: '192.0.2.' }],
    ] as const)
      assert.equal(cache.find(key, octets, from, at(0)), undefined);
    const found = cache.find(KEY, request, home, at(0));
    assert.deepEqual([found?.request, found?.response, found?.answer?.toString()], ['ARQ', 'ACF', 'answer']);
  });

  it('tells requests of one key apart, and takes any integer for one', () => {
    for (const key of [0, -1, 2 ** 31, -(2 ** 31), 2 ** 32 + 5, 2 ** 53 - 1]) {
      const cache = new ResponseCache(at(20_000), 4096);
      const requests = ['a', 'b', 'c'].map((text) => Buffer.from(text));
      for (const octets of requests) cache.put(key, entry(`answer to ${octets}`, octets), at(0));
      for (const octets of requests)
        assert.equal(cache.find(key, octets, home, at(0))?.answer?.toString(), `answer to ${octets}`, `key ${key}`);
    }
  });

  it('searches no further for who sends many requests under one key', () => {
    const cache = new ResponseCache(at(20_000), 1 << 20);
    const octets = (i: number) => Buffer.from(`request ${i}`);
    for (let i = 0; i < 1000; i++) cache.put(KEY, entry('answer', octets(i)), at(0));
    cache.put(OTHER, entry('another', request), at(0));
    assert.equal(cache.find(KEY, octets(0), home, at(0)), undefined);
    assert(cache.find(KEY, octets(999), home, at(0)));
    assert(cache.find(OTHER, request, home, at(0)), 'nobody else loses by it');
  });

  it('counts how often each answer was found', () => {
    const cache = new ResponseCache(at(20_000), 4096);
    cache.put(KEY, entry('answer'), at(0));
    const times = [1, 2, 3].map(() => cache.find(KEY, request, home, at(1))?.times);
    assert.deepEqual(times, [1, 2, 3]);
    for (let i = 0; i < 300; i++) cache.find(KEY, request, home, at(1));
    assert.equal(cache.find(KEY, request, home, at(1))?.times, 255);
  });

  it('remembers a request that got no answer', () => {
    const cache = new ResponseCache(at(20_000), 4096);
    cache.put(KEY, { octets: request, from: home, request: 'IRR' }, at(0));
    const found = cache.find(KEY, request, home, at(0));
    assert.deepEqual([found?.request, found?.response, found?.answer], ['IRR', undefined, undefined]);
  });

  it('keeps an answer for its lifetime at least and twice that at most, used or not', () => {
    for (const put of [0, 1, 10_000, 19_999]) {
      const cache = new ResponseCache(at(20_000), 4096);
      cache.put(OTHER, entry('x'), at(0));
      cache.put(KEY, entry('answer'), at(put));
      assert(cache.find(KEY, request, home, at(put + 19_999)), `put at ${put}`);
      assert.equal(cache.find(KEY, request, home, at(put + 40_000)), undefined, `put at ${put}`);
    }
  });

  it('forgets what is too old even when nobody called for a long time', () => {
    const cache = new ResponseCache(at(20_000), 4096);
    cache.put(KEY, entry('answer'), at(0));
    assert.equal(cache.find(KEY, request, home, at(3_600_000)), undefined);
  });

  it('gives up the oldest when it is full, and nothing it holds is ever mixed up', () => {
    const cache = new ResponseCache(at(20_000), 4096);
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
    const cache = new ResponseCache(at(20_000), 256);
    cache.put(OTHER, entry('answer', Buffer.alloc(1000)), at(0));
    cache.put(KEY, entry('answer'), at(0));
    assert.equal(cache.find(OTHER, Buffer.alloc(1000), home, at(0)), undefined);
    assert(cache.find(KEY, request, home, at(0)));
  });

  it('gives answers that stay what they are when their place is used again', () => {
    const cache = new ResponseCache(at(20_000), 256);
    cache.put(0, entry('answer'), at(0));
    const answer = cache.find(0, request, home, at(0))?.answer;
    for (let i = 1; i < 50; i++) cache.put(i, entry('other!'), at(0));
    assert.equal(answer?.toString(), 'answer');
  });
});
