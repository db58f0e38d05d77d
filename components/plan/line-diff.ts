/** A line that is on both sides (` `), on the first alone (`-`) or on the second alone (`+`). */
export interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Changed lines that stand together, with some of those around them. */
export interface Hunk {
  /** 1-based numbers of the first line on both sides. */
  readonly before: number;
  readonly after: number;
  readonly lines: readonly DiffLine[];
}

/** More comparisons than that (16 MiB of memory) are not made: the lines are then shown as replaced. */
const MOST_PAIRS = 4_000_000;

/** The fewest lines to take out and put in that make `after` of `before`: what is left is a longest common subsequence. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const lines = (sign: DiffLine['sign'], texts: readonly string[]): DiffLine[] => texts.map((text) => ({ sign, text }));
  return [
    ...lines(' ', before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...lines(' ', before.slice(before.length - end)),
  ];
}

function middle(before: readonly string[], after: readonly string[]): DiffLine[] {
  const [rows, columns] = [before.length, after.length + 1];
  const isTooLong = rows * columns > MOST_PAIRS;
  // common[row * columns + column]: length of the longest common subsequence of what follows on both sides.
  const common = new Uint32Array(isTooLong ? 0 : (rows + 1) * columns);
  const commonAt = (row: number, column: number): number => common[row * columns + column] ?? 0;
  if (!isTooLong)
    for (let row = rows - 1; row >= 0; row--)
      for (let column = columns - 2; column >= 0; column--)
        common[row * columns + column] =
          before[row] === after[column]
            ? commonAt(row + 1, column + 1) + 1
            : Math.max(commonAt(row + 1, column), commonAt(row, column + 1));
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  for (;;) {
    const [old, fresh] = [before[row], after[column]];
    if (old === undefined && fresh === undefined) return lines;
    if (!isTooLong && old !== undefined && old === fresh) {
      lines.push({ sign: ' ', text: old });
      row++;
      column++;
    } else if (old !== undefined && (fresh === undefined || commonAt(row + 1, column) >= commonAt(row, column + 1))) {
      lines.push({ sign: '-', text: old });
      row++;
    } else if (fresh !== undefined) {
      lines.push({ sign: '+', text: fresh });
      column++;
    }
  }
}

/** The changes alone, with at most `context` unchanged lines before and after each. */
export function hunksOf(lines: readonly DiffLine[], context: number): readonly Hunk[] {
  const near = new Set<number>();
  for (const [at, { sign }] of lines.entries())
    if (sign !== ' ') for (let next = at - context; next <= at + context; next++) near.add(next);
  const hunks: { before: number; after: number; lines: DiffLine[] }[] = [];
  let [before, after] = [1, 1];
  for (const [at, line] of lines.entries()) {
    if (near.has(at)) {
      if (!near.has(at - 1) || at === 0) hunks.push({ before, after, lines: [] });
      hunks.at(-1)?.lines.push(line);
    }
    if (line.sign !== '+') before++;
    if (line.sign !== '-') after++;
  }
  return hunks;
}
