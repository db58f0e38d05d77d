import type { Cloud, Resource } from '../cloud/cloud.ts';
import { AwsError } from '../errors.ts';
import type { Machine } from '../machines.ts';
import type { Problem } from '../schema/check.ts';
import { flag, hasUnknown, isMap, maps, text, texts, type Values } from '../values.ts';
import { dropOwnCard, EIP_ASSOCIATION, holderOf, makeOwnCard, needInterface, primaryInterfaceId } from './addresses.ts';
import { vcpusOf } from './instance-types.ts';
import { arn, type Context, ec2Id, type Kind, refuse } from './kind.ts';
import { detachAll } from './volume-mapping.ts';
import { needSubnet } from './vpc.ts';

export const INSTANCE = 'aws:ec2/instance:Instance';
const PROFILE = 'aws:iam/instanceProfile:InstanceProfile';
/** EC2's limit, before base64. */
const USER_DATA_OCTETS = 16_384;

function userDataOf(inputs: Values): Buffer {
  const encoded = text(inputs, 'userDataBase64');
  return encoded ? Buffer.from(encoded, 'base64') : Buffer.from(text(inputs, 'userData'));
}

function check(inputs: Values): Problem[] {
  const problems: Problem[] = [];
  if (inputs['ami'] === undefined && inputs['launchTemplate'] === undefined)
    problems.push({ property: 'ami', reason: 'one of ami, launchTemplate must be given' });
  if (inputs['userData'] !== undefined && inputs['userDataBase64'] !== undefined)
    problems.push({ property: 'userData', reason: 'userData and userDataBase64 exclude each other' });
  const outside = ['subnetId', 'privateIp', 'vpcSecurityGroupIds', 'associatePublicIpAddress'].filter(
    (name) => inputs[name] !== undefined,
  );
  if (primaryInterfaceId(inputs) && outside.length > 0)
    problems.push({
      property: outside[0] ?? '',
      reason: `${outside.join(', ')} and a network interface exclude each other`,
    });
  if (
    typeof inputs['userData'] === 'string' &&
    !hasUnknown(inputs['userData']) &&
    userDataOf(inputs).length > USER_DATA_OCTETS
  )
    problems.push({
      property: 'userData',
      reason: `expected length of userData to be in the range (0 - ${USER_DATA_OCTETS}), got ${userDataOf(inputs).length}`,
    });
  return problems;
}

function admit(inputs: Values, context: Context, current?: Resource): void {
  const { account } = context.cloud;
  const [ami, instanceType, profile] = ['ami', 'instanceType', 'iamInstanceProfile'].map((name) => text(inputs, name));
  if (!current) admitImage(ami ?? '', context);
  const vcpus = vcpusOf(instanceType ?? '');
  if (vcpus === undefined) refuse('InvalidParameterValue', `Invalid value '${instanceType}' for InstanceType.`);
  const others = context.cloud.all(INSTANCE).filter(({ id }) => id !== current?.id);
  const running = others.reduce((sum, { outputs }) => sum + (vcpusOf(text(outputs, 'instanceType')) ?? 0), 0);
  if (running + vcpus > account.quotas.standardVcpus)
    refuse(
      'VcpuLimitExceeded',
      `You have requested more vCPU capacity than your current vCPU limit of ${account.quotas.standardVcpus} allows for the ` +
        'instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request ' +
        'to request an adjustment to this limit.',
    );
  if (profile) admitProfile(profile, context);
  if (userDataOf(inputs).length > USER_DATA_OCTETS)
    refuse('InvalidParameterValue', 'User data is limited to 16384 bytes');
  const cardId = primaryInterfaceId(inputs);
  if (!cardId) return void needSubnet(text(inputs, 'subnetId'), context);
  needInterface(cardId, context);
  const holder = holderOf(cardId, context);
  if (holder && holder.id !== current?.id) refuse('InvalidNetworkInterface.InUse', `Interface: [${cardId}] in use.`);
}

/** Refuses an image that is none, or is not there. */
export function admitImage(ami: string, { cloud }: Context): void {
  if (!/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(ami))
    refuse('InvalidAMIID.Malformed', `Invalid id: "${ami}" (expecting "ami-...")`);
  const { images, goneImages } = cloud.account;
  if (goneImages.has(ami) || (images && !images.has(ami)))
    refuse('InvalidAMIID.NotFound', `The image id '[${ami}]' does not exist`);
}

/** Refuses an instance profile that is not there. */
export function admitProfile(profile: string, { cloud }: Context): void {
  if (!cloud.all(PROFILE).some(({ outputs }) => outputs['name'] === profile))
    refuse(
      'InvalidParameterValue',
      `Value (${profile}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
    );
}

/** Where an instance stands, by its interface or else by its subnet. */
function placeOf(inputs: Values, context: Context): { subnet: Resource; card: Resource | undefined } {
  const cardId = primaryInterfaceId(inputs);
  const card = cardId ? needInterface(cardId, context) : undefined;
  return { card, subnet: needSubnet(card ? text(card.outputs, 'subnetId') : text(inputs, 'subnetId'), context) };
}

function outputs(inputs: Values, id: string, context: Context, current?: Resource): Values {
  const { card, subnet } = placeOf(inputs, context);
  // Without a card of its own it gets one from EC2, which goes with it.
  const cardId = card?.id ?? (current ? text(current.outputs, 'primaryNetworkInterfaceId') : ec2Id('eni', context));
  const privateIp = card ? text(card.outputs, 'privateIp') : text(inputs, 'privateIp');
  const association = context.cloud.all(EIP_ASSOCIATION).find((one) => one.outputs['networkInterfaceId'] === cardId);
  const publicIp = association ? text(association.outputs, 'publicIp') : '';
  const root = maps(inputs, 'rootBlockDevice')[0] ?? {};
  const was = current ? maps(current.outputs, 'rootBlockDevice')[0] : undefined;
  return {
    arn: arn('ec2', `instance/${id}`, context),
    instanceState: 'running',
    availabilityZone: text(subnet.outputs, 'availabilityZone'),
    subnetId: subnet.id,
    privateIp,
    privateDns: `ip-${privateIp.replaceAll('.', '-')}.${context.region}.compute.internal`,
    publicIp,
    publicDns: publicIp ? `ec2-${publicIp.replaceAll('.', '-')}.${context.region}.compute.amazonaws.com` : '',
    primaryNetworkInterfaceId: cardId,
    vpcSecurityGroupIds: card ? texts(card.outputs, 'securityGroups') : texts(inputs, 'vpcSecurityGroupIds'),
    rootBlockDevice: {
      deviceName: '/dev/sda1',
      volumeSize: 8,
      volumeType: 'gp3',
      ...root,
      volumeId: was ? text(was, 'volumeId') : ec2Id('vol', context),
    },
    tenancy: 'default',
  };
}

/** A running instance as what it is booted with. */
export function machineOf({ id, name, outputs: values }: Resource, { cloud }: { readonly cloud: Cloud }): Machine {
  const profile = cloud.all(PROFILE).find((one) => one.outputs['name'] === values['iamInstanceProfile']);
  const tags = isMap(values['tagsAll']) ? values['tagsAll'] : {};
  return {
    instanceId: id,
    name,
    instanceType: text(values, 'instanceType'),
    ami: text(values, 'ami'),
    availabilityZone: text(values, 'availabilityZone'),
    subnetId: text(values, 'subnetId'),
    networkInterfaceId: text(values, 'primaryNetworkInterfaceId'),
    privateIp: text(values, 'privateIp'),
    privateDns: text(values, 'privateDns'),
    securityGroupIds: texts(values, 'vpcSecurityGroupIds'),
    roleName: profile ? text(profile.outputs, 'role') : '',
    userData: userDataOf(values),
    tags: Object.fromEntries(Object.keys(tags).map((key) => [key, text(tags, key)])),
  };
}

const instance: Kind = {
  title: 'EC2 Instance',
  api: { service: 'EC2', create: 'RunInstances', update: 'ModifyInstanceAttribute', delete: 'TerminateInstances' },
  check,
  id: (_inputs, context) => ec2Id('i', context),
  admit,
  outputs,
  dismiss({ id, outputs: values }) {
    // With forceDestroy the provider takes the protection off before it terminates.
    if (flag(values, 'disableApiTermination') && !flag(values, 'forceDestroy'))
      refuse(
        'OperationNotPermitted',
        `The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
      );
  },
  async made(resource, context) {
    if (!primaryInterfaceId(resource.inputs)) makeOwnCard(resource, context);
    try {
      await context.machines?.boot(machineOf(resource, context));
    } catch (cause) {
      await context.machines?.end(resource.id).catch(() => {});
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AwsError(
        'Server.InternalError',
        `waiting for EC2 Instance (${resource.id}) create: unexpected state 'terminated', wanted target 'running'. last error: ${reason}`,
        500,
      );
    }
  },
  async changed(resource, context, before) {
    // A change of its size or of its user data in place stops it and starts it again.
    const restarts = ['instanceType', 'userData', 'userDataBase64'].some(
      (name) => resource.outputs[name] !== before.outputs[name],
    );
    if (!restarts || !context.machines) return;
    await context.machines.end(resource.id);
    await context.machines.boot(machineOf(resource, context));
  },
  async gone(resource, context) {
    await context.machines?.end(resource.id);
    if (!primaryInterfaceId(resource.inputs)) await dropOwnCard(resource, context);
    // EC2 detaches what outlives an instance.
    await detachAll(resource.id, context);
  },
};

export const instanceKinds: Readonly<Record<string, Kind>> = { [INSTANCE]: instance };
