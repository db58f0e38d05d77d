import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contains, formatNetwork, overlap, parseNetwork } from '../../../components/config/ipv4.ts';

describe('parseNetwork', () => {
  const broken = ['', '10.0.0.0', '10.0.0/8', '10.0.0.0/', '10.0.0.0/33', '256.0.0.0/8', '01.0.0.0/8', '10.0.0.0/08'];
  for (const text of [...broken, ' 10.0.0.0/8', '10.0.0.0/8\n', '10.0.0.0.0/8', '-1.0.0.0/8', '0x10.0.0.0/8', '::/0'])
    it(`reads no network in ${JSON.stringify(text)}`, () => assert.equal(parseNetwork(text), undefined));

  it('reads first and last address, also past 2^31', () => {
    assert.deepEqual(parseNetwork('203.0.113.16/28'), {
      text: '203.0.113.16/28',
      first: 3_405_803_792,
      last: 3_405_803_807,
      prefix: 28,
    });
    assert.deepEqual(parseNetwork('0.0.0.0/0'), { text: '0.0.0.0/0', first: 0, last: 4_294_967_295, prefix: 0 });
  });

  it('clears host bits for the network, and keeps what was written', () => {
    const found = parseNetwork('10.30.255.1/20') ?? assert.fail('no network');
    assert.equal(found.text, '10.30.255.1/20');
    assert.equal(formatNetwork(found), '10.30.240.0/20');
  });
});

describe('networks', () => {
  const anyNetwork = fc
    .tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(32))
    .map(([a, b, c, d, prefix]) => parseNetwork(`${a}.${b}.${c}.${d}/${prefix}`) ?? assert.fail('no network'));

  it('are written as they are read', () =>
    fc.assert(
      fc.property(anyNetwork, (found) => {
        const again = parseNetwork(formatNetwork(found)) ?? assert.fail('no network');
        assert.deepEqual({ ...again, text: found.text }, found);
      }),
    ));

  it('overlap exactly when they have an address in common', () =>
    fc.assert(
      fc.property(anyNetwork, anyNetwork, (a, b) => {
        assert.equal(overlap(a, b), Math.max(a.first, b.first) <= Math.min(a.last, b.last));
        assert.equal(contains(a, b), a.first <= b.first && b.last <= a.last);
      }),
    ));
});
