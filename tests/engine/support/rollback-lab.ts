import { join } from 'node:path';
import type { Call, Cloud, Resource } from '../../../lab/provider/index.ts';
import { bundleKey, nodeKey, sha256Of, writeBundle } from '../../../runtime/release/index.ts';
import { PretendedAws } from '../../support/pretended-aws.ts';
import type { Toolchain } from '../toolchain/find.ts';
import { emptyStack } from './base.ts';
import type { Finished } from './pulumi.ts';
import type { EngineStack } from './stack.ts';

const EIP = 'aws:ec2/eip:Eip';
const ASSOCIATION = 'aws:ec2/eipAssociation:EipAssociation';
const INSTANCE = 'aws:ec2/instance:Instance';
const COUNCIL = join(import.meta.dirname, '../../../runtime/cli/council.mjs');
const HOSTS = ['gatekeeper-primary', 'gatekeeper-secondary', 'mcu', 'sip-gateway', 'monitoring'];

/** The stack that made a resource, by its URN; '' for what no stack did. */
export const stackOf = ({ urn }: { readonly urn: string }): string => urn.split(':')[2] ?? '';

/** A stack that is up and has a release, and an AWS in which another one can stand in for it. */
export class RollbackLab {
  readonly stack: EngineStack;
  readonly aws: PretendedAws;
  /** SHA-256 of the release that the rollback stack is to run. */
  readonly release: string;
  /** Calls at which neither gatekeeper's address led to a machine. */
  readonly outages: string[] = [];
  /** Whether the canary guardian is refused, and what it was asked to do. */
  readonly canary: { refused: boolean; readonly asked: string[] };

  private constructor(stack: EngineStack, aws: PretendedAws, release: string, canary: RollbackLab['canary']) {
    [this.stack, this.aws, this.release, this.canary] = [stack, aws, release, canary];
    stack.cloud.onCall(({ seq, action, name }) => {
      if (!HOSTS.slice(0, 2).some((host) => this.#servedBy(host) !== undefined))
        this.outages.push(`${seq}: ${action} ${name}`);
    });
  }

  static async start(toolchain: Toolchain, name: string): Promise<RollbackLab> {
    const aws = new PretendedAws();
    const stack = await emptyStack(toolchain, name, { endpoint: await aws.start() });
    const canary = { refused: false, asked: [] };
    answerScripts(aws, stack.cloud, canary);
    moveAddresses(aws, stack.cloud);
    const up = await stack.run('up');
    if (up.status !== 0) throw new Error(`the first up of ${name} failed:\n${up.stdout}${up.stderr}`);
    return new RollbackLab(stack, aws, await publish(aws, stack.cloud), canary);
  }

  /** `council rollback`, with these arguments. */
  command(args: string): Promise<Finished> {
    const { stack } = this;
    return stack.tryShell(`node ${COUNCIL} rollback --stack ${stack.name} --project "$PWD" ${args}`);
  }

  /** Which stack's machine each public address leads to; undefined where it leads nowhere. */
  serving(): (string | undefined)[] {
    return HOSTS.map((host) => this.#servedBy(host));
  }

  /** Ids of the machines of the stack that is stood in for. */
  machines(): string[] {
    return this.owned().flatMap(({ type, id }) => (type === INSTANCE ? [id] : []));
  }

  /** All that the stack that is stood in for has, but for where its addresses lead. */
  owned(): Resource[] {
    return this.stack.cloud
      .everything()
      .filter((one) => stackOf(one) === this.stack.name && one.type !== ASSOCIATION)
      .toSorted((one, other) => one.id.localeCompare(other.id));
  }

  async close(): Promise<void> {
    await this.stack.close();
    await this.aws.stop();
  }

  #servedBy(host: string): string | undefined {
    const { cloud } = this.stack;
    const address = cloud.all(EIP).find(({ name }) => name === host);
    const link = cloud.all(ASSOCIATION).find(({ outputs }) => outputs['allocationId'] === address?.id);
    const machine = cloud
      .all(INSTANCE)
      .find(({ outputs }) => outputs['primaryNetworkInterfaceId'] === link?.outputs['networkInterfaceId']);
    return machine === undefined ? undefined : stackOf(machine);
  }
}

/** A host's answers to the scripts that a release and a canary guardian are brought by. */
function answerScripts(aws: PretendedAws, cloud: Cloud, canary: RollbackLab['canary']): void {
  const current = new Map<string, string>();
  cloud.onCall(({ type, id }: Call) => {
    if (type === INSTANCE && id !== '') aws.instances.set(id, id);
  });
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

/** EC2's AssociateAddress with `allowReassociation`: one step, from wherever the address was. */
function moveAddresses(aws: PretendedAws, cloud: Cloud): void {
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
}

/** Puts a release into the stack's bucket; gives its SHA-256. */
async function publish(aws: PretendedAws, cloud: Cloud): Promise<string> {
  aws.bucket = String(cloud.all('aws:s3/bucket:Bucket').find(({ name }) => name.includes('release'))?.id);
  const node = Buffer.from('a Node.js');
  const facts = {
    ...{ version: '1.0.0', commit: 'c0'.repeat(20), committedAt: '2026-11-21T18:00:00.000Z', dirty: false },
    node: { version: '24.0.0', platform: 'linux-x64', sha256: sha256Of(node), size: node.length },
  };
  const files = [{ path: 'LICENSE', octets: Buffer.from('a release'), executable: false }];
  const { sha256, octets } = await writeBundle(facts, files);
  aws.objects.set(bundleKey(sha256), { octets: Buffer.from(octets), sha256: undefined });
  aws.objects.set(nodeKey(sha256Of(node)), { octets: node, sha256: undefined });
  return sha256;
}
