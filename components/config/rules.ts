import { LOOPBACK_PORTS, portPlan } from '../network/index.ts';
import { contains, overlap } from './ipv4.ts';
import { aboutKey, CONTACT_NAMES, fullKey, type KeyName, type StackValues } from './keys.ts';

/** What is wrong with a key in the light of others. */
export interface Finding {
  readonly name: KeyName;
  readonly message: string;
}

/** What the rules look at. A key that is wrong in itself has no value here, so that no rule complains of it again. */
export interface Considered {
  readonly stack: string;
  readonly values: { readonly [Name in KeyName]?: StackValues[Name] | undefined };
  /** Whether the stack's file has the key, rightly or wrongly. */
  readonly isGiven: (name: KeyName) => boolean;
}

/** What the names of stacks begin with that stand in for another one. */
const ROLLBACK_PREFIX = 'rollback-';

/** The smallest subnets that hosts, gateways and load balancer have room in. */
const SMALLEST_FOR_GROUP = 26;

/** Logs are kept this long in production. */
const PROD_DAYS = 90;

/** UDP services that have their port in every stack; RAS has the ports that are being chosen. */
const UDP_SERVICES = [
  ...portPlan({ primaryRasPort: 1719, secondaryRasPort: 1720 }).filter(({ service }) => service !== 'RAS'),
  ...LOOPBACK_PORTS.map((port) => ({ ...port, from: port.port, to: port.port })),
].filter(({ protocol }) => protocol === 'udp');

/** Every rule that more than one key takes part in. */
export const findings = (considered: Considered): readonly Finding[] =>
  [environment, rollback, production, dns, zones, subnets, gateways, admins, rasPorts, retention].flatMap((rule) =>
    rule(considered),
  );

/**
 * The environment is a key of its own, since stacks are named freely: a second region's production, a rehearsal, a
 * rollback. The one name that may not lie is prod: a slip of the key there would take the protection off production.
 */
function environment({ stack, values }: Considered): Finding[] {
  if (values.environment === undefined || values.environment === 'prod') return [];
  if (stack === 'prod') return [{ name: 'environment', message: 'must be prod in the stack named prod' }];
  const wrong = values.environment === 'rollback' && !stack.startsWith(ROLLBACK_PREFIX);
  const message = `must not be rollback in the stack ${stack}: names of such stacks begin with ${ROLLBACK_PREFIX}`;
  return wrong ? [{ name: 'environment', message }] : [];
}

/** What a stack that stands in for another one has from there. */
const BORROWED = [
  'addressesLentTo',
  'gatekeeperId',
  'domain',
  'hostedZoneId',
  'flowLogDays',
  'monthlyBudgetUsd',
  'witnessLockDays',
  'witnessRetentionDays',
] as const satisfies readonly KeyName[];

function rollback({ stack, values, isGiven }: Considered): Finding[] {
  if (values.environment === undefined) return [];
  if (values.environment !== 'rollback')
    return [
      ...(isGiven('rollbackOf')
        ? [{ name: 'rollbackOf' as const, message: `must be ${aboutKey('rollbackOf').allowed}` }]
        : []),
      ...(values.takeAddresses === true
        ? [{ name: 'takeAddresses' as const, message: `must be ${aboutKey('takeAddresses').allowed}` }]
        : []),
    ];
  const required = (['rollbackOf', 'release'] as const).filter((name) => !isGiven(name));
  const own = BORROWED.filter(isGiven);
  return [
    ...required.map((name) => ({ name, message: `must be ${aboutKey(name).allowed}` })),
    ...(values.rollbackOf === stack ? [{ name: 'rollbackOf' as const, message: 'must be another stack' }] : []),
    ...own.map((name) => ({
      name,
      message: `must be removed from a rollback stack: it has that of ${fullKey('rollbackOf')}`,
    })),
    ...(['sipGatewayMin', 'sipGatewayMax'] as const)
      .filter((name) => (values[name] ?? 1) > 1)
      .map((name) => ({ name, message: 'must be 1 in a rollback stack' })),
  ];
}

function production({ values, isGiven }: Considered): Finding[] {
  if (values.environment !== 'prod') return [];
  const missing = (['domain', 'hostedZoneId', ...CONTACT_NAMES] as const).filter((name) => !isGiven(name));
  const short = (['flowLogDays', 'witnessLockDays', 'witnessRetentionDays'] as const).filter(
    (name) => (values[name] ?? PROD_DAYS) < PROD_DAYS,
  );
  return [
    ...missing.map((name) => ({ name, message: `must be ${aboutKey(name).allowed}` })),
    ...short.map((name) => ({ name, message: `must be at least ${PROD_DAYS} in prod` })),
  ];
}

function dns({ values, isGiven }: Considered): Finding[] {
  if (
    values.environment === 'prod' ||
    values.environment === 'rollback' ||
    isGiven('domain') === isGiven('hostedZoneId')
  )
    return [];
  const name = isGiven('domain') ? 'hostedZoneId' : 'domain';
  return [{ name, message: `must be ${aboutKey(name).allowed}` }];
}

function zones({ values: { region, availabilityZones } }: Considered): Finding[] {
  if (region === undefined) return [];
  const elsewhere = availabilityZones?.filter((zone) => zone.slice(0, -1) !== region) ?? [];
  return elsewhere.map((zone) => ({
    name: 'availabilityZones',
    message: `must be zones of ${fullKey('region')} (${region}), and ${zone} is not`,
  }));
}

function subnets({ values: { vpcCidr, subnetCidrs } }: Considered): Finding[] {
  if (vpcCidr === undefined) return [];
  const outside = subnetCidrs?.filter((subnet) => !contains(vpcCidr, subnet)) ?? [];
  return outside.map(({ text }) => ({
    name: 'subnetCidrs',
    message: `must be inside ${fullKey('vpcCidr')} (${vpcCidr.text}), and ${text} is not`,
  }));
}

/**
 * A group of gateways is behind a load balancer, which wants eight free addresses in each of its subnets
 * (Elastic Load Balancing, Network Load Balancers).
 */
function gateways({
  values: { sipGatewayMin: least = 1, sipGatewayMax: most = 1, subnetCidrs },
}: Considered): Finding[] {
  const small = most > 1 ? (subnetCidrs ?? []).filter(({ prefix }) => prefix > SMALLEST_FOR_GROUP) : [];
  return [
    ...(least > most
      ? [{ name: 'sipGatewayMin' as const, message: `must be at most ${fullKey('sipGatewayMax')} (${most})` }]
      : []),
    ...small.map(({ text }) => ({
      name: 'subnetCidrs' as const,
      message: `must be /${SMALLEST_FOR_GROUP} or larger where ${fullKey('sipGatewayMax')} is more than 1, and ${text} is not`,
    })),
  ];
}

/** Were the hosts among the administrators, one that is broken into could reach what is for administrators alone. */
function admins({ values: { vpcCidr, adminCidrs } }: Considered): Finding[] {
  if (vpcCidr === undefined) return [];
  const mixed = adminCidrs?.filter((admin) => overlap(vpcCidr, admin)) ?? [];
  return mixed.map(({ text }) => ({
    name: 'adminCidrs',
    message: `must be apart from ${fullKey('vpcCidr')} (${vpcCidr.text}), and ${text} is not`,
  }));
}

/**
 * A port number means one service in the whole stack, so that firewalls, captures and people read it right. Both RAS
 * ports may be the same: the secondary gatekeeper then serves both of its addresses by one socket.
 */
function rasPorts({ values }: Considered): Finding[] {
  return (['primaryRasPort', 'secondaryRasPort'] as const).flatMap((name) => {
    const port = values[name];
    if (port === undefined) return [];
    const taken = UDP_SERVICES.find(({ from, to }) => from <= port && port <= to);
    if (taken === undefined) return [];
    const range = taken.from === taken.to ? `${taken.from}` : `${taken.from} to ${taken.to}`;
    return [{ name, message: `must be ${aboutKey(name).allowed}; UDP ${range} is ${taken.service} of ${taken.host}` }];
  });
}

/** S3 counts both from the moment an object version is written, and its lifecycle rules delete no version that is locked. */
function retention({ values: { witnessLockDays: lock, witnessRetentionDays: kept } }: Considered): Finding[] {
  if (lock === undefined || kept === undefined || kept >= lock) return [];
  const message = `must be at least ${fullKey('witnessLockDays')} (${lock}): what is locked cannot be deleted`;
  return [{ name: 'witnessRetentionDays', message }];
}
