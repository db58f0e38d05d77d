import { z } from 'zod';
import { StackOutputsError } from './errors.ts';

/** The machines of a stack, by the names that its outputs have for them. */
export const ROLES = ['gatekeeper-primary', 'gatekeeper-secondary', 'mcu', 'sip-gateway', 'monitoring'] as const;
export type HostRole = (typeof ROLES)[number];

/** What Pulumi prints for a secret unless it is told to show it. */
const HIDDEN = '[secret]';

/*
 * What is written into commands goes through a shell in the end. So nothing is taken that a shell would read as more
 * than a word, wherever it comes from.
 */
const word = (pattern: RegExp, what: string) => z.string().max(256).regex(pattern, `must be ${what}`);
const ipv4 = z.ipv4('must be an IPv4 address');
const name = word(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'a host name');
const instance = word(/^i-[0-9a-f]{8,17}$/, 'the id of an EC2 instance');
const arn = word(/^arn:[a-z-]+:[A-Za-z0-9:/_.-]+$/, 'an ARN');
const contact = word(/^([^\s@<>|`]+@[^\s@<>|`]+|\[secret\])$/, 'an e-mail address').optional();

const perHost = <T extends z.ZodType>(of: T) =>
  z.object({ 'gatekeeper-primary': of, 'gatekeeper-secondary': of, mcu: of, 'sip-gateway': of, monitoring: of });

const schema = z.object({
  stack: word(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'the name of a stack'),
  environment: word(/^[a-z]+$/, 'a word'),
  region: word(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, 'an AWS region'),
  gatekeeperId: word(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'a gatekeeper identifier'),
  addresses: z.object({ public: perHost(ipv4), private: perHost(ipv4) }),
  /** A group of SIP gateways has no instance that would stay. */
  instances: perHost(instance).extend({ 'sip-gateway': instance.optional() }),
  names: perHost(name).or(z.strictObject({})),
  arns: z.object({ witnessBucket: arn, releaseBucket: arn, releaseParameter: arn }),
  contacts: z.object({ onCall: contact, technicalLead: contact, council: contact }),
  ports: z
    .array(
      z.object({
        host: z.enum(ROLES),
        protocol: z.enum(['tcp', 'udp', 'icmp']),
        from: z.int(),
        to: z.int(),
        sources: z.array(z.string().max(64)).min(1),
        service: z.string().max(200),
        why: z.string().max(500),
      }),
    )
    .min(1),
});

/** What a runbook is made of. */
export type StackOutputs = z.output<typeof schema>;

/** Whether Pulumi has hidden it. */
export const isHidden = (text: string | undefined): boolean => text === HIDDEN;

/**
 * Reads what `pulumi stack output --json` prints. Outputs that a runbook has no use for may be there too.
 * @throws StackOutputsError with every problem
 */
export function parseStackOutputs(text: string): StackOutputs {
  if (text.trim() === '') throw new StackOutputsError(['(nothing came): pulumi stack output --json prints an object']);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new StackOutputsError([`(all of it): no JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new StackOutputsError(
    result.error.issues.map(({ path, message }) => `${path.length === 0 ? '(all of it)' : path.join('.')}: ${message}`),
  );
}
