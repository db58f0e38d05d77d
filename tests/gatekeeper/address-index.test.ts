import assert from 'node:assert/strict';
import { AddressIndex } from '../../runtime/gatekeeper/address-index.ts';
import { Endpoint } from '../../runtime/gatekeeper/model.ts';
import type { TransportAddress } from '../../runtime/h225/index.ts';
import { milliseconds } from '../../runtime/units.ts';

const endpoint = (n: number) => new Endpoint(n, `${n}`, undefined, { address: '192.0.2.1', port: n }, milliseconds(0));
const v4 = (d: number, port = 1720): TransportAddress => ({
  kind: 'ipAddress',
  value: { ip: Buffer.of(255, 255, 255, d), port },
});
const v6 = (last: number): TransportAddress => ({
  kind: 'ip6Address',
  value: { ip: Buffer.concat([Buffer.alloc(15, 0x20), Buffer.of(last)]), port: 1720 },
});

describe('address index', () => {
  it('tells addresses, ports and networks apart', () => {
    const index = new AddressIndex();
    const places = [v4(1), v4(2), v4(1, 1721), v4(255, 65_535), v4(0, 1), v6(1), v6(2)];
    const there = places.map((_, n) => endpoint(n));
    for (const [n, place] of places.entries()) index.add(place, there[n] ?? endpoint(-1));
    for (const [n, place] of places.entries()) assert.equal(index.get(place), there[n]);
    assert.equal(index.get(v6(3)), undefined);
    assert.equal(index.get({ kind: 'netBios', value: Buffer.alloc(16) }), undefined);
  });

  it('finds whoever is left of several at one address, and nobody when all have left', () => {
    const index = new AddressIndex();
    const [a, b, c] = [endpoint(1), endpoint(2), endpoint(3)];
    for (const one of [a, b, c, a]) index.add(v4(1), one);
    index.remove(v4(1), b);
    index.remove(v4(1), b);
    index.remove(v4(1), a);
    assert.equal(index.get(v4(1)), c);
    index.remove(v4(1), c);
    assert.equal(index.get(v4(1)), undefined);
    index.add(v4(1), b);
    index.remove(v4(1), a);
    assert.equal(index.get(v4(1)), b);
  });
});
