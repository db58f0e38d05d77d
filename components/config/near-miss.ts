/** More slips than this make another word. */
const MOST_SLIPS = 3;

/** The known name that was probably meant, if one is near; the nearest, and of equals the first. */
export function nearMiss<Name extends string>(name: string, known: readonly Name[]): Name | undefined {
  // Far longer than any name and its slips: not worth comparing.
  if (name.length > 64) return undefined;
  const ranked = known
    .map((candidate) => ({ candidate, slips: slipsBetween(name.toLowerCase(), candidate.toLowerCase()) }))
    // A short name is soon near to everything.
    .filter(({ candidate, slips }) => slips <= Math.min(MOST_SLIPS, candidate.length / 2))
    .sort((a, b) => a.slips - b.slips);
  return ranked[0]?.candidate;
}

/** Letters added, left out, changed, or swapped with their neighbour (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (beforeLast[j - 2] ?? Infinity) + 1 : Infinity;
      row.push(Math.min(changed, swapped, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
