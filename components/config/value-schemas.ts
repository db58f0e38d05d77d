import { z } from 'zod';
import {
  contains,
  formatNetwork,
  type Ipv4Network,
  overlappingPair,
  PRIVATE_NETWORKS,
  parseNetwork,
  SHARED_NETWORKS,
  SOURCELESS_NETWORKS,
} from './ipv4.ts';

/** Pulumi gives every value as text. Signs, fractions, exponents and leading zeros are slips, not numbers. */
export const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,14})$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most));

/** Lists are JSON in Pulumi's configuration. */
export const list = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.issues.push({ code: 'custom', message: 'it is no list', input: text });
    return z.NEVER;
  }
});

/** A network in its canonical form that `refuse` has nothing against. */
export const network = (refuse: (network: Ipv4Network) => string | undefined) =>
  z.string().transform((text, context) => {
    const found = parseNetwork(text);
    let reason = `${text} is no IPv4 network`;
    if (found !== undefined) {
      const canonical = formatNetwork(found);
      const refused = canonical === text ? refuse(found) : `${text} has host bits set, its network is ${canonical}`;
      if (refused === undefined) return found;
      reason = refused;
    }
    context.issues.push({ code: 'custom', message: reason, input: text });
    return z.NEVER;
  });

/** Refuses prefixes outside of `least` to `most`. */
export const sized = ({ text, prefix }: Ipv4Network, least: number, most: number): string | undefined => {
  if (prefix < least) return `${text} is larger than /${least}`;
  return prefix > most ? `${text} is smaller than /${most}` : undefined;
};

const isIn = (ranges: readonly Ipv4Network[], found: Ipv4Network): boolean =>
  ranges.some((range) => contains(range, found));

/** Private networks reach this one by a tunnel; of the public Internet, more than a /16 is nobody's own. */
export const WIDEST_PRIVATE = 8;
export const WIDEST_PUBLIC = 16;

/** AWS allows a VPC from /16 to /28; below /24 three subnets leave no room to grow. */
export const refuseVpc = (found: Ipv4Network): string | undefined =>
  isIn(PRIVATE_NETWORKS, found) ? sized(found, 16, 24) : `${found.text} is not private`;

export function refuseAdmin(found: Ipv4Network): string | undefined {
  if (found.prefix === 0) return `${found.text} is the whole world`;
  if (isIn(SOURCELESS_NETWORKS, found)) return `${found.text} is the source of no packet`;
  return sized(found, isIn([...PRIVATE_NETWORKS, ...SHARED_NETWORKS], found) ? WIDEST_PRIVATE : WIDEST_PUBLIC, 32);
}

export function refuseOverlap(networks: readonly Ipv4Network[], context: z.RefinementCtx): void {
  const [one, other] = overlappingPair(networks) ?? [];
  if (one !== undefined && other !== undefined)
    context.addIssue({ code: 'custom', message: `${one.text} and ${other.text} overlap` });
}

export function refuseTwins(zones: readonly string[], context: z.RefinementCtx): void {
  const twin = zones.find((zone, index) => zones.indexOf(zone) !== index);
  if (twin !== undefined) context.addIssue({ code: 'custom', message: `${twin} is there twice` });
}

/**
 * A zone's name is its region's and a letter; local zones (`us-east-1-bos-1a`) have longer ones. Of the partition `aws`: ARNs of China and GovCloud begin
 * otherwise.
 */
export const REGION = '(?!cn-|us-gov-)[a-z]{2}(?:-[a-z]+){1,2}-[1-9][0-9]?';

/** Labels of RFC 1123 clause 2.1, the last one not a number; 253 octets at most (RFC 1035 clause 2.3.4). */
export const DOMAIN = '(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])';
/** User data has an end (16 KB), and a domain stands in it a dozen times. */
export const LONGEST_DOMAIN = 36;

/** For the same reason. */
export const MOST_ADMIN_CIDRS = 8;

/** RFC 5321 clause 4.5.3.1: 64 octets before the @, 254 in all. Quoted local parts are refused: they break tools. */
export const EMAIL = new RegExp(`^(?=[^@]{1,64}@)[A-Za-z0-9_%+-]+(?:\\.[A-Za-z0-9_%+-]+)*@${DOMAIN}$`, 'i');
