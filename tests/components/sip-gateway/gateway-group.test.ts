import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import * as pulumi from '@pulumi/pulumi';
import { GATEWAY_RECORD } from '../../../components/dns/index.ts';
import type { Plan, PlannedResource } from '../../../components/plan/index.ts';
import { find, planOfProgram } from '../../support/program-plan.ts';

const SCALED = { 'guardian-council:sipGatewayMin': '2', 'guardian-council:sipGatewayMax': '5' };
const NAME = 'guardian-council-prod-sip-gateway';

const ofType = ({ resources }: Plan, type: string): PlannedResource[] =>
  resources.filter((one) => one.type.endsWith(`:${type}`));

describe('SIP gateways in a group', function () {
  this.timeout(60_000);
  let plan: Plan;
  before(async () => {
    plan = await planOfProgram('prod', SCALED);
  });

  it('are launched as hardened machines like all others, with tags that a provider does not give them', () => {
    const { userData, imageId, ...inputs } = find(plan, 'LaunchTemplate', 'sip-gateway').inputs;
    assert.match(String(imageId), /^ami-/);
    const tags = { Project: 'guardian-council', Stack: 'prod', Environment: 'prod', Name: 'sip-gateway' };
    assert.deepEqual(inputs, {
      instanceType: 'c7i.xlarge',
      iamInstanceProfile: { name: '<InstanceProfile sip-gateway.name>' },
      metadataOptions: {
        httpEndpoint: 'enabled',
        httpTokens: 'required',
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: 'disabled',
      },
      networkInterfaces: [
        {
          associatePublicIpAddress: 'true',
          deleteOnTermination: 'true',
          securityGroups: ['<SecurityGroup sip-gateway.id>'],
        },
      ],
      blockDeviceMappings: [
        {
          deviceName: '/dev/sda1',
          ebs: {
            volumeType: 'gp3',
            volumeSize: 100,
            encrypted: 'true',
            kmsKeyId: '<Key stack.arn>',
            deleteOnTermination: 'true',
          },
        },
      ],
      ebsOptimized: 'true',
      monitoring: { enabled: true },
      updateDefaultVersion: true,
      tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({ resourceType, tags })),
      tags: { Name: 'sip-gateway' },
    });
    const text = gunzipSync(Buffer.from(String(userData), 'base64')).toString('utf8');
    assert.equal(text, find(plan, 'BootData', 'sip-gateway').inputs['text']);
    assert.match(text, /^ {4}Environment=GATEWAY_GROUP=guardian-council-prod-sip-gateway$/m);
  });

  it('grow and shrink with their load in all zones, and leave by a hook that waits for half an hour', () => {
    const { tags, ...inputs } = find(plan, 'Group', 'sip-gateways').inputs;
    assert.deepEqual(inputs, {
      name: NAME,
      minSize: 2,
      maxSize: 5,
      vpcZoneIdentifiers: ['<Subnet council-1.id>', '<Subnet council-2.id>', '<Subnet council-3.id>'],
      targetGroupArns: ['sip', 'sips', 'wss'].map((name) => `<TargetGroup sip-gateways-${name}.arn>`),
      launchTemplate: { id: '<LaunchTemplate sip-gateway.id>', version: '<LaunchTemplate sip-gateway.latestVersion>' },
      healthCheckType: 'EC2',
      healthCheckGracePeriod: 600,
      defaultInstanceWarmup: 600,
      initialLifecycleHooks: [
        {
          name: 'drain',
          lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
          heartbeatTimeout: 1800,
          defaultResult: 'CONTINUE',
        },
      ],
      instanceRefresh: { strategy: 'Rolling', preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 200 } },
    });
    assert(Array.isArray(tags));
    assert.deepEqual(
      tags.map((tag) => JSON.stringify(tag)),
      [
        ['Project', 'guardian-council'],
        ['Stack', 'prod'],
        ['Environment', 'prod'],
        ['Name', 'sip-gateway'],
      ].map(([key, value]) => JSON.stringify({ key, propagateAtLaunch: true, value })),
    );
    assert.deepEqual(find(plan, 'Policy', 'sip-gateways-cpu').inputs, {
      autoscalingGroupName: NAME,
      policyType: 'TargetTrackingScaling',
      estimatedInstanceWarmup: 600,
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: 'ASGAverageCPUUtilization' },
        targetValue: 50,
      },
    });
  });

  it('may end their own leaving, of their own group, and nothing else of auto scaling', () => {
    const { Statement }: { Statement: { Sid: string; Action: string[]; Resource: string[] }[] } = JSON.parse(
      String(find(plan, 'RolePolicy', 'sip-gateway').inputs['policy']),
    );
    assert.deepEqual(
      Statement.filter(({ Action }) => Action.some((action) => action.startsWith('autoscaling:'))),
      [
        {
          Sid: 'LeaveGroup',
          Effect: 'Allow',
          Action: ['autoscaling:CompleteLifecycleAction'],
          Resource: [`arn:aws:autoscaling:eu-central-1:*:autoScalingGroup:*:autoScalingGroupName/${NAME}`],
        },
      ],
    );
  });

  it('run at each boot what the one parameter of all of them says, which the rollout sets first', () => {
    const { Statement }: { Statement: { Sid: string; Resource: string[] }[] } = JSON.parse(
      String(find(plan, 'RolePolicy', 'sip-gateway').inputs['policy']),
    );
    assert.deepEqual(Statement.find(({ Sid }) => Sid === 'LearnRelease')?.Resource, [
      '<Parameter release.arn>/sip-gateway',
    ]);
    const text = String(find(plan, 'BootData', 'sip-gateway').inputs['text']);
    assert.match(text, /^ {4}RELEASE_PARAMETER="\/guardian-council\/prod\/release\/sip-gateway"$/m);
    assert.match(text, /systemctl enable --now --no-block .*\bcouncil-release\.service\b/);
  });

  it('are found by the rollout by their tags, since nobody knows their ids beforehand', async () => {
    const released = await planOfProgram('prod', { ...SCALED, 'guardian-council:release': '0f'.repeat(32) });
    const { environment } = find(released, 'Command', 'rollout').inputs;
    const hosts = Object.entries(environment ?? {}).find(([key]) => key === 'HOSTS')?.[1];
    assert.equal(typeof hosts, 'string');
    assert.doesNotMatch(String(hosts), /sip-gateway|monitoring/);
    assert.match(String(hosts), /\bmcu=<Instance mcu\.id>/);
  });

  it('are found by a load balancer that leaves packets as they are, under the name that the one host had', () => {
    const balancer = ofType(plan, 'LoadBalancer').find(({ type }) => type.startsWith('aws:'));
    assert.equal(balancer?.inputs['loadBalancerType'], 'network');
    assert.equal(balancer?.inputs['enableDeletionProtection'], true);
    assert.equal(balancer?.protect, true);
    assert.deepEqual(
      ofType(plan, 'Listener').map(({ inputs: { port, protocol } }) => [port, protocol]),
      [
        [5060, 'TCP_UDP'],
        [5061, 'TCP'],
        [443, 'TCP'],
      ],
    );
    for (const { inputs: group } of ofType(plan, 'TargetGroup'))
      assert.deepEqual(
        [group['preserveClientIp'], group['deregistrationDelay'], group['stickiness']],
        ['true', 1800, { enabled: true, type: 'source_ip' }],
      );
    const records = ofType(plan, 'Record').filter(({ inputs: { name } }) => name === 'sip.council.example.org');
    assert.deepEqual(
      records.map(({ inputs: { type, aliases } }) => ({ type, aliases })),
      [
        {
          type: 'A',
          aliases: [
            {
              name: '<LoadBalancer sip-gateways.dnsName>',
              zoneId: '<LoadBalancer sip-gateways.zoneId>',
              evaluateTargetHealth: false,
            },
          ],
        },
      ],
    );
  });

  it('have one record with the host that they take the place of, by names that the engine knows it by', async () => {
    const single = await planOfProgram('prod');
    const urnOf = async (alias: pulumi.Alias): Promise<string> => {
      const { parent, name = '' } = alias;
      const above = await new Promise<string>((resolve) => pulumi.output(parent).apply((urn) => resolve(String(urn))));
      return `${above.replace(/::([^:]+)$/, '')}$aws:route53/record:Record::${String(name)}`;
    };
    const [host, group] = [find(single, 'Record', 'dns-sip'), find(plan, 'Record', 'sip-gateways-alias')];
    for (const [resource, alias] of [
      [host, GATEWAY_RECORD.ofHost()],
      [group, GATEWAY_RECORD.ofGroup()],
    ] as const)
      assert.equal(
        resource.urn.replace(/^urn:pulumi:[^:]+::[^:]+::/, ''),
        (await urnOf(alias)).replace(/^urn:pulumi:[^:]+::[^:]+::/, ''),
      );
  });

  it('may be looked for by the monitoring host, in its region, and by no other', async () => {
    const finders = ({ resources }: Plan): PlannedResource[] =>
      resources.filter(({ inputs }) => String(inputs['policy']).includes('ec2:DescribeInstances'));
    assert.deepEqual(finders(await planOfProgram('prod')), []);
    const [finder, ...others] = finders(plan);
    assert.deepEqual([finder?.name, others], ['monitoring', []]);
    const { Statement }: { Statement: { Sid: string }[] } = JSON.parse(String(finder?.inputs['policy']));
    assert.deepEqual(
      Statement.find(({ Sid }) => Sid === 'FindGateways'),
      {
        Sid: 'FindGateways',
        Effect: 'Allow',
        Action: ['ec2:DescribeInstances'],
        Resource: ['*'],
        Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-central-1' } },
      },
    );
    const rules = plan.resources.filter(({ name }) => name === 'sip-gateway-tcp-9100-from-monitoring');
    assert.equal(rules.length, 1);
  });

  it('take the place of the one host, whose address is kept for the way back', () => {
    assert(
      !plan.resources.some(({ type, name }) => /:(Instance|EipAssociation)$/.test(type) && name === 'sip-gateway'),
    );
    assert.equal(find(plan, 'Eip', 'sip-gateway').protect, true);
    assert.equal(plan.outputs['gatewayGroup'], NAME);
    assert.doesNotMatch(JSON.stringify(plan.outputs['instances']), /sip-gateway/);
    for (const role of ['monitoring', 'gatekeeper-primary'])
      assert.doesNotMatch(String(find(plan, 'BootData', role).inputs['text']), /192\.0\.2\.|sip-gateway:9100/);
  });

  it('are no group where there is one at most', async () => {
    const single = await planOfProgram('prod');
    assert(!single.resources.some(({ type }) => /autoscaling|aws:lb|launchTemplate/.test(type)));
    assert.equal(single.outputs['gatewayGroup'], null);
  });
});
