import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { HOST_ROLES, type HostRole } from '../../components/hosts.ts';
import { groupRules, portPlan } from '../../components/network/index.ts';
import type { Plan, PlannedValue } from '../../components/plan/index.ts';
import { isValues } from '../../components/plan/plan.ts';
import { readStackFile } from '../../components/plan/stack-file.ts';
import { find, planOfProgram, ROOT } from '../support/program-plan.ts';

const SIZES: Readonly<Record<HostRole, string>> = {
  'gatekeeper-primary': 'c7i.large',
  'gatekeeper-secondary': 'c7i.large',
  mcu: 'c7i.2xlarge',
  'sip-gateway': 'c7i.xlarge',
  monitoring: 'c7i.xlarge',
};

const urns = ({ resources }: Plan, of: (type: string) => boolean): string[] =>
  resources.filter(({ type }) => of(type)).map(({ urn }) => urn);

/** The values of an object among the outputs. */
function valuesIn(value: PlannedValue | undefined): Readonly<Record<string, PlannedValue>> {
  assert(isValues(value));
  return value;
}

/** All that must be there before, near and far. */
function needed(plan: Plan, urn: string, seen = new Set<string>()): Set<string> {
  for (const next of plan.resources.find((one) => one.urn === urn)?.dependsOn ?? [])
    if (!seen.has(next)) {
      seen.add(next);
      needed(plan, next, seen);
    }
  return seen;
}

for (const stack of ['prod', 'staging'])
  describe(`the program, planned for ${stack}`, function () {
    this.timeout(20_000);
    const isProd = stack === 'prod';
    let plan: Plan;
    before(async () => {
      plan = await planOfProgram(stack);
    });

    it('makes the five machines, with exactly these inputs', () => {
      for (const role of HOST_ROLES) {
        const { inputs, protect } = find(plan, 'Instance', role);
        const { userDataBase64, ami, ...rest } = inputs;
        const text = find(plan, 'BootData', role).inputs['text'];
        assert(typeof text === 'string' && text.startsWith('#cloud-config\n'));
        assert.equal(gunzipSync(Buffer.from(String(userDataBase64), 'base64')).toString('utf8'), text);
        assert.match(String(ami), /^ami-[0-9a-f]{8,17}$/);
        assert.deepEqual(rest, {
          instanceType: SIZES[role],
          primaryNetworkInterface: { networkInterfaceId: `<NetworkInterface ${role}.id>` },
          iamInstanceProfile: `<InstanceProfile ${role}.name>`,
          userDataReplaceOnChange: true,
          metadataOptions: {
            httpEndpoint: 'enabled',
            httpTokens: 'required',
            httpPutResponseHopLimit: 1,
            instanceMetadataTags: 'disabled',
          },
          rootBlockDevice: {
            volumeType: 'gp3',
            volumeSize: 100,
            encrypted: true,
            kmsKeyId: '<Key stack.arn>',
            deleteOnTermination: true,
            tags: { Name: role, ...(role === 'monitoring' ? { Backup: `guardian-council-${stack}` } : {}) },
          },
          ebsOptimized: true,
          monitoring: true,
          disableApiTermination: isProd,
          forceDestroy: true,
          instanceInitiatedShutdownBehavior: 'stop',
          tags: { Name: role },
        });
        assert.equal(protect, isProd);
      }
    });

    it('gives each voter a volume of its own in its zone, which outlives the machine', () => {
      for (const [role, zone] of [
        ['gatekeeper-primary', 'a'],
        ['gatekeeper-secondary', 'b'],
        ['monitoring', 'c'],
      ] as const) {
        assert.deepEqual(find(plan, 'Volume', `${role}-data`).inputs, {
          availabilityZone: `eu-central-1${zone}`,
          type: 'gp3',
          size: 20,
          encrypted: true,
          kmsKeyId: '<Key stack.arn>',
          finalSnapshot: isProd,
          tags: { Name: `${role}-data`, Backup: `guardian-council-${stack}` },
        });
        const attachment = find(plan, 'VolumeAttachment', `${role}-data`);
        assert.equal(attachment.deleteBeforeReplace, true);
        assert.deepEqual(attachment.inputs, {
          deviceName: '/dev/sdf',
          volumeId: `<Volume ${role}-data.id>`,
          instanceId: `<Instance ${role}.id>`,
          stopInstanceBeforeDetaching: true,
        });
        assert(!find(plan, 'Volume', `${role}-data`).dependsOn.some((urn) => urn.endsWith(`Instance::${role}`)));
      }
      assert.equal(plan.resources.filter(({ type }) => type.endsWith(':Volume')).length, 3);
    });

    it('opens what the port plan says, and nothing else', () => {
      const rules = plan.resources.filter(({ type }) => type.endsWith(':SecurityGroupIngressRule'));
      const cidrs = isProd ? ['198.51.100.0/24', '203.0.113.16/28'] : ['198.51.100.0/24'];
      const expected = groupRules(portPlan({ primaryRasPort: 1719, secondaryRasPort: 1720 }), cidrs);
      assert.deepEqual(
        rules.map(({ name, inputs }) => ({ name, ...inputs })).sort((a, b) => (a.name < b.name ? -1 : 1)),
        expected
          .map(({ name, host, from, protocol, ...ports }) => ({
            name,
            securityGroupId: `<SecurityGroup ${host}.id>`,
            ...('cidr' in from
              ? { cidrIpv4: from.cidr }
              : { referencedSecurityGroupId: `<SecurityGroup ${from.host}.id>` }),
            ipProtocol: protocol,
            ...ports,
          }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
    });

    it('has each card in the subnet of its zone, in its own group, with a static address', () => {
      for (const [role, zone] of [
        ['gatekeeper-primary', 1],
        ['gatekeeper-secondary', 2],
        ['mcu', 3],
        ['sip-gateway', 1],
        ['monitoring', 3],
      ] as const) {
        const { subnetId, securityGroups } = find(plan, 'NetworkInterface', role).inputs;
        assert.deepEqual([subnetId, securityGroups], [`<Subnet council-${zone}.id>`, [`<SecurityGroup ${role}.id>`]]);
        assert.deepEqual(find(plan, 'EipAssociation', role).inputs, {
          allocationId: `<Eip ${role}.allocationId>`,
          networkInterfaceId: `<NetworkInterface ${role}.id>`,
          allowReassociation: false,
        });
        // In prod an address only ever goes from one association to the next.
        assert.equal(find(plan, 'EipAssociation', role).retainOnDelete, isProd ? true : undefined);
      }
    });

    it('touches gate, secondary, gate, primary, gate, monitoring in this order', () => {
      const needs = (type: string, name: string, other: string, otherName: string): void =>
        assert(find(plan, type, name).dependsOn.includes(find(plan, other, otherName).urn), `${type} ${name}`);
      needs('Instance', 'gatekeeper-secondary', 'Command', 'gatekeeper-secondary-spare');
      needs('Command', 'gatekeeper-secondary-healthy', 'Instance', 'gatekeeper-secondary');
      needs('Instance', 'gatekeeper-primary', 'Command', 'gatekeeper-secondary-healthy');
      needs('Command', 'gatekeeper-primary-healthy', 'Instance', 'gatekeeper-primary');
      needs('Instance', 'monitoring', 'Command', 'gatekeeper-primary-healthy');
      // A voter without its data is none.
      for (const role of ['gatekeeper-secondary', 'gatekeeper-primary'])
        needs('Command', `${role}-healthy`, 'VolumeAttachment', `${role}-data`);
    });

    it('gives no instance anything of another one as an input', () => {
      const instances = urns(plan, (type) => type === 'aws:ec2/instance:Instance');
      for (const urn of instances) {
        const { inputs } = plan.resources.find((one) => one.urn === urn) ?? { inputs: {} };
        assert.doesNotMatch(JSON.stringify(inputs), /<Instance /);
      }
      // The order between them goes over gates alone: MCU and gateway wait for nobody.
      for (const role of ['mcu', 'sip-gateway'])
        assert.deepEqual(
          [...needed(plan, find(plan, 'Instance', role).urn)].filter((urn) => instances.includes(urn)),
          [],
        );
    });

    it('recovers hosts by alarms', () => {
      for (const role of HOST_ROLES) {
        const { inputs } = find(plan, 'MetricAlarm', `${role}-recover`);
        assert.deepEqual(inputs['dimensions'], { InstanceId: `<Instance ${role}.id>` });
        assert.deepEqual(inputs['alarmActions'], ['arn:aws:automate:eu-central-1:ec2:recover', '<Topic alarms.arn>']);
        assert.equal(inputs['metricName'], 'StatusCheckFailed_System');
      }
    });

    it(`${isProd ? 'protects' : 'leaves unprotected'} what keeps state`, () => {
      const stateful = /:(Instance|Eip|Bucket|Key|Volume)$/;
      const resources = plan.resources.filter(({ type }) => stateful.test(type));
      assert.equal(resources.length, 5 + 5 + 2 + 2 + 3);
      for (const { urn, protect } of resources) assert.equal(protect, isProd, urn);
    });

    it('lets a host read its own secrets alone, and add to its own witness logs alone', () => {
      for (const role of HOST_ROLES) {
        const policy = String(find(plan, 'RolePolicy', role).inputs['policy']);
        const { Statement }: { Statement: { Sid: string; Action: string[]; Resource: string[] }[] } =
          JSON.parse(policy);
        assert.deepEqual(
          Statement.map(({ Sid }) => Sid),
          [
            ...['SystemsManagerAgent', 'OwnSecrets'],
            ...(role === 'monitoring' ? [] : ['FetchReleases', 'LearnRelease']),
            ...(role === 'monitoring' || role === 'mcu' ? [] : ['AddWitnessFiles', 'EncryptWitnessFiles']),
          ],
        );
        const secrets = `arn:aws:ssm:eu-central-1:*:parameter/guardian-council/${stack}/secrets/${role}`;
        assert.deepEqual(Statement[1]?.Resource, [secrets, `${secrets}/*`]);
        for (const { Sid, Resource } of Statement)
          assert(Sid === 'SystemsManagerAgent' || !Resource.includes('*'), Sid);
        const actions = Statement.flatMap(({ Action }) => Action);
        assert(!actions.some((action) => /\*|Delete(?!Message)|PutParameter|iam:/.test(action)), actions.join());
      }
    });

    it('exports what a runbook needs', () => {
      const { instances, addresses, arns, contacts, ...rest } = plan.outputs;
      const perRole = (text: (role: HostRole) => string) =>
        Object.fromEntries(HOST_ROLES.map((role) => [role, text(role)]));
      assert.deepEqual(
        instances,
        perRole((role) => `<Instance ${role}.id>`),
      );
      const { public: publicOnes, private: privateOnes } = valuesIn(addresses);
      assert.deepEqual(
        publicOnes,
        perRole((role) => `<Eip ${role}.publicIp>`),
      );
      assert.deepEqual(Object.keys(privateOnes ?? {}).sort(), [...HOST_ROLES].sort());
      assert.deepEqual(arns, {
        witnessBucket: '<Bucket witness.arn>',
        witnessKey: '<Key witness-key.arn>',
        releaseBucket: '<Bucket release.arn>',
        releaseParameter: '<Parameter release.arn>',
        alarmTopic: '<Topic alarms.arn>',
        stackKey: '<Key stack.arn>',
      });
      assert(contacts !== undefined);
      assert.deepEqual(
        [rest['region'], rest['stack'], rest['environment'], rest['gatekeeperId']],
        ['eu-central-1', stack, isProd ? 'prod' : 'staging', `guardian-council-${stack}`],
      );
    });
  });

describe('the program', function () {
  this.timeout(20_000);

  it('keeps a secret contact secret, wherever it goes', async () => {
    const key = 'guardian-council:onCallContact';
    const plan = await planOfProgram('prod', { [key]: 'night-watch@example.org' }, [key]);
    assert.equal(find(plan, 'TopicSubscription', 'alarms-on-call').inputs['endpoint'], '[secret]');
    assert.doesNotMatch(JSON.stringify(plan), /night-watch/);
  });

  it('is refused whole where its configuration is broken, with every reason', async () => {
    await assert.rejects(
      planOfProgram('prod', { 'guardian-council:maxExperts': 'ten', 'guardian-council:vpcCidr': '10.20.0.0/8' }),
      /has [23] problems:.*guardian-council:vpcCidr.*guardian-council:maxExperts/s,
    );
  });

  it('makes no names where staging has no domain, and tells nobody where it has no contact', async () => {
    const { config } = readStackFile(ROOT, 'staging');
    const without = Object.fromEntries(
      Object.entries(config).filter(([key]) => !/domain|hostedZoneId|Contact$/.test(key)),
    );
    const plan = await planOfProgram('staging', {}, [], without);
    const types = plan.resources.map(({ type }) => type);
    assert(!types.some((type) => type.includes('route53') || type.includes('TopicSubscription')));
    assert.deepEqual(plan.outputs['names'], {});
  });
});
