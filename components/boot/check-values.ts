import { HOST_ROLES, VOTERS } from '../hosts.ts';
import { BootValuesError } from './errors.ts';
import { imagesOf } from './images.ts';
import type { BootValues } from './values.ts';

/** What a plan has in place of a value that AWS makes up: a name in angle brackets, which no rule, unit or script can mistake. */
const PLANNED = '<[\\w .:/@-]+>';
const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = `${OCTET}(?:\\.${OCTET}){3}`;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const BUCKET = '[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]';

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);

/** What each kind of text may be. All of them end up in files that are parsed: nothing here can end a line or a quotation. */
const TEXTS = {
  stack: { pattern: whole('[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?'), allowed: 'at most 32 of a-z, 0-9 and -' },
  region: { pattern: whole('[a-z]{2}(?:-[a-z]+)+-\\d'), allowed: 'an AWS region' },
  private: { pattern: whole(IPV4), allowed: 'an IPv4 address' },
  address: { pattern: whole(`${IPV4}|${PLANNED}`), allowed: 'an IPv4 address' },
  cidr: { pattern: whole(`${IPV4}/(?:3[0-2]|[12]?\\d)`), allowed: 'an IPv4 network, such as 192.0.2.0/24' },
  domain: { pattern: whole(`(?=.{1,200}$)(?:${LABEL}\\.)+${LABEL}`), allowed: 'a DNS domain in small letters' },
  bucket: { pattern: whole(`${BUCKET}|${PLANNED}`), allowed: 'the name of an S3 bucket' },
  parameter: { pattern: whole(`(?:/[\\w.-]+)+|${PLANNED}`), allowed: 'an SSM path, such as /council/prod/release' },
  zone: { pattern: whole(`[A-Za-z0-9][A-Za-z0-9._-]{0,63}|${PLANNED}`), allowed: "a zone's identifier" },
  prefix: { pattern: whole('[a-z0-9][a-z0-9-]{0,127}'), allowed: 'at most 128 of a-z, 0-9 and -' },
  group: { pattern: whole('[A-Za-z0-9-]{1,128}'), allowed: 'the name of an auto-scaling group' },
  volume: { pattern: whole(`vol-[0-9a-f]{8,17}|${PLANNED}`), allowed: 'an EBS volume (vol-…)' },
  service: { pattern: whole('[\\w .,()/-]{1,64}'), allowed: 'letters, digits, spaces and .,()/-' },
  image: {
    pattern: whole(`[a-z0-9._/-]+:[\\w.-]+@(?:sha256:(?:[0-9a-f]{64}|${PLANNED})|${PLANNED})`),
    allowed: 'an image with its tag and digest, name:tag@sha256:…',
  },
} as const;

/**
 * Refuses values that would say more in a file than what they are: every text is matched against what its kind may be.
 * @throws BootValuesError with every problem
 */
export function checkValues(values: BootValues): void {
  const problems: string[] = [];
  const text = (key: string, kind: keyof typeof TEXTS, value: string): void => {
    const { pattern, allowed } = TEXTS[kind];
    // JSON shows what a terminal would hide.
    if (!pattern.test(value)) problems.push(`${key}: must be ${allowed}, not ${JSON.stringify(value)}`);
  };
  const number = (key: string, value: number, least: number, most: number): void => {
    if (!Number.isInteger(value) || value < least || value > most)
      problems.push(`${key}: must be a whole number from ${least} to ${most}, not ${value}`);
  };

  if (!HOST_ROLES.includes(values.role))
    throw new BootValuesError('a host', [
      `role: must be one of ${HOST_ROLES.join(', ')}, not ${JSON.stringify(values.role)}`,
    ]);
  text('stack', 'stack', values.stack);
  text('zone', 'zone', values.zone);
  text('region', 'region', values.region);
  for (const role of HOST_ROLES) {
    text(`addresses.${role}.private`, 'private', values.addresses[role].private);
    text(`addresses.${role}.public`, 'address', values.addresses[role].public);
  }
  for (const [index, { from, to, service }] of values.ports.entries()) {
    number(`ports[${index}].from`, from, 0, 65_535);
    number(`ports[${index}].to`, to, 0, 65_535);
    text(`ports[${index}].service`, 'service', service);
  }
  for (const [index, cidr] of values.adminCidrs.entries()) text(`adminCidrs[${index}]`, 'cidr', cidr);
  number('primaryRasPort', values.primaryRasPort, 1, 65_535);
  number('secondaryRasPort', values.secondaryRasPort, 1, 65_535);
  if (values.domain !== undefined) text('domain', 'domain', values.domain);
  number('councilBandwidthBps', values.councilBandwidthBps, 64_000, 10_000_000_000);
  number('maxParticipants', values.maxParticipants, 1, 1000);
  number('maxExperts', values.maxExperts, 0, 1000);
  for (const name of Object.keys(imagesOf(values.role, values.mcuEngine)))
    text(`images.${name}`, 'image', values.images[name] ?? '');
  text('releaseBucket', 'bucket', values.releaseBucket);
  text('releaseParameter', 'parameter', values.releaseParameter);
  text('secretsPath', 'parameter', values.secretsPath);
  text('witnessBucket', 'bucket', values.witnessBucket);
  text('witnessPrefix', 'prefix', values.witnessPrefix);
  if (values.gatewayGroup !== undefined) text('gatewayGroup', 'group', values.gatewayGroup);
  if (VOTERS.includes(values.role)) text('dataVolume', 'volume', values.dataVolume ?? '');
  else if (values.dataVolume !== undefined) problems.push('dataVolume: must be left out, only voters have one');
  if (problems.length > 0) throw new BootValuesError(values.role, problems);
}
