/** The program, planned for a stack that stands in for production: in both of its phases, and where it does not fit. */
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { HOST_ROLES, VOTERS } from '../../../components/hosts.ts';
import type { Plan, PlannedValues } from '../../../components/plan/index.ts';
import { isValues } from '../../../components/plan/plan.ts';
import { find, planOfProgram, planOfRollback } from '../../support/program-plan.ts';

const typesOf = ({ resources }: Plan): string[] => [...new Set(resources.map(({ type }) => type))].sort();

/** What must not go with a stack that is destroyed. */
const LASTING = /eip:Eip$|kms|s3\/|route53|sns|dlm|budgets/;

describe('a rollback stack', function () {
  this.timeout(60_000);
  let production: Plan;
  let waiting: Plan;
  let taken: Plan;
  before(async () => {
    production = await planOfProgram('prod');
    waiting = await planOfRollback(production.outputs);
    taken = await planOfRollback(production.outputs, { 'guardian-council:takeAddresses': 'true' });
  });

  const loan = (): PlannedValues => {
    const { loan: exported } = production.outputs;
    assert(isValues(exported));
    return exported;
  };

  it('makes nothing that must stay, and protects nothing', () => {
    for (const plan of [waiting, taken]) {
      assert.deepEqual(
        typesOf(plan).filter((type) => LASTING.test(type)),
        [],
      );
      assert.deepEqual(
        plan.resources.filter(({ protect, retainOnDelete }) => protect || retainOnDelete).map(({ urn }) => urn),
        [],
      );
    }
  });

  it('has machines with temporary addresses until it takes those of production, and is the same otherwise', () => {
    assert.deepEqual(
      waiting.resources.filter(({ type }) => type.endsWith(':EipAssociation')),
      [],
    );
    for (const role of HOST_ROLES) {
      const { inputs } = find(waiting, 'Instance', role);
      assert.equal(inputs['associatePublicIpAddress'], true);
      assert.equal(inputs['primaryNetworkInterface'], undefined);
      assert.equal(inputs['disableApiTermination'], false);
      // Nothing that would replace a machine: what was validated is what serves.
      assert.deepEqual(find(taken, 'Instance', role).inputs, inputs);
      assert.deepEqual(find(taken, 'EipAssociation', role).inputs, {
        allocationId: `<Eip ${role}.allocationId>`,
        instanceId: `<Instance ${role}.id>`,
        allowReassociation: true,
      });
    }
    const added = typesOf(taken).filter((type) => !typesOf(waiting).includes(type));
    assert.deepEqual(added, ['aws:ec2/eipAssociation:EipAssociation']);
  });

  it('stands where production stands, and has its own machines, volumes and flow logs under its key', () => {
    for (const role of HOST_ROLES)
      assert.equal(
        find(waiting, 'Instance', role).inputs['privateIp'],
        find(production, 'NetworkInterface', role).inputs['privateIps']?.toString(),
      );
    for (const role of VOTERS) {
      const { kmsKeyId, tags, finalSnapshot } = find(waiting, 'Volume', `${role}-data`).inputs;
      assert.deepEqual([kmsKeyId, tags, finalSnapshot], ['<Key stack.arn>', { Name: `${role}-data` }, false]);
    }
    const { name, kmsKeyId } = find(waiting, 'LogGroup', 'flows').inputs;
    assert.deepEqual([name, kmsKeyId], ['/guardian-council/rollback-7/flows', '<Key stack.arn>']);
  });

  it('is the same zone with the same secrets, and a quorum of its own', () => {
    const text = String(find(waiting, 'BootData', 'gatekeeper-primary').inputs['text']);
    assert.match(text, /gatekeeper_id: guardian-council-prod$/m);
    assert.match(text, /SECRETS_PATH="\/guardian-council\/prod\/secrets\/gatekeeper-primary"/);
    assert.match(text, /initial-cluster-token: guardian-council-rollback-7$/m);
    assert.match(text, /RELEASE_PARAMETER="\/guardian-council\/rollback-7\/release\/gatekeeper-primary"/);
    assert.equal(waiting.outputs['gatekeeperId'], 'guardian-council-prod');
    const { userDataBase64 } = find(waiting, 'Instance', 'gatekeeper-primary').inputs;
    assert.equal(gunzipSync(Buffer.from(String(userDataBase64), 'base64')).toString('utf8'), text);
  });

  it('reaches itself by the addresses that still lead to production', () => {
    const text = String(find(waiting, 'BootData', 'monitoring').inputs['text']);
    for (const role of HOST_ROLES)
      assert.match(text, new RegExp(`ip daddr <Eip ${role}\\.publicIp> dnat ip to 10\\.20\\.\\d+\\.1[01]$`, 'm'));
    assert.doesNotMatch(String(find(production, 'BootData', 'monitoring').inputs['text']), /dnat/);
  });

  it('runs its own release out of the bucket of production, and writes beside its witness logs', () => {
    const { name, insecureValue } = find(waiting, 'Parameter', 'release').inputs;
    assert.deepEqual([name, insecureValue], ['/guardian-council/rollback-7/release', '0123456789abcdef'.repeat(4)]);
    const { Statement }: { Statement: { Sid: string; Resource: string[] }[] } = JSON.parse(
      String(find(waiting, 'RolePolicy', 'gatekeeper-primary').inputs['policy']),
    );
    const resources = Object.fromEntries(Statement.map(({ Sid, Resource }) => [Sid, Resource]));
    const secrets = 'arn:aws:ssm:eu-central-1:*:parameter/guardian-council/prod/secrets/gatekeeper-primary';
    assert.deepEqual(resources['OwnSecrets'], [secrets, `${secrets}/*`]);
    assert.deepEqual(resources['FetchReleases'], [
      '<Bucket release.arn>/releases/*',
      '<Bucket release.arn>/runtimes/*',
    ]);
    assert.deepEqual(resources['AddWitnessFiles'], ['<Bucket witness.arn>/rollback-7-gatekeeper-primary/*']);
    assert.match(
      String(find(waiting, 'BootData', 'gatekeeper-primary').inputs['text']),
      /WITNESS_PREFIX="rollback-7-gatekeeper-primary"/,
    );
  });

  it('tells the people of production of its alarms, and exports its own machines under the names of production', () => {
    const { alarmActions } = find(waiting, 'MetricAlarm', 'mcu-recover').inputs;
    assert.deepEqual(alarmActions, ['arn:aws:automate:eu-central-1:ec2:recover', '<Topic alarms.arn>']);
    assert.deepEqual(waiting.outputs['names'], production.outputs['names']);
    assert.equal(waiting.outputs['loan'], null);
    const useOf = ({ outputs }: Plan) => JSON.stringify(outputs['addresses']).match(/"use":"(\w+)"/)?.[1];
    assert.deepEqual([production, waiting, taken].map(useOf), ['held', 'awaited', 'taken']);
  });

  it('is refused where it does not fit, with every key that has to be as in production', async () => {
    const changes = {
      'guardian-council:vpcCidr': '10.30.0.0/16',
      'guardian-council:subnetCidrs': '["10.30.0.0/20","10.30.16.0/20","10.30.32.0/20"]',
      'guardian-council:primaryRasPort': '2719',
    };
    await assert.rejects(planOfRollback(production.outputs, changes), (error: Error) => {
      assert.match(
        error.message,
        /the configuration of stack rollback-7 has 2 problems:\nguardian-council:subnetCidrs = 10\.30\.0\.0\/20,.*: must be 10\.20\.0\.0\/20,.*, as in the stack prod: certificates .*\nguardian-council:primaryRasPort = 2719: must be 1719, as in the stack prod: terminals and names know it/,
      );
      return true;
    });
  });

  it('is refused where the other stack has nothing to lend, with what is missing', async () => {
    const { keyArn: _, ...less } = loan();
    for (const [outputs, reason] of [
      [{}, /exports no loan that could be used; bring it up once with this program:\n {2}loan: /],
      [{ loan: less }, /exports no loan that could be used.*\n {2}loan\.keyArn: /],
      [{ loan: { ...less, keyArn: '' } }, /\n {2}loan\.keyArn: /],
    ] as const)
      await assert.rejects(planOfRollback(outputs), reason);
  });

  it('is refused where the other stack is not known', async () => {
    await assert.rejects(
      planOfRollback(production.outputs, { 'guardian-council:rollbackOf': 'elsewhere' }),
      /refers to the stack elsewhere, of which this plan knows nothing: is there a Pulumi\.elsewhere\.yaml\?/,
    );
  });
});

describe('production, while its addresses are lent', function () {
  this.timeout(60_000);

  it('keeps them and touches no association; its machines are not replaced for it', async () => {
    const before = await planOfProgram('prod');
    const lent = await planOfProgram('prod', { 'guardian-council:addressesLentTo': 'rollback-7' });
    const kept = before.resources.filter(({ type }) => !type.endsWith(':EipAssociation'));
    assert.equal(before.resources.length - kept.length, HOST_ROLES.length);
    assert.deepEqual(
      lent.resources.map(({ urn, inputs, protect }) => ({ urn, inputs, protect })),
      kept.map(({ urn, inputs, protect }) => ({ urn, inputs, protect })),
    );
  });
});
