import assert from 'node:assert/strict';
import { estimateCost } from '../../../components/plan/cost.ts';
import { costLine, costMarkdown, costText } from '../../../components/plan/cost-text.ts';
import type { Plan, PlannedValues } from '../../../components/plan/plan.ts';
import { parsePrices, readPrices } from '../../../components/plan/prices.ts';
import { planOfProgram } from '../../support/program-plan.ts';

const price = (key: string, unit: string, amount: number, checked = '[eu]'): string =>
  `  ${key}: { unit: ${unit}, checked: ${checked}, eu: ${amount} }\n`;

/** Round prices, and nobody who meets. */
const PRICES = parsePrices(
  `
asOf: 2026-01-01
renewAfter: 2026-07-01
prices:
${[
  price('instance.c7i', 'vCPU-hour', 0.1),
  price('metric', 'metric-month', 1, '[]'),
  price('gp3.storage', 'GB-month', 0.5),
  price('gp3.iops', 'IOPS-month', 0.01),
  price('gp3.throughput', 'MiB/s-month', 0.02),
  price('snapshot', 'GB-month', 0.25),
  price('publicIpv4', 'address-hour', 0.01),
  price('interfaceEndpoint', 'endpoint-hour', 0.01),
  price('networkLoadBalancer', 'balancer-hour', 0.02),
  price('s3.storage', 'GB-month', 0.125),
  price('kmsKey', 'key-month', 1),
  price('alarm', 'alarm-month', 0.333),
  price('logs.ingested', 'GB', 2),
  price('logs.stored', 'GB-month', 1),
  price('transfer.internet', 'GB', 1),
  price('transfer.zones', 'GB', 1),
].join('')}
assumptions:
  prod: &quiet
    { meetingsPerMonth: 0, hoursPerMeeting: 0, guardians: 0, mbitsPerGuardian: 0, experts: 0, mbitsPerExpert: 0,
      betweenZonesGb: 0, bucketGb: { witness: 8 }, logGb: 3, snapshotGb: 10 }
  busy: { <<: *quiet, meetingsPerMonth: 2, hoursPerMeeting: 5, guardians: 10, mbitsPerGuardian: 2, betweenZonesGb: 7 }
`.replace('<<: *quiet,', 'experts: 0, mbitsPerExpert: 0, bucketGb: {}, logGb: 0, snapshotGb: 0,'),
);

interface Given {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: PlannedValues;
}

function planOf(resources: readonly Given[], outputs: PlannedValues = { region: 'eu', environment: 'prod' }): Plan {
  return {
    stack: 'test',
    outputs,
    resources: resources.map(({ type, name = 'x', inputs = {} }) => {
      const urn = `urn:pulumi:test::p::${type}::${name}`;
      return { urn, type, name, parent: '', dependsOn: [], protect: false, inputs };
    }),
  };
}

/** `what: quantity × price = monthly` of what costs something, and why other things have no price. */
function estimated(...resources: readonly Given[]) {
  const { lines, notPriced } = estimateCost(planOf(resources), PRICES);
  return {
    lines: lines
      .filter(({ monthly }) => monthly > 0)
      .map(({ what, quantity, price: each, monthly }) => `${what}: ${quantity} × ${each} = ${monthly}`),
    reasons: notPriced.map(({ resource, reason }) => `${resource}: ${reason}`),
  };
}

const instance = (inputs: PlannedValues): Given => ({
  type: 'aws:ec2/instance:Instance',
  inputs: { instanceType: 'c7i.large', rootBlockDevice: { volumeType: 'gp3', volumeSize: 100 }, ...inputs },
});

describe('what a plan costs', function () {
  this.timeout(60_000);

  it('cannot be told without region and environment', () => {
    for (const [outputs, message] of [
      [{}, 'the program exports no region and environment, by which prices are looked up'],
      [{ region: 'eu' }, 'the program exports no region and environment, by which prices are looked up'],
      [{ region: 'eu', environment: 'x' }, 'components/plan/prices.yaml has no assumptions for the environment x'],
    ] as const)
      assert.throws(() => estimateCost(planOf([], outputs), PRICES), { name: 'CostError', message });
  });

  it('names everything that may cost something and has no price, and takes nothing of it for free', () => {
    const { lines, reasons } = estimated(
      { type: 'aws:rds/instance:Instance' },
      { type: 'aws:ec2/natGateway:NatGateway' },
      { type: 'docker:index/image:Image' },
      instance({ instanceType: 't3.large' }),
      instance({ instanceType: 'm7i.large' }),
      instance({ rootBlockDevice: { volumeType: 'io2', volumeSize: 100 } }),
      instance({ rootBlockDevice: {} }),
      { type: 'aws:s3/bucket:Bucket', name: 'other' },
      { type: 'aws:cloudwatch/metricAlarm:MetricAlarm', inputs: { period: 10 } },
      { type: 'aws:cloudwatch/logGroup:LogGroup', inputs: {} },
      { type: 'aws:ec2/flowLog:FlowLog', inputs: { logDestinationType: 's3' } },
      { type: 'aws:ec2/vpcEndpoint:VpcEndpoint', inputs: { vpcEndpointType: 'GatewayLoadBalancer' } },
      { type: 'aws:secretsmanager/secret:Secret' },
      { type: 'aws:autoscaling/group:Group' },
    );
    assert.deepEqual(
      reasons.map((reason) => reason.replace(/^\S+ /, '')),
      [
        'x: no price is known for this type',
        'x: no price is known for this type',
        'x: no price is known for this type',
        'x: the instance type t3.large: t3 is burstable: it slows down when its CPU credits are used up',
        'x: components/plan/prices.yaml has no instance.m7i for eu',
        'x: a root volume of the type io2, 100 GiB',
        'x: a root volume of the type undefined, undefined GiB',
        'other: assumptions.bucketGb does not say how much is in the bucket other',
        'x: an alarm of high resolution',
        'x: its logs are kept for ever',
        'x: flow logs in files',
        'x: an endpoint of the type GatewayLoadBalancer',
        'x: components/plan/prices.yaml has no secret for eu',
        'x: it says neither how many instances nor of what',
      ],
    );
    // What is known of the one whose type alone has no price.
    assert.deepEqual(lines, ['root volume, 100 GiB gp3: 100 × 0.5 = 50']);
  });

  it('counts a machine by its vCPUs, its disk and its metrics', () => {
    assert.deepEqual(estimated(instance({ monitoring: true })).lines, [
      'c7i.large: 1460 × 0.1 = 146',
      'detailed monitoring: 7 × 1 = 7',
      'root volume, 100 GiB gp3: 100 × 0.5 = 50',
    ]);
    assert.deepEqual(
      estimated(instance({ instanceType: 'c7i.2xlarge', monitoring: false })).lines[0],
      'c7i.2xlarge: 5840 × 0.1 = 584',
    );
  });

  it('counts of a volume what is more than every gp3 volume has', () => {
    const volume = (inputs: PlannedValues): Given => ({
      type: 'aws:ebs/volume:Volume',
      inputs: { type: 'gp3', size: 10, ...inputs },
    });
    assert.deepEqual(estimated(volume({ iops: 3000, throughput: 125 })).lines, ['volume, 10 GiB gp3: 10 × 0.5 = 5']);
    assert.deepEqual(estimated(volume({ iops: 4000, throughput: 225 })).lines, [
      'volume, 10 GiB gp3: 10 × 0.5 = 5',
      'volume, IOPS: 1000 × 0.01 = 10',
      'volume, throughput: 100 × 0.02 = 2',
    ]);
    const policy = { type: 'aws:dlm/lifecyclePolicy:LifecyclePolicy', name: 'p' };
    assert.equal(
      estimateCost(planOf([volume({}), { ...volume({}), name: 'y' }, policy]), PRICES).lines.find(({ what }) =>
        what.startsWith('snapshots'),
      )?.monthly,
      5,
    );
  });

  it('counts an auto-scaling group by its template and how many it wants', () => {
    const template = {
      type: 'aws:ec2/launchTemplate:LaunchTemplate',
      name: 'sip',
      inputs: {
        instanceType: 'c7i.large',
        monitoring: { enabled: true },
        networkInterfaces: [{ associatePublicIpAddress: 'true' }],
        blockDeviceMappings: [{ ebs: { volumeType: 'gp3', volumeSize: 100 } }],
      },
    };
    const group = (inputs: PlannedValues): Given => ({
      type: 'aws:autoscaling/group:Group',
      name: 'sip',
      inputs: { launchTemplate: { id: '<LaunchTemplate sip.id>' }, ...inputs },
    });
    assert.deepEqual(estimated(template, group({ minSize: 2, maxSize: 5 })).lines, [
      '2 × c7i.large: 2920 × 0.1 = 292',
      'detailed monitoring: 14 × 1 = 14',
      'root volume, 100 GiB gp3: 200 × 0.5 = 100',
      'public IPv4 address: 1460 × 0.01 = 14.6',
    ]);
    assert.equal(
      estimated(template, group({ minSize: 1, desiredCapacity: 3 })).lines[0],
      '3 × c7i.large: 4380 × 0.1 = 438',
    );
  });

  it('counts a network load balancer by the hour, with an address in each of its subnets', () => {
    const balancer = (inputs: PlannedValues): Given => ({ type: 'aws:lb/loadBalancer:LoadBalancer', inputs });
    const network = { loadBalancerType: 'network', subnets: ['a', 'b', 'c'] };
    const rest = [{ type: 'aws:lb/targetGroup:TargetGroup' }, { type: 'aws:lb/listener:Listener' }];
    assert.deepEqual(estimated(balancer({ ...network, internal: false }), ...rest).lines, [
      'network load balancer: 730 × 0.02 = 14.6',
      'public IPv4 address: 2190 × 0.01 = 21.9',
    ]);
    assert.equal(estimated(balancer({ ...network, internal: true })).lines.length, 1);
    assert.deepEqual(estimated(balancer({ subnets: ['a', 'b'] })).reasons, [
      'aws:lb/loadBalancer:LoadBalancer x: a load balancer of the type application',
    ]);
  });

  it('counts addresses, endpoints, buckets, keys and logs', () => {
    assert.deepEqual(
      estimated(
        { type: 'aws:ec2/eip:Eip' },
        { type: 'aws:ec2/vpcEndpoint:VpcEndpoint', inputs: {} },
        { type: 'aws:ec2/vpcEndpoint:VpcEndpoint', inputs: { vpcEndpointType: 'Interface', subnetIds: ['a', 'b'] } },
        { type: 'aws:s3/bucket:Bucket', name: 'witness' },
        { type: 'aws:kms/key:Key' },
        { type: 'aws:cloudwatch/logGroup:LogGroup', inputs: { retentionInDays: 90 } },
        { type: 'aws:ec2/flowLog:FlowLog', inputs: {} },
        { type: 'aws:ssm/parameter:Parameter', inputs: { type: 'String' } },
      ).lines.toSorted(),
      [
        'KMS key x: 1 × 1 = 1',
        'bucket witness: 8 × 0.125 = 1',
        'interface endpoint in 2 subnets: 1460 × 0.01 = 14.6',
        'logs of x, 90 days: 9 × 1 = 9',
        'logs of x: 3 × 2 = 6',
        'public IPv4 address: 730 × 0.01 = 7.3',
      ],
    );
  });

  it('adds several of the same, and adds up what it shows, to the cent', () => {
    const alarm = (name: string): Given => ({
      type: 'aws:cloudwatch/metricAlarm:MetricAlarm',
      name,
      inputs: { period: 60 },
    });
    const { lines, total } = estimateCost(planOf([alarm('a'), alarm('b')]), PRICES);
    assert.deepEqual(
      lines.slice(0, 2).map(({ component, monthly }) => [component, monthly]),
      [
        ['a', 0.33],
        ['b', 0.33],
      ],
    );
    assert.equal(total, 0.66);
  });

  it('counts the media that meetings are sent', () => {
    const { lines, total } = estimateCost(planOf([], { region: 'eu', environment: 'busy' }), PRICES);
    // 10 h of 10 guardians with 2 Mbit/s are 90 GB.
    assert.deepEqual(
      lines.map(({ component, what, quantity }) => [component, what, quantity]),
      [
        ['traffic', 'media, 10 h of meetings', 90],
        ['traffic', 'between zones', 7],
      ],
    );
    assert.equal(total, 97);
  });

  it('is told in a line, a table and a document, with what has no price and what was not compared', () => {
    const estimate = estimateCost(
      planOf([instance({ monitoring: true }), { type: 'aws:rds/instance:Instance' }]),
      PRICES,
    );
    assert.equal(
      costLine(estimate),
      'About 203 USD a month (eu, list prices as of 2026-01-01; not priced: 1); --cost tells more.\n',
    );
    const [text, markdown] = [costText(estimate), costMarkdown(estimate)];
    for (const shown of [text, markdown]) {
      assert(shown.includes('1/metric-month*'), shown);
      assert(shown.includes('aws:rds/instance:Instance x: no price is known for this type'), shown);
      assert(shown.includes('Prices with * were compared with no source.'), shown);
    }
    assert.match(text, /│ Total +│ +│ +│ +│ +203\.00 │/);
    assert(markdown.includes('\n| **Total** | | | | **203.00** |\n'), markdown);
    assert(markdown.includes('\n| | c7i.large | 1460 | 0.1/vCPU-hour | 146.00 |\n'), markdown);
  });

  it('is known for every resource of both stacks, in each region that has prices', async () => {
    for (const stack of ['prod', 'staging']) {
      const plan = await planOfProgram(stack);
      for (const region of ['eu-central-1', 'eu-west-1', 'us-east-1']) {
        const { notPriced, total } = estimateCost({ ...plan, outputs: { ...plan.outputs, region } }, readPrices());
        assert.deepEqual(notPriced, [], `${stack} in ${region}`);
        assert(total > 500 && total < 5_000, `${stack} in ${region}: ${total}`);
      }
    }
  });
});
