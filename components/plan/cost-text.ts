import Table from 'cli-table3';
import type { CostEstimate, CostLine } from './cost.ts';
import { PRICES_FILE } from './prices.ts';

const dollars = (amount: number): string => amount.toFixed(2);

const rounded = (quantity: number): string => String(Number(quantity.toFixed(1)));

/** A price that nobody has compared with a source. */
const UNCHECKED = '*';

const priceText = ({ price, unit, isChecked }: CostLine): string => `${price}/${unit}${isChecked ? '' : UNCHECKED}`;

/** What each component costs, in the order of the lines. */
function sums({ lines }: CostEstimate): ReadonlyMap<string, number> {
  const cents = new Map<string, number>();
  for (const { component, monthly } of lines)
    cents.set(component, (cents.get(component) ?? 0) + Math.round(monthly * 100));
  return new Map([...cents].map(([component, sum]) => [component, sum / 100]));
}

/** One line: what it costs, and what is missing. */
export function costLine({ total, region, asOf, notPriced }: CostEstimate): string {
  const missing = notPriced.length === 0 ? '' : `; not priced: ${notPriced.length}`;
  return `About ${Math.round(total)} USD a month (${region}, list prices as of ${asOf}${missing}); --cost tells more.\n`;
}

function notes({ asOf, renewAfter, environment, assumptions, lines }: CostEstimate): readonly string[] {
  const { meetingsPerMonth, hoursPerMeeting, guardians, mbitsPerGuardian, experts, mbitsPerExpert } = assumptions;
  return [
    `List prices in US dollars without tax, typed on ${asOf}, to be renewed after ${renewAfter}: ${PRICES_FILE}.`,
    ...(lines.every(({ isChecked }) => isChecked) ? [] : [`Prices with ${UNCHECKED} were compared with no source.`]),
    `Assumed for ${environment}: ${meetingsPerMonth} meetings of ${hoursPerMeeting} h a month, ${guardians} guardians with ` +
      `${mbitsPerGuardian} Mbit/s and ${experts} experts with ${mbitsPerExpert} Mbit/s each; the rest is in the same file.`,
    'Not in it: requests, the domain and its zone, state and keys of Pulumi, support, discounts.',
  ];
}

const notPricedLines = ({ notPriced }: CostEstimate): readonly string[] =>
  notPriced.map(({ resource, reason }) => `${resource}: ${reason}`);

/** For people, at a terminal. */
export function costText(estimate: CostEstimate): string {
  const table = new Table({
    head: ['Component', 'What', 'Quantity', 'USD', 'USD a month'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'right', 'right', 'right'],
  });
  const bySum = sums(estimate);
  let last = '';
  for (const line of estimate.lines) {
    if (line.component !== last) table.push([line.component, '', '', '', dollars(bySum.get(line.component) ?? 0)]);
    last = line.component;
    table.push(['', line.what, rounded(line.quantity), priceText(line), dollars(line.monthly)]);
  }
  table.push(['Total', '', '', '', dollars(estimate.total)]);
  const missing = notPricedLines(estimate);
  return [
    `${estimate.stack}, ${estimate.region}\n${table.toString()}`,
    ...(missing.length === 0 ? [] : [['Not priced:', ...missing.map((line) => `  ${line}`)].join('\n')]),
    notes(estimate).join('\n'),
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

/** For docs/plans. */
export function costMarkdown(estimate: CostEstimate): string {
  const rows = [...sums(estimate)].flatMap(([component, sum]) => [
    `| **${component}** | | | | **${dollars(sum)}** |`,
    ...estimate.lines
      .filter((line) => line.component === component)
      .map((line) => `| | ${line.what} | ${rounded(line.quantity)} | ${priceText(line)} | ${dollars(line.monthly)} |`),
  ]);
  const missing = notPricedLines(estimate);
  return [
    `# What the stack ${estimate.stack} costs`,
    '',
    `About **${Math.round(estimate.total)} USD a month** in ${estimate.region}. Written by \`npm run plan:update\`.`,
    '',
    '| Component | What | Quantity | USD | USD a month |',
    '|---|---|---:|---:|---:|',
    ...rows,
    `| **Total** | | | | **${dollars(estimate.total)}** |`,
    '',
    ...(missing.length === 0 ? [] : ['Not priced:', '', ...missing.map((line) => `- ${line}`), '']),
    ...notes(estimate).map((note) => `- ${note}`),
    '',
  ].join('\n');
}
