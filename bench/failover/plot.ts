/** A plot of failover times: which share of them was done within which time. */
import { parse, type Spec, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { quantile, type RunResult } from './summary.ts';

interface Point {
  readonly kind: string;
  readonly whose: string;
  readonly ms: number;
  /** Of all that took no longer; a promised P99 has none. */
  readonly share?: number;
}

const ANY = 'the first confirm that any guardian got';
const EACH = "each guardian's own first confirm";

/** So many points show a curve as well as all do. */
const POINTS = 100;
/** Fewer are no distribution, and left out where others have as many. */
const DISTRIBUTION = 20;

function steps(kind: string, whose: string, values: readonly number[]): readonly Point[] {
  const sorted = values.toSorted((a, b) => a - b);
  const count = Math.min(POINTS, sorted.length);
  return Array.from({ length: count }, (_, n) => {
    const share = (n + 1) / count;
    return { kind, whose, ms: Math.max(quantile(sorted, share), 0.1), share };
  });
}

/** An SVG picture. Faults under which the lead need not move are not in it. */
export async function plot({ kinds, guardians, seed }: RunResult): Promise<string> {
  const measured = kinds.filter(({ movesLead }) => movesLead);
  const many = measured.filter(({ failovers }) => failovers.length >= DISTRIBUTION);
  const shown = many.length > 0 ? many : measured;
  const values: Point[] = shown.flatMap(({ kind, failovers, promised }) => [
    ...steps(
      kind,
      ANY,
      failovers.flatMap(({ first }) => first ?? []),
    ),
    ...steps(
      kind,
      EACH,
      failovers.flatMap((one) => Object.values(one.guardians)),
    ),
    ...(promised === undefined ? [] : [{ kind, whose: ANY, ms: promised.p99 }]),
  ]);
  const spec: TopLevelSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    title: {
      text: 'From the fault to a confirm by the new leader',
      subtitle: `${guardians} guardians, seed ${seed}; dashed: what P99 must stay below`,
    },
    background: 'white',
    data: { values },
    facet: { row: { field: 'whose', type: 'nominal', title: null, sort: [ANY, EACH] } },
    spec: {
      width: 640,
      height: 240,
      layer: [
        {
          transform: [{ filter: 'isValid(datum.share)' }],
          mark: { type: 'line', interpolate: 'step-after' },
          encoding: {
            x: {
              field: 'ms',
              type: 'quantitative',
              scale: { type: 'log' },
              title: 'milliseconds',
              axis: { format: ',~r' },
            },
            y: { field: 'share', type: 'quantitative', axis: { format: '%' }, title: 'share done within' },
            color: { field: 'kind', type: 'nominal', title: 'fault' },
          },
        },
        {
          transform: [{ filter: '!isValid(datum.share)' }],
          mark: { type: 'rule', strokeDash: [4, 4] },
          encoding: {
            x: { field: 'ms', type: 'quantitative' },
            color: { field: 'kind', type: 'nominal' },
          },
        },
      ],
    },
  };
  const drawing: Spec = compile(spec).spec;
  const view = new View(parse(drawing), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}
