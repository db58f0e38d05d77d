import type { Plan, PlannedResource } from './plan.ts';
import { type Assumptions, PRICES_FILE, type PriceTable } from './prices.ts';
import { trafficUsage, type Usage, usageOf } from './usage.ts';

/** One thing that is paid for. */
export interface CostLine {
  /** The component that it is of: a host, a bucket's, or `traffic`. */
  readonly component: string;
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  /** US dollars a unit. */
  readonly price: number;
  /** Whether the price was compared with a source. */
  readonly isChecked: boolean;
  /** US dollars a month, to the cent. */
  readonly monthly: number;
}

/** Something that costs money, and nobody knows how much. */
export interface NotPriced {
  readonly component: string;
  /** Its type and name. */
  readonly resource: string;
  readonly reason: string;
}

export interface CostEstimate {
  readonly stack: string;
  readonly region: string;
  /** Whose assumptions count. */
  readonly environment: string;
  /** The day of the prices. */
  readonly asOf: string;
  readonly renewAfter: string;
  readonly assumptions: Assumptions;
  readonly lines: readonly CostLine[];
  readonly notPriced: readonly NotPriced[];
  /** US dollars a month, without what is not priced. */
  readonly total: number;
}

/** A plan that cannot be estimated at all: its region or environment is in no table. */
export class CostError extends Error {
  override readonly name = 'CostError';
  readonly code = 'COST';
}

const TRAFFIC = 'traffic';

/** Cents are added up, so that a table's sums are those of its rows. */
const toCents = (dollars: number): number => Math.round(dollars * 100);

/**
 * What a plan costs a month, as far as prices are known; what they are not known for is named, never taken for nothing.
 * @throws CostError
 */
export function estimateCost(plan: Plan, prices: PriceTable): CostEstimate {
  const { region, environment } = plan.outputs;
  if (typeof region !== 'string' || typeof environment !== 'string')
    throw new CostError('the program exports no region and environment, by which prices are looked up');
  const assumptions = prices.assumptions[environment];
  if (assumptions === undefined)
    throw new CostError(`${PRICES_FILE} has no assumptions for the environment ${environment}`);

  const { resources } = plan;
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const lines: CostLine[] = [];
  const notPriced: NotPriced[] = [];
  const add = (component: string, resource: string, usage: readonly Usage[] | string): void => {
    if (typeof usage === 'string') notPriced.push({ component, resource, reason: usage });
    else
      for (const one of usage) {
        const line = lineOf(component, one, prices, region);
        if (typeof line === 'string') notPriced.push({ component, resource, reason: line });
        else lines.push(line);
      }
  };
  for (const resource of resources) {
    const usage = usageOf(resource, { assumptions, resources });
    add(componentOf(resource, byUrn), `${resource.type} ${resource.name}`, usage);
  }
  add(TRAFFIC, TRAFFIC, trafficUsage(assumptions));
  const { asOf, renewAfter } = prices;
  const merged = mergedLines(lines);
  const total = merged.reduce((sum, { monthly }) => sum + toCents(monthly), 0) / 100;
  return { stack: plan.stack, region, environment, asOf, renewAfter, assumptions, lines: merged, notPriced, total };
}

function lineOf(component: string, usage: Usage, prices: PriceTable, region: string): CostLine | string {
  const { [usage.price]: entry } = prices.prices;
  const price = entry?.[region];
  if (entry === undefined || typeof price !== 'number') return `${PRICES_FILE} has no ${usage.price} for ${region}`;
  const { what, quantity } = usage;
  const monthly = toCents(quantity * price) / 100;
  return { component, what, quantity, unit: entry.unit, price, isChecked: entry.checked.includes(region), monthly };
}

/** Several of the same, such as two alarms of a host, in one; sorted by component. */
function mergedLines(lines: readonly CostLine[]): readonly CostLine[] {
  const merged = new Map<string, CostLine>();
  for (const line of lines) {
    const key = JSON.stringify([line.component, line.what, line.price]);
    const known = merged.get(key);
    const quantity = (known?.quantity ?? 0) + line.quantity;
    merged.set(key, { ...line, quantity, monthly: toCents(quantity * line.price) / 100 });
  }
  const order = (line: CostLine): number => (line.component === TRAFFIC ? 1 : 0);
  return [...merged.values()].sort(
    (a, b) => order(a) - order(b) || (a.component < b.component ? -1 : a.component > b.component ? 1 : 0),
  );
}

/** The name of the component that a resource is in: of the nearest one that is a host, or of the outermost. */
function componentOf(resource: PlannedResource, byUrn: ReadonlyMap<string, PlannedResource>): string {
  let name = resource.name;
  for (let one: PlannedResource | undefined = resource; one !== undefined; one = byUrn.get(one.parent)) {
    if (one.type === 'pulumi:pulumi:Stack') break;
    name = one.name;
    if (one.type === 'guardian-council:host:Host') break;
  }
  return name;
}
