import { randomFillSync } from 'node:crypto';

const POOL = 4096;

/** Unpredictable octets, fetched from the system a page at a time: a call each would cost more than the request. */
export function randomSource(): (octets: number) => Uint8Array {
  const pool = Buffer.alloc(POOL);
  let used = POOL;
  return (octets) => {
    if (octets > POOL) return randomFillSync(Buffer.alloc(octets));
    if (used + octets > POOL) {
      randomFillSync(pool);
      used = 0;
    }
    const taken = Uint8Array.from(pool.subarray(used, used + octets));
    pool.fill(0, used, used + octets);
    used += octets;
    return taken;
  };
}
