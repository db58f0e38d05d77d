/** `council rollback` by the real engine: a stack that stands in for staging, takes its addresses, and gives them back. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Call, type Cloud, OBJECT_VERSION } from '../../lab/provider/index.ts';
import { bundleKey, nodeKey, sha256Of, writeBundle } from '../../runtime/release/index.ts';
import { PretendedAws } from '../support/pretended-aws.ts';
import { emptyStack, needToolchain, TEST_PATIENCE } from './support/base.ts';
import type { EngineStack } from './support/stack.ts';

const EIP = 'aws:ec2/eip:Eip';
const ASSOCIATION = 'aws:ec2/eipAssociation:EipAssociation';
const INSTANCE = 'aws:ec2/instance:Instance';
const COUNCIL = join(import.meta.dirname, '../../runtime/cli/council.mjs');

const stackOf = ({ urn }: { readonly urn: string }): string => urn.split(':')[2] ?? '';

/** The stack whose instance an Elastic IP leads to; undefined where it leads nowhere. */
function servedBy(cloud: Cloud, host: string): string | undefined {
  const address = cloud.all(EIP).find(({ name }) => name === host);
  const link = cloud.all(ASSOCIATION).find(({ outputs }) => outputs['allocationId'] === address?.id);
  const machine = cloud
    .all(INSTANCE)
    .find(({ outputs }) => outputs['primaryNetworkInterfaceId'] === link?.outputs['networkInterfaceId']);
  return machine === undefined ? undefined : stackOf(machine);
}

/** A host's answers to the scripts that a release and a canary guardian are brought by. */
function hosts(aws: PretendedAws, cloud: Cloud, canary: { refused: boolean; asked: string[] }): void {
  const current = new Map<string, string>();
  aws.execute = (id, script) => {
    const machine = cloud.find(INSTANCE, id);
    if (machine === undefined) return { status: 'Undeliverable' };
    if (script.includes('council guardian')) {
      canary.asked.push(`${machine.name} ${script}`);
      return canary.refused ? { status: 'Failed', stderr: 'refused: registrationRefused' } : { status: 'Success' };
    }
    if (script.includes('/usr/local/sbin/council-release')) {
      current.set(id, aws.parameters.get(`/guardian-council/${stackOf(machine)}/release/${machine.name}`) ?? 'none');
      return { status: 'Success' };
    }
    const release = current.get(id) ?? 'none';
    const ours = machine.name.startsWith('gatekeeper');
    const probe = { serves: release !== 'none', role: 'standby', release, problems: [] };
    return {
      status: 'Success',
      stdout: JSON.stringify({ current: release, ours, state: 'active', pid: 1, probe: ours ? probe : null }),
    };
  };
}

describe('council rollback, by the real engine', function () {
  this.timeout(TEST_PATIENCE);
  const aws = new PretendedAws();
  const canary = { refused: false, asked: [] as string[] };
  let stack: EngineStack;
  let release: string;
  /** Calls at which neither gatekeeper's address led to a machine. */
  let outages: string[];

  before(async function () {
    const toolchain = needToolchain(this);
    stack = await emptyStack(toolchain, 'staging', { endpoint: await aws.start() });
    const { cloud } = stack;
    hosts(aws, cloud, canary);
    cloud.onCall(({ type, id }: Call) => {
      if (type === INSTANCE && id !== '') aws.instances.set(id, id);
    });
    aws.associate = (allocationId, networkInterfaceId) => {
      for (const { id, outputs } of cloud.all(ASSOCIATION))
        if (outputs['allocationId'] === allocationId || outputs['networkInterfaceId'] === networkInterfaceId)
          cloud.remove(ASSOCIATION, id);
      const values = { allocationId, networkInterfaceId };
      cloud.put({
        type: ASSOCIATION,
        id: `eipassoc-${allocationId.slice(9)}`,
        name: '',
        urn: '',
        inputs: values,
        outputs: values,
      });
    };
    const up = await stack.run('up');
    assert.equal(up.status, 0, up.stdout + up.stderr);
    aws.bucket = String(cloud.all('aws:s3/bucket:Bucket').find(({ name }) => name.includes('release'))?.id);
    const node = Buffer.from('a Node.js');
    const facts = {
      ...{ version: '1.0.0', commit: 'c0'.repeat(20), committedAt: '2026-11-21T18:00:00.000Z', dirty: false },
      node: { version: '24.0.0', platform: 'linux-x64', sha256: sha256Of(node), size: node.length },
    };
    const files = [{ path: 'LICENSE', octets: Buffer.from('a release'), executable: false }];
    const bundle = await writeBundle(facts, files);
    release = bundle.sha256;
    aws.objects.set(bundleKey(release), { octets: Buffer.from(bundle.octets), sha256: undefined });
    aws.objects.set(nodeKey(sha256Of(node)), { octets: node, sha256: undefined });
    outages = [];
    cloud.onCall(({ seq, action, name }) => {
      if (!['gatekeeper-primary', 'gatekeeper-secondary'].some((host) => servedBy(cloud, host) !== undefined))
        outages.push(`${seq}: ${action} ${name}`);
    });
  });
  after(async () => {
    await stack?.close();
    await aws.stop();
  });

  const rollback = (args: string) =>
    stack.tryShell(`node ${COUNCIL} rollback --stack staging --project "$PWD" ${args}`);
  const ours = (): string[] => stack.cloud.all(INSTANCE).flatMap((one) => (stackOf(one) === 'staging' ? [one.id] : []));
  const serving = (): (string | undefined)[] =>
    ['gatekeeper-primary', 'gatekeeper-secondary', 'mcu', 'sip-gateway', 'monitoring'].map((host) =>
      servedBy(stack.cloud, host),
    );

  it('makes nothing without --yes, and shows what it would make', async () => {
    const before = stack.cloud.everything();
    const { status, stdout, stderr } = await rollback(`--to ${release}`);
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /^2\/6 preview: .*\n3\/6 stand-up: /m);
    assert.match(stderr, /aws:ec2:Instance +gatekeeper-primary +create/);
    assert.deepEqual(stack.cloud.everything(), before);
  });

  it("tells where the account's quota has no room for a second council, and leaves staging alone", async () => {
    const { status, stderr } = await rollback(`--to ${release} --yes`);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /VcpuLimitExceeded[\s\S]*stand-up: pulumi up failed[\s\S]*staging was not touched and serves/);
    stack.cloud.account.quotas.standardVcpus = 64;
  });

  it('stops where the canary guardian is not admitted, before it takes anything', async () => {
    canary.refused = true;
    const { status, stderr } = await rollback(`--to ${release} --yes`);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /validate: the canary guardian on gatekeeper-secondary was not admitted/);
    assert.match(stderr, /staging was not touched and serves/);
    assert.deepEqual(serving(), Array(5).fill('staging'));
  });

  it('goes on with the same command: the addresses lead to the new hosts, the old ones stay as they are', async () => {
    canary.refused = false;
    const before = ours();
    const { status, stdout, stderr } = await rollback(`--to ${release} --yes`);
    assert.equal(status, 0, stdout + stderr);
    assert.deepEqual(serving(), Array(5).fill('rollback-staging'));
    assert.deepEqual(ours(), before);
    assert.deepEqual(
      canary.asked.slice(-2).map((line) => line.split(' ')[0]),
      ['gatekeeper-secondary', 'gatekeeper-primary'],
    );
    assert.equal(aws.calls.filter((call) => call === 'EC2 ModifyNetworkInterfaceAttribute').length, 5);
    assert.deepEqual(outages, []);
  });

  it('refuses another release while one stands in', async () => {
    const { status, stderr } = await rollback(`--to ${'ef'.repeat(32)}`);
    assert.equal(status, 1);
    assert.match(stderr, /is of the release [0-9a-f]{64}: go back from it first/);
  });

  it('gives the addresses back, and leaves nothing of itself and everything else', async () => {
    const before = ours();
    const dry = await rollback('--back');
    assert.match(dry.stdout, /1\/4 give-back: /);
    assert.deepEqual(serving(), Array(5).fill('rollback-staging'));
    const { status, stdout, stderr } = await rollback('--back --yes');
    assert.equal(status, 0, stdout + stderr);
    assert.deepEqual(serving(), Array(5).fill('staging'));
    assert.deepEqual(ours(), before);
    assert.deepEqual(
      stack.cloud.everything().filter((one) => stackOf(one) === 'rollback-staging' && one.type !== OBJECT_VERSION),
      [],
    );
    assert.equal(existsSync(join(stack.project.folder, 'Pulumi.rollback-staging.yaml')), false);
    assert.deepEqual(outages, []);
    const again = await rollback('--back --yes');
    assert.equal(again.status, 0, again.stderr);
  });

  it("leaves the original's state true: a refresh and an update replace nothing", async () => {
    const before = ours();
    const up = await stack.run('up', ['--refresh']);
    assert.equal(up.status, 0, up.stdout + up.stderr);
    assert.deepEqual(ours(), before);
    assert.deepEqual(serving(), Array(5).fill('staging'));
    assert.deepEqual(outages, []);
    assert.ok(!readFileSync(stack.project.stackFile, 'utf8').includes('rollback'));
  });
});
