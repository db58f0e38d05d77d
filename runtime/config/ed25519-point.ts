/**
 * Is a public key a point that is safe to verify signatures with? RFC 8032 clause 5.1.3 says how the 32 octets are
 * decoded; clause 7 and its security considerations leave points of small order to the caller. `node:crypto` takes any
 * 32 octets for a key, and with a small-order point a signature that verifies can be made without any secret.
 */

const P = 2n ** 255n - 19n;
/** The curve's constant d = -121665/121666 mod p. */
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
/** y of four of the eight points whose order divides the cofactor 8; the others are y = 0, 1 and -1. */
const Y_OF_ORDER_8 = 55188659117513257062467267217118295137698188065244968500265048394206261417927n;
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, Y_OF_ORDER_8, P - Y_OF_ORDER_8]);

export type PointFault = 'not a point' | 'small order';

/**
 * Why these 32 octets cannot be a terminal's Ed25519 public key, or undefined when they can: y below the prime (one
 * encoding a point), on the curve (RFC 8032 clause 5.1.3, step 3), and not of small order. About 0.1 ms.
 */
export function pointFault(encoded: Uint8Array): PointFault | undefined {
  let hex = '';
  for (let index = 31; index >= 0; index -= 1) {
    const octet = encoded[index] ?? 0;
    hex += (index === 31 ? octet & 0x7f : octet).toString(16).padStart(2, '0');
  }
  const y = BigInt(`0x${hex}`);
  if (encoded.length !== 32 || y >= P) return 'not a point';
  if (SMALL_ORDER_Y.has(y)) return 'small order';
  const yy = (y * y) % P;
  // x² = u/v has a root exactly when u·v is a square (v is never 0), and x = 0 only where y = ±1, refused above.
  const product = ((yy + P - 1n) * ((D * yy + 1n) % P)) % P;
  return isSquare(product) ? undefined : 'not a point';
}

/** Euler's criterion: value^((p-1)/2) = 1, by a chain for the exponent 2^254 - 10 (11 multiplications, 254 squarings). */
function isSquare(value: bigint): boolean {
  const two = square(value, 1);
  const e2 = (two * value) % P; // eN is value^(2^N - 1)
  const e4 = (square(e2, 2) * e2) % P;
  const e5 = (square(e4, 1) * value) % P;
  const e10 = (square(e5, 5) * e5) % P;
  const e20 = (square(e10, 10) * e10) % P;
  const e40 = (square(e20, 20) * e20) % P;
  const e50 = (square(e40, 10) * e10) % P;
  const e100 = (square(e50, 50) * e50) % P;
  const e200 = (square(e100, 100) * e100) % P;
  const e250 = (square(e200, 50) * e50) % P;
  return (((square(e250, 4) * square(two, 1)) % P) * two) % P === 1n;
}

function square(value: bigint, times: number): bigint {
  let result = value;
  for (let index = 0; index < times; index += 1) result = (result * result) % P;
  return result;
}
