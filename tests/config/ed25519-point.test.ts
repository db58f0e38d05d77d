import assert from 'node:assert/strict';
import { keyPairFromSeed, pointFault } from '../../runtime/config/index.ts';

/** The curve again, written the long way (RFC 8032 clause 5.1): recover x, add points, multiply by 8. */
const P = 2n ** 255n - 19n;
const mod = (value: bigint): bigint => ((value % P) + P) % P;
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b);
  return result;
}
const inverse = (value: bigint): bigint => power(value, P - 2n);
const D = mod(-121665n * inverse(121666n));

type Point = readonly [x: bigint, y: bigint];

function decode(encoded: Uint8Array): Point | undefined {
  const all = BigInt(`0x${Buffer.from(encoded).reverse().toString('hex')}`);
  const y = all & (2n ** 255n - 1n);
  if (y >= P) return undefined;
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * power(2n, (P - 1n) / 4n));
  if (mod(x * x) !== square) return undefined;
  const sign = all >> 255n;
  if (x === 0n && sign === 1n) return undefined;
  return [(x & 1n) === sign ? x : mod(-x), y];
}

function double([x, y]: Point): Point {
  const product = mod(D * x * x * y * y);
  return [mod(2n * x * y * inverse(1n + product)), mod((y * y + x * x) * inverse(1n - product))];
}

function faultTheLongWay(encoded: Uint8Array): string | undefined {
  const point = decode(encoded);
  if (point === undefined) return 'not a point';
  const [x, y] = double(double(double(point)));
  return x === 0n && y === 1n ? 'small order' : undefined;
}

/** Octets that depend on the seed alone (xorshift32). */
function* octets(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state & 0xff;
  }
}

describe('pointFault', () => {
  it('refuses encodings of another length', () => {
    assert.equal(pointFault(new Uint8Array(31).fill(1)), 'not a point');
    assert.equal(pointFault(new Uint8Array(33).fill(1)), 'not a point');
    assert.equal(pointFault(new Uint8Array(0)), 'not a point');
  });

  it('agrees with the definition of the curve on 300 random encodings', () => {
    const seed = 20261121;
    const random = octets(seed);
    const seen = new Map<string | undefined, number>();
    for (let round = 0; round < 300; round += 1) {
      const encoded = Uint8Array.from({ length: 32 }, () => random.next().value);
      const expected = faultTheLongWay(encoded);
      assert.equal(pointFault(encoded), expected, `seed ${seed}, ${Buffer.from(encoded).toString('hex')}`);
      seen.set(expected, (seen.get(expected) ?? 0) + 1);
    }
    assert.ok((seen.get(undefined) ?? 0) > 100 && (seen.get('not a point') ?? 0) > 100, 'both kinds occurred');
  });

  it('refuses exactly what it does of the encodings near 0 and near the prime, sign bit set or not', () => {
    const faults = new Set<string | undefined>();
    for (const low of [...Array(40).keys()].map(BigInt)) {
      for (const y of [low, P - 20n + low, low | (1n << 255n), (P - 20n + low) | (1n << 255n)]) {
        const hex = y.toString(16).padStart(64, '0');
        const encoded = new Uint8Array(Buffer.from(hex, 'hex').reverse());
        const expected = faultTheLongWay(encoded);
        // The words may differ: y = 1 and y = -1 with the sign bit are no points, and of small order without it.
        assert.equal(pointFault(encoded) === undefined, expected === undefined, hex);
        faults.add(expected);
      }
    }
    assert.equal(faults.size, 3);
  });

  it('takes the public keys of 50 key pairs', () => {
    for (let first = 0; first < 50; first += 1) {
      assert.equal(pointFault(keyPairFromSeed(new Uint8Array(32).fill(first)).publicKey), undefined);
    }
  });
});
