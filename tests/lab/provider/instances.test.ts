import assert from 'node:assert/strict';
import type { Machine, Machines, Values, VolumeMapping } from '../../../lab/provider/index.ts';
import { type LabProvider, labProvider } from '../support/lab-provider.ts';
import {
  ASSOCIATION,
  CARD,
  GROUP,
  hostInputs,
  IMAGE,
  INSTANCE,
  RULE,
  type SmallHost,
  smallHost,
} from '../support/small-account.ts';

const VOLUME = 'aws:ebs/volume:Volume';
const ATTACHMENT = 'aws:ec2/volumeAttachment:VolumeAttachment';

describe("EC2's own rules for instances and volumes", () => {
  let lab: LabProvider;
  let host: SmallHost;
  beforeEach(async () => {
    lab = await labProvider();
    host = await smallHost(lab);
  });
  afterEach(async () => await lab?.close());

  const freeCard = async (): Promise<string> => (await lab.client.make(CARD, 'free', { subnetId: host.subnetId })).id;
  const refuses = async (inputs: Values, sentence: string): Promise<void> => {
    await assert.rejects(lab.client.make(INSTANCE, 'refused', inputs), (error: Error) => {
      assert(
        error.message.includes(`RunInstances, https response error StatusCode: 400, api error ${sentence}`),
        error.message,
      );
      return true;
    });
    assert.deepEqual(
      lab.cloud.all(INSTANCE).map(({ id }) => id),
      [host.instanceId],
    );
  };

  it('refuses an image that is gone, was never there, or is no image', async () => {
    const inputs = hostInputs(await freeCard());
    lab.cloud.account.goneImages.add(IMAGE);
    await refuses(inputs, `InvalidAMIID.NotFound: The image id '[${IMAGE}]' does not exist`);
    lab.cloud.account.goneImages.clear();
    lab.cloud.account.images = new Set();
    await refuses(inputs, `InvalidAMIID.NotFound: The image id '[${IMAGE}]' does not exist`);
    await refuses({ ...inputs, ami: 'ubuntu' }, 'InvalidAMIID.Malformed: Invalid id: "ubuntu" (expecting "ami-...")');
  });

  it('refuses an unknown type, and more vCPUs than the quota', async () => {
    const inputs = hostInputs(await freeCard());
    await refuses(
      { ...inputs, instanceType: 'c7i.huge' },
      "InvalidParameterValue: Invalid value 'c7i.huge' for InstanceType.",
    );
    await refuses(
      { ...inputs, instanceType: 'c7i.8xlarge' },
      'VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 32 allows',
    );
    lab.cloud.account.quotas.standardVcpus = 34;
    await lab.client.make(INSTANCE, 'large', { ...inputs, instanceType: 'c7i.8xlarge' });
  });

  it('refuses an interface that another instance has, an unknown profile and an unknown interface', async () => {
    await refuses(hostInputs(host.cardId), `InvalidNetworkInterface.InUse: Interface: [${host.cardId}] in use.`);
    await refuses(
      { ...hostInputs(await freeCard()), iamInstanceProfile: 'nobody' },
      'InvalidParameterValue: Value (nobody) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name',
    );
    await refuses(
      hostInputs('eni-0'),
      "InvalidNetworkInterfaceID.NotFound: The networkInterface ID 'eni-0' does not exist",
    );
  });

  it('keeps an instance whose termination is disabled, unless it is forced', async () => {
    const olds = hostInputs(host.cardId);
    const news = { ...olds, disableApiTermination: true };
    await lab.client.update(INSTANCE, 'host', host.instanceId, olds, news);
    await assert.rejects(lab.client.delete(INSTANCE, 'host', host.instanceId), (error: Error) => {
      assert(
        error.message.includes(
          `deleting EC2 Instance (${host.instanceId}): operation error EC2: TerminateInstances, https response error StatusCode: 400, api error OperationNotPermitted: The instance '${host.instanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
        ),
        error.message,
      );
      return true;
    });
    await lab.client.update(INSTANCE, 'host', host.instanceId, news, { ...news, forceDestroy: true });
    await lab.client.delete(INSTANCE, 'host', host.instanceId);
    assert.deepEqual(lab.cloud.all(INSTANCE), []);
  });

  it('makes everything unknown in a preview that only AWS knows', async () => {
    const { id, outputs } = await lab.client.create(INSTANCE, 'planned', hostInputs('eni-1'), true);
    assert.equal(id, '');
    assert.equal(outputs['arn'], '04da6b54-80e4-46f7-96ec-b56ff0331ba9');
    assert.equal(outputs['instanceType'], 'c7i.large');
    assert.equal(outputs['region'], 'eu-central-1');
    assert.equal(lab.cloud.all(INSTANCE).length, 1);
  });

  it('attaches a volume in its own zone, once, and keeps it while it is attached', async () => {
    const { id: here } = await lab.client.make(VOLUME, 'here', {
      availabilityZone: 'eu-central-1a',
      size: 20,
      type: 'gp3',
    });
    const { id: there } = await lab.client.make(VOLUME, 'there', { availabilityZone: 'eu-central-1b', size: 20 });
    const attach = { instanceId: host.instanceId, deviceName: '/dev/sdf' };
    await assert.rejects(
      lab.client.make(ATTACHMENT, 'a', { ...attach, volumeId: there }),
      /InvalidVolume\.ZoneMismatch/,
    );
    await assert.rejects(
      lab.client.make(ATTACHMENT, 'a', { ...attach, volumeId: here, deviceName: '/dev/disk' }),
      /\/dev\/disk is not a valid EBS device name/,
    );
    await lab.client.make(ATTACHMENT, 'a', { ...attach, volumeId: here });
    await assert.rejects(
      lab.client.make(ATTACHMENT, 'b', { ...attach, volumeId: here, deviceName: '/dev/sdg' }),
      /VolumeInUse: .* is already attached to an instance/,
    );
    await assert.rejects(lab.client.delete(VOLUME, 'here', here), /VolumeInUse/);
    await lab.client.delete(INSTANCE, 'host', host.instanceId);
    await lab.client.delete(VOLUME, 'here', here);
  });

  it('grows a volume in place and never shrinks it', async () => {
    const olds = { availabilityZone: 'eu-central-1a', size: 20, type: 'gp3' };
    const { id } = await lab.client.make(VOLUME, 'one', olds);
    assert.equal((await lab.client.update(VOLUME, 'one', id, olds, { ...olds, size: 30 }))['size'], 30);
    await assert.rejects(
      lab.client.update(VOLUME, 'one', id, olds, olds),
      /New size cannot be smaller than existing size/,
    );
  });
});

describe('what stands behind the instances', () => {
  it('is told of each boot, end, address, volume and rule, in order', async () => {
    const told: string[] = [];
    const booted: Machine[] = [];
    const attached: VolumeMapping[] = [];
    const machines: Machines = {
      boot: async (machine) => {
        told.push(`boot ${machine.name}`);
        booted.push(machine);
      },
      end: async () => void told.push('end'),
      associate: async ({ publicIp, privateIp }) => void told.push(`associate ${publicIp} ${privateIp}`),
      disassociate: async ({ publicIp }) => void told.push(`disassociate ${publicIp}`),
      attachVolume: async (mapping) => {
        told.push('attach');
        attached.push(mapping);
      },
      detachVolume: async () => void told.push('detach'),
      deleteVolume: async () => void told.push('delete volume'),
      firewallChanged: async () => void told.push('firewall'),
    };
    const lab = await labProvider({ machines });
    try {
      const host = await smallHost(lab);
      assert.deepEqual(told.splice(0), ['associate 203.0.113.10 10.0.0.10', 'boot host']);
      const [machine] = booted;
      assert(machine);
      assert.deepEqual(
        { ...machine, userData: Buffer.from(machine.userData).toString() },
        {
          instanceId: host.instanceId,
          name: 'host',
          instanceType: 'c7i.large',
          ami: IMAGE,
          availabilityZone: 'eu-central-1a',
          subnetId: host.subnetId,
          networkInterfaceId: host.cardId,
          privateIp: '10.0.0.10',
          privateDns: 'ip-10-0-0-10.eu-central-1.compute.internal',
          securityGroupIds: [host.groupId],
          roleName: '',
          userData: '#cloud-config\n',
          tags: { Project: 'guardian-council' },
        },
      );
      const { id: ruleId } = await lab.client.make(RULE, 'one', {
        securityGroupId: host.groupId,
        ipProtocol: '-1',
        cidrIpv4: '10.0.0.0/8',
      });
      await lab.client.delete(RULE, 'one', ruleId);
      assert.deepEqual(told.splice(0), ['firewall', 'firewall']);
      const { id: volumeId } = await lab.client.make(VOLUME, 'data', { availabilityZone: 'eu-central-1a', size: 20 });
      const { id: attachmentId } = await lab.client.make(ATTACHMENT, 'data', {
        volumeId,
        instanceId: host.instanceId,
        deviceName: '/dev/sdf',
      });
      assert.deepEqual(attached, [{ volumeId, instanceId: host.instanceId, deviceName: '/dev/sdf', sizeGb: 20 }]);
      await lab.client.delete(ATTACHMENT, 'data', attachmentId);
      await lab.client.delete(VOLUME, 'data', volumeId);
      await lab.client.delete(INSTANCE, 'host', host.instanceId);
      await lab.client.delete(ASSOCIATION, 'host', host.associationId);
      assert.deepEqual(told, ['attach', 'detach', 'delete volume', 'end', 'disassociate 203.0.113.10']);
    } finally {
      await lab.close();
    }
  });

  it('fails the instance that it cannot boot, ends what there is of it, and leaves no instance', async () => {
    const ended: string[] = [];
    const machines: Machines = {
      boot: async () => {
        throw new Error('no room on the disk');
      },
      end: async (id) => void ended.push(id),
    };
    const lab = await labProvider({ machines });
    try {
      await assert.rejects(
        smallHost(lab),
        /creating EC2 Instance: .*waiting for EC2 Instance \(i-[0-9a-f]{17}\) create: unexpected state 'terminated', wanted target 'running'\. last error: no room on the disk/,
      );
      assert.equal(ended.length, 1);
      assert.deepEqual(lab.cloud.all(INSTANCE), []);
      assert.equal(lab.cloud.all(GROUP).length, 1);
    } finally {
      await lab.close();
    }
  });
});
