import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const amount = z.number().nonnegative().max(1_000_000);
const day = z.iso.date();

const price = z
  .object({
    unit: z.string().min(1),
    /** Regions in which it was compared with a source. */
    checked: z.array(z.string()),
  })
  .catchall(amount);

const assumptions = z.strictObject({
  meetingsPerMonth: amount,
  hoursPerMeeting: amount,
  guardians: amount,
  mbitsPerGuardian: amount,
  experts: amount,
  mbitsPerExpert: amount,
  betweenZonesGb: amount,
  bucketGb: z.record(z.string(), amount),
  logGb: amount,
  snapshotGb: amount,
});

const table = z
  .strictObject({
    asOf: day,
    renewAfter: day,
    prices: z.record(z.string(), price),
    assumptions: z.record(z.string(), assumptions),
  })
  .superRefine(({ asOf, renewAfter, prices }, context) => {
    if (renewAfter <= asOf)
      context.addIssue({ code: 'custom', path: ['renewAfter'], message: `must be after ${asOf}` });
    for (const [key, one] of Object.entries(prices))
      for (const region of one.checked.filter((name) => one[name] === undefined))
        context.addIssue({
          code: 'custom',
          path: ['prices', key, 'checked'],
          message: `there is no price for ${region}`,
        });
  });

/** What is bought of AWS, and for how much: prices by region, US dollars. */
export type PriceTable = z.infer<typeof table>;
/** What no plan says of a council's use, a month; Mbit/s and GB (10^9 octets). */
export type Assumptions = z.infer<typeof assumptions>;

/** A price table that cannot be used. */
export class PriceTableError extends Error {
  override readonly name = 'PriceTableError';
  readonly code = 'PRICES';
}

export const PRICES_FILE = 'components/plan/prices.yaml';

/** @throws PriceTableError with every key that is wrong */
export function parsePrices(text: string): PriceTable {
  const { data, error } = table.safeParse(parsed(text));
  if (error === undefined) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new PriceTableError(`${PRICES_FILE}: ${problems.join('; ')}`);
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new PriceTableError(`${PRICES_FILE}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The table that is committed. */
export const readPrices = (): PriceTable => parsePrices(readFileSync(new URL('prices.yaml', import.meta.url), 'utf8'));
