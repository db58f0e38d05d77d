import { isWorld, type OpenPort, openPorts } from './open-ports.ts';
import { inTreeOrder } from './order.ts';
import { compareTexts, isValues, type Plan, type PlannedResource, type PlannedValue } from './plan.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const INTERFACE = 'aws:ec2/networkInterface:NetworkInterface';

/** A Mermaid flowchart of a plan: zones, hosts and their sizes, what networks may reach of them, buckets, names. */
export function topology({ resources: unordered }: Plan): string {
  const resources = inTreeOrder(unordered);
  const graph = new Resources(resources);
  const idOf = identifiers();
  const lines = [
    ...sourceLines(graph, idOf),
    ...graph.ofType('aws:ec2/vpc:Vpc').flatMap((vpc) => vpcLines(vpc, graph, idOf)),
    ...graph.ofType('aws:s3/bucket:Bucket').map((bucket) => `${idOf(bucket.urn)}[(${bucketLabel(bucket)})]`),
    ...nameLines(graph, idOf),
  ];
  return `flowchart LR\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** Resources by type and by what they need. */
class Resources {
  readonly all: readonly PlannedResource[];
  readonly #byUrn: ReadonlyMap<string, PlannedResource>;

  constructor(all: readonly PlannedResource[]) {
    this.all = all;
    this.#byUrn = new Map(all.map((resource) => [resource.urn, resource]));
  }

  ofType(type: string): readonly PlannedResource[] {
    return this.all.filter((resource) => resource.type === type);
  }

  /** Those of one type among what `resource` depends on. */
  needs(resource: PlannedResource, type: string): readonly PlannedResource[] {
    return resource.dependsOn.flatMap((urn) => this.#byUrn.get(urn) ?? []).filter((needed) => needed.type === type);
  }

  /** Of an instance: by itself, or through its network interfaces. */
  attachments(instance: PlannedResource, type: string): readonly PlannedResource[] {
    return [instance, ...this.needs(instance, INTERFACE)].flatMap((holder) => this.needs(holder, type));
  }
}

/** Gives each thing a name that Mermaid takes, always the same one, so that a drawing changes with the plan alone. */
function identifiers(): (thing: string) => string {
  const given = new Map<string, string>();
  return (thing) => {
    const known = given.get(thing);
    if (known !== undefined) return known;
    const [type = '', name = ''] = thing.split('::').slice(2);
    const plain = `${type.split(':').at(-1)}_${name || thing}`.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/^_/, '');
    const taken = new Set(given.values());
    let id = plain;
    for (let next = 2; taken.has(id); next++) id = `${plain}_${next}`;
    given.set(thing, id);
    return id;
  };
}

/** Quoted; what would end the quotation or begin markup is written as entities. */
const label = (...lines: readonly string[]): string =>
  `"${lines
    .filter((line) => line !== '')
    .map((line) =>
      line.replaceAll('&', '&amp;').replaceAll('"', '#quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    )
    .join('<br/>')}"`;

const text = (value: PlannedValue | undefined): string => (value === undefined || value === null ? '' : String(value));

function vpcLines(vpc: PlannedResource, graph: Resources, idOf: (thing: string) => string): string[] {
  const subnets = graph.ofType('aws:ec2/subnet:Subnet').filter((subnet) => graph.needs(subnet, vpc.type).includes(vpc));
  const subnetLines = subnets.flatMap((subnet) => {
    const hosts = graph
      .ofType(INSTANCE)
      .filter((instance) => graph.attachments(instance, subnet.type).includes(subnet));
    const title = label(text(subnet.inputs['availabilityZone']), text(subnet.inputs['cidrBlock']));
    return [
      `  subgraph ${idOf(subnet.urn)}[${title}]`,
      ...hosts.map((host) => `    ${idOf(host.urn)}[${hostLabel(host)}]`),
      '  end',
    ];
  });
  return [`subgraph ${idOf(vpc.urn)}[${label(`VPC ${text(vpc.inputs['cidrBlock'])}`)}]`, ...subnetLines, 'end'];
}

function hostLabel({ name, inputs }: PlannedResource): string {
  const root = inputs['rootBlockDevice'];
  const size = isValues(root) ? text(root['volumeSize']) : '';
  return label(name, [text(inputs['instanceType']), ...(size === '' ? [] : [`${size} GiB`])].join(', '));
}

const bucketLabel = ({ name, inputs }: PlannedResource): string =>
  label(name, inputs['objectLockEnabled'] === true ? 'S3, Object Lock' : 'S3');

/** Each network that may reach something, with an arrow to each host; networks that may reach the same are drawn as one. */
function sourceLines(graph: Resources, idOf: (thing: string) => string): string[] {
  const bySource = new Map<string, OpenPort[]>();
  // Who may only ask whether a host is there has no place in a drawing.
  for (const port of openPorts(graph.all))
    if (port.sourceKind === 'network' && port.protocol !== 'icmp')
      bySource.set(port.source, [...(bySource.get(port.source) ?? []), port]);
  const alike = new Map<string, { sources: string[]; ports: readonly OpenPort[] }>();
  for (const [source, ports] of bySource) {
    const same = ports.map(({ host, protocol, ports: range }) => `${host} ${protocol} ${range}`).join();
    const found = alike.get(same);
    if (found === undefined) alike.set(same, { sources: [source], ports });
    else found.sources.push(source);
  }
  return [...alike.values()].flatMap(({ sources, ports }) => {
    const id = idOf(`from ${sources.join(' ')}`);
    const world = ports.some(isWorld) ? ['the world'] : [];
    return [`${id}([${label(...world, ...sources)}])`, ...portArrows(id, ports, graph, idOf)];
  });
}

function portArrows(from: string, ports: readonly OpenPort[], graph: Resources, idOf: (thing: string) => string) {
  return graph.ofType(INSTANCE).flatMap((instance) => {
    const groups = graph.attachments(instance, 'aws:ec2/securityGroup:SecurityGroup').map(({ name }) => name);
    const open = ports.filter(({ host }) => groups.includes(host)).map(portLabel);
    return open.length === 0 ? [] : [`${from} -->|${label(...open)}| ${idOf(instance.urn)}`];
  });
}

const portLabel = ({ protocol, ports }: OpenPort): string => `${ports}/${protocol}`;

/** Names with the host whose address they are given, and the others, such as SRV records, beside them. */
function nameLines(graph: Resources, idOf: (thing: string) => string): string[] {
  const records = graph.ofType('aws:route53/record:Record');
  if (records.length === 0) return [];
  const hostOf = hostsByAddress(graph);
  const arrows = new Map<string, string[]>();
  const others: string[] = [];
  for (const record of records) {
    const [name, kind] = [text(record.inputs['name']), text(record.inputs['type'])];
    const hosts = graph.needs(record, 'aws:ec2/eip:Eip').flatMap(({ urn }) => hostOf.get(urn) ?? []);
    for (const host of hosts) arrows.set(host, [...(arrows.get(host) ?? []), name]);
    if (hosts.length === 0) others.push(`${name} ${kind}`);
  }
  const dns = idOf('DNS');
  return [
    `${dns}[${label('DNS', ...others.sort(compareTexts))}]`,
    ...[...arrows].map(([host, names]) => `${dns} -.->|${label(...names)}| ${idOf(host)}`),
  ];
}

/** URN of an instance by the URN of the static address that it is given. */
function hostsByAddress(graph: Resources): ReadonlyMap<string, string> {
  const pairs = graph.ofType('aws:ec2/eipAssociation:EipAssociation').flatMap((association) => {
    const cards = graph.needs(association, INTERFACE);
    const instance =
      graph.needs(association, INSTANCE)[0] ??
      graph.ofType(INSTANCE).find((host) => graph.needs(host, INTERFACE).some((card) => cards.includes(card)));
    const [address] = graph.needs(association, 'aws:ec2/eip:Eip');
    return address === undefined || instance === undefined ? [] : [[address.urn, instance.urn] as const];
  });
  return new Map(pairs);
}
