/** A random source that gives the same numbers for the same seed, on every machine. */
export interface Prng {
  /** A whole number from 0 to `below` - 1. */
  readonly below: (below: number) => number;
  /** True `share` of the time. */
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(list: readonly [T, ...T[]]) => T;
}

/** `seed` is any whole number; its low 32 bits count. */
export function prng(seed: number): Prng {
  // Mulberry32: a counter in steps of the golden ratio, stirred; its period of 2^32 is many times what a run draws.
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    pick: (list) => list[below(list.length)] ?? list[0],
  };
}
