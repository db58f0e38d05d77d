/** Who led when, who answered meanwhile, and whether it was witnessed. */
import type { Freeze, Operation, Reign, Run, Violation, Witnessed } from './run-record.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A reign without the times when its process was stopped, and the moment that it then needs to learn what happened. */
function awake(reign: Reign, freezes: readonly Freeze[], waking: number): readonly Span[] {
  let spans: readonly Span[] = [reign];
  for (const { gatekeeper, from, to } of freezes) {
    if (gatekeeper !== reign.gatekeeper) continue;
    spans = spans.flatMap((span) => [
      { from: span.from, to: Math.min(span.to, from) },
      // What ends within `waking` after the stop is the process's finding out.
      { from: Math.max(span.from, to), to: span.to <= to + waking ? to : span.to },
    ]);
    spans = spans.filter((span) => span.to > span.from);
  }
  return spans;
}

export function reigns({ reigns: all, freezes, waking }: Run): readonly Violation[] {
  const violations: Violation[] = [];
  const sorted = all.toSorted((a, b) => a.from - b.from);
  for (const [n, reign] of sorted.entries()) {
    const before = sorted[n - 1];
    if (before !== undefined && reign.term <= before.term)
      violations.push({
        rule: 'term-not-grown',
        about: reign.gatekeeper,
        detail: `term ${reign.term} after ${before.gatekeeper}'s ${before.term}`,
      });
    const spans = awake(reign, freezes, waking);
    for (const other of sorted.slice(0, n)) {
      if (other.gatekeeper === reign.gatekeeper) continue;
      const overlap = awake(other, freezes, waking).flatMap((a) =>
        spans.map((b) => Math.min(a.to, b.to) - Math.max(a.from, b.from)),
      );
      const longest = Math.max(0, ...overlap);
      if (longest > 0)
        violations.push({
          rule: 'two-leaders',
          about: reign.gatekeeper,
          detail: `term ${reign.term} and ${other.gatekeeper}'s ${other.term} overlap by ${longest.toFixed(1)} ms`,
        });
    }
  }
  return violations;
}

/** What a confirm is called in the witness log. Keep-alives change nothing, and whoever is asked may confirm them. */
const CONFIRMS: Readonly<Partial<Record<Operation['kind'], string>>> = {
  admit: 'ACF',
  bandwidth: 'BCF',
  disengage: 'DCF',
};

/** A confirm that a guardian got for one of its calls. */
interface Confirm {
  readonly from: string;
  readonly type: string;
  readonly call: string;
  readonly sentAt: number;
  readonly at: number;
}

const confirmsOf = ({ operations, settling }: Run): readonly Confirm[] =>
  [...operations, ...settling]
    .flatMap(({ kind, outcome, from, call, sentAt, endedAt: at }) => {
      const type = CONFIRMS[kind];
      if (type === undefined || outcome !== 'confirmed' || from === undefined || call === undefined) return [];
      return { from, type, call, sentAt, at };
    })
    .toSorted((a, b) => a.at - b.at);

/** The lines of the logs are in whole milliseconds, and written before the answer leaves. */
const ROUNDING = 2;
/** All that one turn of a gatekeeper's event loop brings has the time when the turn began, even what came later in it. */
const TURN = 100;

/** Lines of witness logs, of which each confirm takes the one that is its own. */
class Lines {
  readonly #left = new Map<string, Witnessed[]>();

  constructor(lines: readonly Witnessed[]) {
    for (const line of lines) {
      const { gatekeeper, type, call, again } = line;
      const name = `${gatekeeper} ${type} ${call} ${again}`;
      const same = this.#left.get(name);
      if (same === undefined) this.#left.set(name, [line]);
      else same.push(line);
    }
  }

  /** Takes a line of an answer that was given for the first time, or `again`. */
  take({ from, type, call, sentAt, at }: Confirm, again: boolean): boolean {
    const same = this.#left.get(`${from} ${type} ${call} ${again}`) ?? [];
    // Of several the one that was written last before the confirm came: many may have waited for long.
    const own = same.findLastIndex((line) => line.at >= sentAt - TURN && line.at <= at + ROUNDING);
    return own >= 0 && same.splice(own, 1).length === 1;
  }
}

const tell = ({ from, type, call, sentAt, at }: Confirm): string =>
  `${from}'s ${type} of ${call}, asked for at ${sentAt.toFixed(1)} ms, came at ${at.toFixed(1)}`;

export function confirmsWithoutLead(run: Run): readonly Violation[] {
  const lines = new Lines(run.witnessed ?? []);
  /** Answers that were given for the first time, which a gatekeeper does when the store has what they say. */
  const first = new Set(
    run.witnessed?.filter(({ again }) => !again).map(({ gatekeeper, type, call }) => `${gatekeeper} ${type} ${call}`),
  );
  const spans = run.reigns.flatMap((reign) =>
    awake(reign, run.freezes, run.waking).map((span) => ({ ...span, gatekeeper: reign.gatekeeper })),
  );
  const isCovered = ({ from, at }: Confirm): boolean =>
    spans.some((span) => span.gatekeeper === from && span.from <= at && at - run.flight <= span.to);
  // Whoever is asked again may give the answer of before, as its mirror of the store has it. Who is cut from the store has
  // no mirror, and may only give again what it had given.
  const mayRepeat = ({ from, type, call, at }: Confirm): boolean =>
    first.has(`${from} ${type} ${call}`) ||
    !run.isolations.some((span) => span.gatekeeper === from && span.from <= at && at <= span.to);
  return confirmsOf(run)
    .filter((confirm) => !isCovered(confirm) && !(lines.take(confirm, true) && mayRepeat(confirm)))
    .map((confirm) => ({ rule: 'confirm-without-lead', about: confirm.from, detail: tell(confirm) }));
}

/** Answers are witnessed before they leave: each confirm has its line, as itself or as an answer given again. */
export function unwitnessed(run: Run): readonly Violation[] {
  if (run.witnessed === undefined) return [];
  const lines = new Lines(run.witnessed);
  return confirmsOf(run)
    .filter((confirm) => !lines.take(confirm, false) && !lines.take(confirm, true))
    .map((confirm) => ({ rule: 'unwitnessed', about: confirm.from, detail: `${tell(confirm)}, is not in its log` }));
}
