/** A measured run as its JSON file has it, and what of it broke a promise. Times in milliseconds. */
import { z } from 'zod';

const spread = z.object({
  count: z.number(),
  min: z.number(),
  median: z.number(),
  p99: z.number(),
  max: z.number(),
});
export type Spread = z.infer<typeof spread>;

const failover = z.object({
  /** Who led when the fault came, and who gave the first confirm. */
  hit: z.string(),
  successor: z.string().nullable(),
  /** From the fault to the first confirm by another gatekeeper that any of our terminals got; null: none did. */
  first: z.number().nullable(),
  /** From the fault until another gatekeeper said of itself that it leads. */
  lead: z.number().nullable(),
  /** What `first` was: ACF, BCF, … */
  firstType: z.string().nullable(),
  /** Until each guardian got its own first confirm from there. */
  guardians: z.record(z.string(), z.number()),
  /** The etcd member that led when the fault came. */
  etcdLeader: z.string().nullable(),
});
export type Failover = z.infer<typeof failover>;

const kindResult = z.object({
  kind: z.string(),
  what: z.string(),
  movesLead: z.boolean(),
  promised: z.object({ all: z.number().optional(), p99: z.number() }).optional(),
  failovers: z.array(failover),
  first: spread.nullable(),
  guardians: spread.nullable(),
  callsLost: z.number(),
  confirmsLost: z.number(),
  checked: z.object({ operations: z.number(), unknown: z.number(), calls: z.number() }),
  violations: z.array(z.object({ rule: z.string(), about: z.string(), detail: z.string() })),
  /** No processor was let halt. */
  awake: z.boolean(),
  /** Share of processor time that this machine's host took from it meanwhile, 0 to 1. */
  stolen: z.number(),
  /** What was promised and did not hold, in words. */
  broken: z.array(z.string()),
});
export type KindResult = z.infer<typeof kindResult>;

export const runResult = z.object({
  seed: z.number(),
  guardians: z.number(),
  machine: z.object({
    node: z.string(),
    etcd: z.string(),
    kernel: z.string(),
    cpu: z.string(),
    cores: z.number(),
  }),
  version: z.string(),
  kinds: z.array(kindResult),
  skipped: z.array(z.object({ kind: z.string(), why: z.string() })),
});
export type RunResult = z.infer<typeof runResult>;

/** What was measured before, with what is measured now in its place. */
export function joined(before: RunResult, now: RunResult): RunResult {
  const fresh = new Set([...now.kinds, ...now.skipped].map(({ kind }) => kind));
  const isKept = ({ kind }: { readonly kind: string }): boolean => !fresh.has(kind);
  return {
    ...now,
    kinds: [...before.kinds.filter(isKept), ...now.kinds],
    skipped: [...before.skipped.filter(isKept), ...now.skipped],
  };
}

/** Why results of two runs may not stand side by side, in words; nothing where they may. */
export function mismatch(before: RunResult, now: Pick<RunResult, 'seed' | 'version' | 'machine'>): string | undefined {
  const of = ({ seed, version, machine: { node, kernel, cpu, cores, etcd } }: typeof now): string =>
    JSON.stringify({ seed, version, node, kernel, cpu, cores, etcd });
  return of(before) === of(now) ? undefined : `${of(before)} before, ${of(now)} now`;
}

/** The smallest value that at least `share` of all do not exceed (nearest rank); NaN of nothing. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => tenth(quantile(sorted, share));
  return { count: sorted.length, min: at(0), median: at(0.5), p99: at(0.99), max: at(1) };
}

export const tenth = (ms: number): number => Math.round(ms * 10) / 10;

/** What of a promise did not hold. A failover without a confirm breaks every promise. */
export function broken(result: Omit<KindResult, 'broken'>): string[] {
  const { kind, movesLead, promised, failovers, first, callsLost, confirmsLost, violations } = result;
  const found: string[] = [];
  const without = failovers.filter((one) => one.first === null).length;
  if (movesLead && without > 0)
    found.push(`${kind}: ${without} of ${failovers.length} ended without a new leader's confirm`);
  if (promised !== undefined && first !== null) {
    if (promised.all !== undefined && first.max >= promised.all)
      found.push(`${kind}: the longest took ${first.max} ms, promised are less than ${promised.all}`);
    if (first.p99 >= promised.p99)
      found.push(`${kind}: P99 is ${first.p99} ms, promised are less than ${promised.p99}`);
  }
  if (callsLost > 0) found.push(`${kind}: ${callsLost} calls lost`);
  if (confirmsLost > 0) found.push(`${kind}: ${confirmsLost} confirms lost`);
  if (violations.length > 0) found.push(`${kind}: ${violations.length} violations`);
  return found;
}
