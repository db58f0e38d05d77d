/** A strict reader of Prometheus's text format 0.0.4, for tests: what it cannot read, it throws on. */

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const VALUE = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN)$/;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

function labelsOf(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let at = 0; at < text.length; ) {
    LABEL.lastIndex = at;
    const match = LABEL.exec(text);
    if (match === null) throw new SyntaxError(`labels: ${line}`);
    const [whole, name = '', value = ''] = match;
    if (name in labels) throw new SyntaxError(`label ${name} twice: ${line}`);
    labels[name] = value.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
    at += whole.length;
  }
  return labels;
}

function sampleOf(line: string): Sample {
  const match = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`).exec(line);
  const [, name = '', labels = '', value = ''] = match ?? [];
  if (match === null || !VALUE.test(value)) throw new SyntaxError(`sample: ${line}`);
  return { name, labels: labelsOf(labels, line), value: Number(value.replace('Inf', 'Infinity')) };
}

/** Does a sample of this name belong to the family? */
function belongs(sample: string, { name, type }: Family): boolean {
  if (sample === name) return type !== 'histogram';
  const parts = { histogram: ['_bucket', '_sum', '_count'], summary: ['_sum', '_count'] }[type] ?? [];
  return parts.some((part) => sample === name + part);
}

/** Each series of a histogram (its samples that differ in `le` alone) must be cumulative and complete. */
function checkHistogram({ name, samples }: Family): void {
  const seriesOf = ({ labels: { le: _, ...rest } }: Sample): string => JSON.stringify(Object.entries(rest).sort());
  for (const series of new Set(samples.map(seriesOf))) {
    const own = samples.filter((sample) => seriesOf(sample) === series);
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number((labels['le'] ?? '').replace('Inf', 'Infinity')));
    const sorted = bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? 0));
    const grows = buckets.every(({ value }, index) => index === 0 || value >= (buckets[index - 1]?.value ?? 0));
    const count = own.find((sample) => sample.name === `${name}_count`)?.value;
    if (!sorted || bounds.at(-1) !== Number.POSITIVE_INFINITY) throw new SyntaxError(`bounds of ${name}: ${bounds}`);
    if (!grows || buckets.at(-1)?.value !== count) throw new SyntaxError(`counts of ${name}`);
    if (!own.some((sample) => sample.name === `${name}_sum`)) throw new SyntaxError(`no sum of ${name}`);
  }
}

/**
 * The families of an exposition, each with HELP and TYPE before its samples, all samples of a family together, no
 * sample twice, histograms cumulative and complete.
 */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new SyntaxError('no line feed at the end');
  const families = new Map<string, Family & { samples: Sample[] }>();
  const seen = new Set<string>();
  let current: (Family & { samples: Sample[] }) | undefined;
  let help: { readonly name: string; readonly text: string } | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const helpMatch = new RegExp(`^# HELP (${NAME}) (.+)$`).exec(line);
    const typeMatch = new RegExp(`^# TYPE (${NAME}) (\\w+)$`).exec(line);
    if (helpMatch !== null) help = { name: helpMatch[1] ?? '', text: helpMatch[2] ?? '' };
    else if (typeMatch !== null) {
      const [, name = '', type = ''] = typeMatch;
      if (help?.name !== name) throw new SyntaxError(`TYPE without its HELP: ${line}`);
      if (!TYPES.includes(type) || families.has(name)) throw new SyntaxError(`type: ${line}`);
      current = { name, type, help: help.text, samples: [] };
      families.set(name, current);
    } else {
      const sample = sampleOf(line);
      if (current === undefined || !belongs(sample.name, current)) throw new SyntaxError(`a stray sample: ${line}`);
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (seen.has(key)) throw new SyntaxError(`a sample twice: ${line}`);
      if (current.type === 'counter' && !(sample.value >= 0)) throw new SyntaxError(`a counter below 0: ${line}`);
      seen.add(key);
      current.samples.push(sample);
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') checkHistogram(family);
  return families;
}
