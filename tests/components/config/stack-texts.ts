import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const stackFile = z.strictObject({ config: z.record(z.string(), z.unknown()) });

/** Texts by full key, as Pulumi hands a stack's file to the program: lists and objects as JSON. */
export function textsOf(stack: string): Record<string, string> {
  const file = readFileSync(new URL(`../../../Pulumi.${stack}.yaml`, import.meta.url), 'utf8');
  const { config } = stackFile.parse(parse(file));
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value),
    ]),
  );
}

/** The keys without a default, for a stack that is not production. */
export const LEAST: Readonly<Record<string, string>> = {
  'aws:region': 'eu-central-1',
  'guardian-council:environment': 'staging',
  'guardian-council:availabilityZones': '["eu-central-1a","eu-central-1b","eu-central-1c"]',
  'guardian-council:vpcCidr': '10.30.0.0/16',
  'guardian-council:subnetCidrs': '["10.30.0.0/20","10.30.16.0/20","10.30.32.0/20"]',
  'guardian-council:adminCidrs': '["198.51.100.0/24"]',
  'guardian-council:amiId': 'ami-02003f9f0fde924ea',
};

/** What production needs besides. */
export const LEAST_PROD: Readonly<Record<string, string>> = {
  ...LEAST,
  'guardian-council:environment': 'prod',
  'guardian-council:domain': 'council.example.org',
  'guardian-council:hostedZoneId': 'Z0123456789EXAMPLE',
  'guardian-council:onCallContact': 'on-call@example.org',
  'guardian-council:technicalLeadContact': 'lead@example.org',
  'guardian-council:councilContact': 'council@example.org',
};

/** What a stack needs that stands in for production. */
export const LEAST_ROLLBACK: Readonly<Record<string, string>> = {
  ...LEAST,
  'guardian-council:environment': 'rollback',
  'guardian-council:rollbackOf': 'prod',
  'guardian-council:release': '0123456789abcdef'.repeat(4),
};
