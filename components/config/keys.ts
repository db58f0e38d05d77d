import { z } from 'zod';
import { type Capacity, formatCapacity, refuseInstanceType } from './instance-types.ts';
import {
  DOMAIN,
  EMAIL,
  LONGEST_DOMAIN,
  list,
  MOST_ADMIN_CIDRS,
  network,
  REGION,
  refuseAdmin,
  refuseOverlap,
  refuseTwins,
  refuseVpc,
  sized,
  WIDEST_PRIVATE,
  WIDEST_PUBLIC,
  whole,
} from './value-schemas.ts';

/** What people are told about a key. The README's table and the errors are made from it. */
interface About {
  readonly description: string;
  /** As it would be written in the stack's file; `undefined` where there is none. */
  readonly default: string | undefined;
  /** Completes "must be …"; has the unit. */
  readonly allowed: string;
  /** May be left out though it has no default. */
  readonly optional: boolean;
}

export const about = z.registry<About>();

const described = (description: string, allowed: string, extras: Partial<About> = {}): About => ({
  description,
  allowed,
  default: undefined,
  optional: false,
  ...extras,
});

const number = (least: number, most: number, unit: string, byDefault: number, description: string) => {
  const allowed = `a whole number from ${least} to ${most}${unit === '' ? '' : ` (${unit})`}`;
  return whole(least, most).register(about, described(description, allowed, { default: String(byDefault) }));
};

const rasPort = (byDefault: number, description: string) =>
  whole(1024, 65535).register(
    about,
    described(description, 'a port from 1024 to 65535 that no other UDP service has', { default: String(byDefault) }),
  );

const instanceType = (least: Capacity, byDefault: string, description: string) =>
  z
    .string()
    .superRefine((text, context) => {
      const reason = refuseInstanceType(text, least);
      if (reason !== undefined) context.addIssue({ code: 'custom', message: reason });
    })
    .register(
      about,
      described(description, `an x86-64 EC2 instance type, not burstable, with at least ${formatCapacity(least)}`, {
        default: byDefault,
      }),
    );

/** AWS grows such a volume in place, and never makes it smaller. */
const dataGb = (description: string) => number(10, 16_384, 'GiB', 20, description);

/** Stacks that stand in for another one are known by their names, to people and to the workflow that destroys them. */
const ROLLBACK_STACK = /^rollback-[A-Za-z0-9_.-]{1,91}$/;

/** What CloudWatch Logs takes as a retention, up to ten years. */
const LOG_DAYS = [
  '1',
  '3',
  '5',
  '7',
  '14',
  '30',
  '60',
  '90',
  '120',
  '150',
  '180',
  '365',
  '400',
  '545',
  '731',
  '1096',
  '1827',
  '2192',
  '2557',
  '2922',
  '3288',
  '3653',
];

/** Every machine has 100 GB at least. 16,384 GiB is the most that all EBS types for root volumes have. */
const volumeGb = (description: string) => number(100, 16_384, 'GiB', 100, description);

const contact = (description: string) =>
  z
    .string()
    .max(254)
    .regex(EMAIL)
    .optional()
    .register(about, described(description, 'an e-mail address, given in prod; may be secret', { optional: true }));

const zone = z.string().regex(new RegExp(`^${REGION}[a-z]$`));
const subnet = network((found) => sized(found, 20, 28));

/** Every key of a stack's file, in the order people are shown them: from text to its value. */
export const stackSchema = z.object({
  region: z
    .string()
    .regex(new RegExp(`^${REGION}$`))
    .register(about, described('AWS region', 'the name of an AWS region, such as eu-central-1')),
  environment: z
    .enum(['prod', 'staging', 'rollback'])
    .register(
      about,
      described(
        'what the stack is for; prod is protected against deletion, rollback stands in for another stack for a time',
        'prod, staging or rollback',
      ),
    ),
  rollbackOf: z
    .string()
    .regex(/^(?!rollback-)[A-Za-z0-9_.-]{1,100}$/)
    .optional()
    .register(
      about,
      described(
        'the stack that this one stands in for: its zone, names, keys, archive and releases are used and stay its own',
        'the name of a stack that is no rollback stack, given where environment is rollback and nowhere else',
        { optional: true },
      ),
    ),
  takeAddresses: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .register(
      about,
      described(
        'whether this stack has the public addresses of the one that it stands in for, or is still being validated',
        'true or false; true where environment is rollback only',
        { default: 'false' },
      ),
    ),
  addressesLentTo: z
    .string()
    .regex(ROLLBACK_STACK)
    .optional()
    .register(
      about,
      described(
        "the stack that has this one's public addresses for a time: while it is given here, they are left alone",
        'the name of a rollback stack (rollback-…)',
        { optional: true },
      ),
    ),
  availabilityZones: list
    .pipe(z.tuple([zone, zone, zone]).superRefine(refuseTwins))
    .register(
      about,
      described(
        'availability zones; the voters of the quorum are in different ones',
        'a list of three zones of the region',
      ),
    ),
  vpcCidr: network(refuseVpc).register(
    about,
    described('network of the VPC', 'a private IPv4 network (RFC 1918) from /16 to /24'),
  ),
  subnetCidrs: list
    .pipe(z.tuple([subnet, subnet, subnet]).superRefine(refuseOverlap))
    .register(
      about,
      described(
        'public subnets, one a zone in the same order; AWS keeps 5 addresses of each',
        'a list of three IPv4 networks from /20 to /28 inside vpcCidr, apart from each other',
      ),
    ),
  adminCidrs: list
    .pipe(z.array(network(refuseAdmin)).min(1).max(MOST_ADMIN_CIDRS).superRefine(refuseOverlap))
    .register(
      about,
      described(
        'networks of the administrators: Prometheus, Alertmanager and ping are for these alone',
        `a list of 1 to ${MOST_ADMIN_CIDRS} IPv4 networks, private ones to /${WIDEST_PRIVATE}, public ones to /${WIDEST_PUBLIC}, apart from each other and from vpcCidr`,
      ),
    ),
  amiId: z
    .string()
    .regex(/^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/)
    .register(
      about,
      described(
        'machine image of all hosts: Ubuntu 24.04, x86-64, of the region',
        'ami- and 17 (older: 8) lower-case hex digits',
      ),
    ),
  gatekeeperInstanceType: instanceType({ vcpus: 2, gib: 4 }, 'c7i.large', 'size of both gatekeepers'),
  mcuInstanceType: instanceType({ vcpus: 8, gib: 16 }, 'c7i.2xlarge', 'size of the MCU'),
  sipGatewayInstanceType: instanceType({ vcpus: 4, gib: 8 }, 'c7i.xlarge', 'size of the SIP gateway'),
  monitoringInstanceType: instanceType({ vcpus: 4, gib: 8 }, 'c7i.xlarge', 'size of the monitoring host'),
  gatekeeperVolumeGb: volumeGb('root volume of both gatekeepers'),
  mcuVolumeGb: volumeGb('root volume of the MCU'),
  sipGatewayVolumeGb: volumeGb('root volume of the SIP gateway'),
  monitoringVolumeGb: volumeGb('root volume of the monitoring host'),
  gatekeeperDataGb: dataGb("data volume of each gatekeeper: etcd's data, registry, witness logs"),
  monitoringDataGb: dataGb("data volume of the monitoring host: etcd's data"),
  sipGatewayMin: number(1, 6, 'at most sipGatewayMax', 1, 'SIP gateways that there are always'),
  sipGatewayMax: number(
    1,
    6,
    '',
    1,
    'SIP gateways under load; more than 1 makes a group behind a load balancer that grows and shrinks',
  ),
  gatekeeperId: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .optional()
    .register(
      about,
      described(
        'identifier of the zone, which terminals sign their requests for; without it guardian-council- and the name of the stack',
        'at most 64 of A-Z, a-z, 0-9, . _ and -, the first a letter or digit',
        { optional: true },
      ),
    ),
  primaryRasPort: rasPort(1719, 'UDP port for RAS on the primary gatekeeper, and on the floating address'),
  secondaryRasPort: rasPort(1720, 'UDP port for RAS on the secondary gatekeeper; may equal the primary one'),
  domain: z
    .string()
    .max(LONGEST_DOMAIN)
    .regex(new RegExp(`^${DOMAIN}$`))
    .optional()
    .register(
      about,
      described(
        "the council's DNS domain: names of the hosts and SRV records for H.323 and SIP",
        `a lower-case domain name of at most ${LONGEST_DOMAIN} characters, given in prod and wherever hostedZoneId is`,
        { optional: true },
      ),
    ),
  hostedZoneId: z
    .string()
    .regex(/^Z[0-9A-Z]{5,31}$/)
    .optional()
    .register(
      about,
      described('Route 53 zone that the domain is in', 'the id of a zone (Z…), given in prod and wherever domain is', {
        optional: true,
      }),
    ),
  onCallContact: contact('who is called first (L1)'),
  technicalLeadContact: contact('who is called after two hours (L2)'),
  councilContact: contact('who decides on policy in the gravest incidents (L3)'),
  councilBandwidthBps: number(
    50_000_000,
    10_000_000_000,
    'bit/s, one way',
    100_000_000,
    'media of all calls together; what the gatekeepers grant in all',
  ),
  maxParticipants: number(1, 25, '', 25, 'guardians in one conference'),
  maxExperts: number(1, 100, '', 10, 'outside experts at once through the SIP gateway'),
  mcuEngine: z
    .enum(['jitsi', 'kurento'])
    .register(
      about,
      described('what runs beside the MCU for guardians who join by browser', 'jitsi or kurento', { default: 'jitsi' }),
    ),
  release: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .register(
      about,
      described('SHA-256 of the release that hosts run; left out before the first one', '64 lower-case hex digits', {
        optional: true,
      }),
    ),
  flowLogDays: z
    .enum(LOG_DAYS)
    .transform(Number)
    .register(
      about,
      described(
        'how long it is kept who spoke with whom in the VPC',
        `one of ${LOG_DAYS.join(', ')} (days, at least 90 in prod)`,
        {
          default: '90',
        },
      ),
    ),
  monthlyBudgetUsd: number(
    10,
    1_000_000,
    'US dollars',
    1_500,
    'what the stack may cost in a month: contacts are told at 80 % of it, and when it is forecast to be passed',
  ),
  // A compliance lock that is there by mistake cannot be taken back: hence ten years at most, where AWS allows 100.
  witnessLockDays: number(
    1,
    3650,
    'days, at least 90 in prod',
    90,
    'how long a witness log cannot be deleted: in prod by nobody at all, elsewhere by nobody who may not lift governance locks',
  ),
  witnessRetentionDays: number(
    1,
    3650,
    'days, at least witnessLockDays, at least 90 in prod',
    90,
    'after how long witness logs are deleted',
  ),
});

/** A stack's configuration as the schema reads it. */
export type StackValues = z.output<typeof stackSchema>;
export type KeyName = keyof StackValues;

export const KEY_NAMES: readonly KeyName[] = stackSchema.keyof().options;

/** Personal data, so the only keys that may be secret: everything else is shown in plans and reviews. */
export const CONTACT_NAMES = ['onCallContact', 'technicalLeadContact', 'councilContact'] as const;

/** Pulumi's project, which is the namespace of its keys. */
export const PROJECT = 'guardian-council';

/** As it stands in the stack's file: the region belongs to the AWS provider, all other keys to this project. */
export const fullKey = (name: KeyName): string => (name === 'region' ? 'aws:region' : `${PROJECT}:${name}`);

/** What the table says of a key. */
export function aboutKey(name: KeyName): About {
  const found = about.get(stackSchema.shape[name]);
  if (found === undefined) throw new Error(`the key ${name} is not described`);
  return found;
}
