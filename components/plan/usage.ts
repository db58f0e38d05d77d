import { capacityOf } from '../config/index.ts';
import { isValues, type PlannedResource, type PlannedValue, type PlannedValues } from './plan.ts';
import type { Assumptions } from './prices.ts';

/** So much of something that AWS has a price for, a month. */
export interface Usage {
  /** As in the price table. */
  readonly price: string;
  /** In the unit of the price. */
  readonly quantity: number;
  /** For people. */
  readonly what: string;
}

/** What a resource uses a month; a text says why that cannot be told. None is a resource that costs nothing itself. */
export type UsageRule = (resource: PlannedResource, context: UsageContext) => readonly Usage[] | string;

export interface UsageContext {
  readonly assumptions: Assumptions;
  readonly resources: readonly PlannedResource[];
}

/** Hours of a month, as AWS reckons. */
export const HOURS = 730;

/** IOPS and MiB/s that every gp3 volume has for nothing. */
const FREE_IOPS = 3_000;
const FREE_THROUGHPUT = 125;

/** Metrics that EC2 sends of an instance with detailed monitoring. */
const INSTANCE_METRICS = 7;

const DAYS_OF_MONTH = 30;

const rules: Readonly<Record<string, UsageRule>> = {
  'aws:ec2/instance:Instance': ({ inputs }) => {
    const machine = instanceUsage(inputs['instanceType'], 1);
    const disk = volumeUsage(valuesOf(inputs['rootBlockDevice']), 'root volume', 'volumeSize', 'volumeType');
    if (typeof machine === 'string') return machine;
    return typeof disk === 'string' ? disk : [...machine, ...metrics(inputs['monitoring']), ...disk];
  },
  'aws:autoscaling/group:Group': ({ inputs }, { resources }) => {
    const many = inputs['desiredCapacity'] ?? inputs['minSize'];
    const template = resources.find(({ type, name }) => type === TEMPLATE && isNamedIn(inputs, name));
    if (typeof many !== 'number' || template === undefined) return 'it says neither how many instances nor of what';
    const machine = instanceUsage(template.inputs['instanceType'], many);
    const mappings = template.inputs['blockDeviceMappings'];
    const disks = (Array.isArray(mappings) ? mappings : []).map((one: PlannedValue) =>
      volumeUsage(valuesOf(valuesOf(one)['ebs']), 'root volume', 'volumeSize', 'volumeType'),
    );
    const wrong = [machine, ...disks].find((one) => typeof one === 'string');
    if (typeof wrong === 'string' || typeof machine === 'string') return String(wrong);
    const monitored = valuesOf(template.inputs['monitoring'])['enabled'];
    const cards = template.inputs['networkInterfaces'];
    const addresses = (Array.isArray(cards) ? cards : [])
      .filter((card: PlannedValue) => String(valuesOf(card)['associatePublicIpAddress']) === 'true')
      .map(() => publicAddresses(1));
    const rest = [
      ...metrics(monitored),
      ...disks.flatMap((disk) => (typeof disk === 'string' ? [] : disk)),
      ...addresses,
    ];
    return [...machine, ...rest.map((one) => ({ ...one, quantity: one.quantity * many }))];
  },
  'aws:ebs/volume:Volume': ({ inputs }) => volumeUsage(inputs, 'volume', 'size', 'type'),
  'aws:dlm/lifecyclePolicy:LifecyclePolicy': (_, context) => snapshots(context),
  'aws:backup/plan:Plan': (_, context) => snapshots(context),
  'aws:ec2/eip:Eip': () => [publicAddresses(1)],
  // By what it carries it costs some cents more: signalling is far from the 1 GB an hour that a capacity unit takes.
  'aws:lb/loadBalancer:LoadBalancer': ({ inputs }) => {
    const { loadBalancerType: type = 'application', internal, subnets } = inputs;
    if (type !== 'network' || !Array.isArray(subnets)) return `a load balancer of the type ${String(type)}`;
    return [
      { price: 'networkLoadBalancer', quantity: HOURS, what: 'network load balancer' },
      ...(internal === true ? [] : [publicAddresses(subnets.length)]),
    ];
  },
  'aws:ec2/vpcEndpoint:VpcEndpoint': ({ inputs }) => {
    const { vpcEndpointType: type = 'Gateway', subnetIds } = inputs;
    if (type === 'Gateway') return [];
    if (type !== 'Interface' || !Array.isArray(subnetIds)) return `an endpoint of the type ${String(type)}`;
    const quantity = subnetIds.length * HOURS;
    return [{ price: 'interfaceEndpoint', quantity, what: `interface endpoint in ${subnetIds.length} subnets` }];
  },
  'aws:s3/bucket:Bucket': ({ name }, { assumptions }) => {
    const quantity = assumptions.bucketGb[name];
    if (quantity === undefined) return `assumptions.bucketGb does not say how much is in the bucket ${name}`;
    return [{ price: 's3.storage', quantity, what: `bucket ${name}` }];
  },
  'aws:kms/key:Key': ({ name }) => [{ price: 'kmsKey', quantity: 1, what: `KMS key ${name}` }],
  'aws:cloudwatch/metricAlarm:MetricAlarm': ({ inputs }) =>
    typeof inputs['period'] === 'number' && inputs['period'] < 60
      ? 'an alarm of high resolution'
      : [{ price: 'alarm', quantity: 1, what: 'alarm' }],
  'aws:cloudwatch/logGroup:LogGroup': ({ inputs, name }, { assumptions: { logGb } }) => {
    const days = inputs['retentionInDays'];
    if (typeof days !== 'number' || days === 0) return 'its logs are kept for ever';
    return [
      { price: 'logs.ingested', quantity: logGb, what: `logs of ${name}` },
      { price: 'logs.stored', quantity: (logGb * days) / DAYS_OF_MONTH, what: `logs of ${name}, ${days} days` },
    ];
  },
  'aws:ec2/flowLog:FlowLog': ({ inputs }) =>
    // With CloudWatch Logs it is the group that costs.
    (inputs['logDestinationType'] ?? 'cloud-watch-logs') === 'cloud-watch-logs' ? [] : 'flow logs in files',
  'aws:ssm/parameter:Parameter': ({ inputs, name }) =>
    inputs['tier'] === 'Advanced' ? [{ price: 'parameter.advanced', quantity: 1, what: `parameter ${name}` }] : [],
  'aws:secretsmanager/secret:Secret': ({ name }) => [{ price: 'secret', quantity: 1, what: `secret ${name}` }],
};

function publicAddresses(count: number): Usage {
  return { price: 'publicIpv4', quantity: count * HOURS, what: 'public IPv4 address' };
}

/** Types that cost nothing themselves, or so little at a council's use (some requests, some mails) that it is left out. */
const FREE: readonly RegExp[] = [
  /^(pulumi|guardian-council|command):/,
  /^aws:(iam|vpc|route53|sns|budgets)\//,
  /^aws:s3\/bucket[A-Z]/,
  /^aws:kms\/(alias|keyPolicy|grant):/,
  /^aws:autoscaling\/(policy|lifecycleHook|notification|attachment):/,
  /^aws:ec2\/(vpc|subnet|internetGateway|routeTable|routeTableAssociation|route|mainRouteTableAssociation):/,
  /^aws:ec2\/(securityGroup|defaultSecurityGroup|networkAcl|networkInterface|eipAssociation|placementGroup):/,
  /^aws:ec2\/(volumeAttachment|launchTemplate|networkInterfaceAttachment|vpcEndpointRouteTableAssociation):/,
  /^aws:lb\/(targetGroup|listener):/,
  /^aws:backup\/(vault|selection|vaultPolicy):/,
  /^aws:ssm\/(association|document|maintenanceWindow|maintenanceWindowTarget|maintenanceWindowTask):/,
];

const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';

/** What a resource uses, nothing where it is free; a text where that is not known. */
export function usageOf(resource: PlannedResource, context: UsageContext): readonly Usage[] | string {
  const rule = rules[resource.type];
  if (rule !== undefined) return rule(resource, context);
  return FREE.some((free) => free.test(resource.type)) ? [] : 'no price is known for this type';
}

/** What the media of meetings and the hosts' talk among themselves use. */
export function trafficUsage(assumed: Assumptions): readonly Usage[] {
  const mbits = assumed.guardians * assumed.mbitsPerGuardian + assumed.experts * assumed.mbitsPerExpert;
  const hours = assumed.meetingsPerMonth * assumed.hoursPerMeeting;
  return [
    { price: 'transfer.internet', quantity: (hours * 3600 * mbits) / 8 / 1000, what: `media, ${hours} h of meetings` },
    { price: 'transfer.zones', quantity: assumed.betweenZonesGb, what: 'between zones' },
  ];
}

function instanceUsage(type: PlannedValue | undefined, many: number): readonly Usage[] | string {
  const capacity = capacityOf(String(type));
  if (typeof capacity === 'string') return `the instance type ${String(type)}: ${capacity}`;
  const what = many === 1 ? String(type) : `${many} × ${String(type)}`;
  return [{ price: `instance.${String(type).split('.')[0]}`, quantity: many * capacity.vcpus * HOURS, what }];
}

const metrics = (isMonitored: PlannedValue | undefined): readonly Usage[] =>
  isMonitored === true ? [{ price: 'metric', quantity: INSTANCE_METRICS, what: 'detailed monitoring' }] : [];

function volumeUsage(volume: PlannedValues, what: string, sizeKey: string, typeKey: string): readonly Usage[] | string {
  const [size, type] = [volume[sizeKey], volume[typeKey]];
  if (typeof size !== 'number' || type !== 'gp3') return `a ${what} of the type ${String(type)}, ${String(size)} GiB`;
  const over = (value: PlannedValue | undefined, free: number): number =>
    typeof value === 'number' ? Math.max(0, value - free) : 0;
  const [iops, throughput] = [over(volume['iops'], FREE_IOPS), over(volume['throughput'], FREE_THROUGHPUT)];
  return [
    { price: 'gp3.storage', quantity: size, what: `${what}, ${size} GiB gp3` },
    ...(iops > 0 ? [{ price: 'gp3.iops', quantity: iops, what: `${what}, IOPS` }] : []),
    ...(throughput > 0 ? [{ price: 'gp3.throughput', quantity: throughput, what: `${what}, throughput` }] : []),
  ];
}

/** Of the volumes that stay when a host is replaced. */
function snapshots({ resources, assumptions: { snapshotGb } }: UsageContext): readonly Usage[] {
  const volumes = resources.filter(({ type }) => type === 'aws:ebs/volume:Volume').length;
  return [{ price: 'snapshot', quantity: volumes * snapshotGb, what: `snapshots of ${volumes} volumes` }];
}

const valuesOf = (value: PlannedValue | undefined): PlannedValues => (isValues(value) ? value : {});

/** Whether an input stands for an output of a resource: `<LaunchTemplate name.id>`. */
const isNamedIn = (inputs: PlannedValues, name: string): boolean =>
  JSON.stringify(inputs).includes(`<LaunchTemplate ${name}.`);
