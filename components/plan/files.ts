import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { estimateCost } from './cost.ts';
import { costMarkdown } from './cost-text.ts';
import type { GeneratedPart } from './documents.ts';
import { withPart } from './documents.ts';
import type { Plan } from './plan.ts';
import type { PriceTable } from './prices.ts';
import { parseSnapshot, type Snapshot, SnapshotError, snapshotOf, snapshotText } from './snapshot.ts';

export const snapshotFile = (stack: string): string => `docs/plans/${stack}.yaml`;

/** The committed snapshot of a stack. @throws SnapshotError if there is none, or none that can be read */
export function readSnapshot(root: string, stack: string): Snapshot {
  const file = snapshotFile(stack);
  const text = textOf(join(root, file));
  if (text === undefined) throw new SnapshotError(`${file} is missing; npm run plan:update writes it`);
  return parseSnapshot(file, text);
}

/** The snapshot of a plan as a part that `updateFiles` takes. */
export const snapshotPart = (plan: Plan): GeneratedPart => ({
  file: snapshotFile(plan.stack),
  text: snapshotText(plan.stack, snapshotOf(plan)),
});

/** What a plan costs, likewise. @throws CostError */
export const costPart = (plan: Plan, prices: PriceTable): GeneratedPart => ({
  file: `docs/plans/${plan.stack}-cost.md`,
  text: costMarkdown(estimateCost(plan, prices)),
});

/**
 * Writes generated parts into their files, none of them unless all can be.
 * @returns the files that were not up to date
 * @throws MarkerError
 */
export function updateFiles(root: string, parts: readonly GeneratedPart[]): readonly string[] {
  const texts = new Map<string, { readonly old: string | undefined; readonly text: string }>();
  for (const part of parts) {
    const known = texts.get(part.file);
    const old = known?.old ?? textOf(join(root, part.file));
    texts.set(part.file, { old, text: withPart(known?.text ?? old ?? '', part) });
  }
  const changed = [...texts].filter(([, { old, text }]) => old !== text);
  for (const [file, { text }] of changed) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return changed.map(([file]) => file);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
