import { number, text, type Values } from '../values.ts';
import { INSTANCE } from './instances.ts';
import { arn, checkOneOf, ec2Id, hex, type Kind, need, other, refuse } from './kind.ts';
import { mappingOf, VOLUME, VOLUME_ATTACHMENT } from './volume-mapping.ts';
import { zonesOf } from './vpc.ts';

/** GiB that a volume of a type may have, from and to (EBS documentation). */
const SIZES: Readonly<Record<string, readonly [number, number]>> = {
  gp2: [1, 16_384],
  gp3: [1, 16_384],
  io1: [4, 16_384],
  io2: [4, 65_536],
  st1: [125, 16_384],
  sc1: [125, 16_384],
  standard: [1, 1_024],
};

const typeOf = (inputs: Values): string => text(inputs, 'type') || 'gp2';

const volume: Kind = {
  title: 'EBS Volume',
  api: { service: 'EC2', create: 'CreateVolume', update: 'ModifyVolume', delete: 'DeleteVolume' },
  check: (inputs) => checkOneOf(inputs, 'type', Object.keys(SIZES)),
  id: (_inputs, context) => ec2Id('vol', context),
  admit(inputs, context, current) {
    const [zone, size] = [text(inputs, 'availabilityZone'), number(inputs, 'size')];
    if (!zonesOf(context.region).includes(zone)) refuse('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);
    if (size === undefined && !text(inputs, 'snapshotId'))
      refuse('MissingParameter', 'The request must contain the parameter size/snapshot');
    const [least, most] = SIZES[typeOf(inputs)] ?? [1, 1_024];
    if (size !== undefined && (size < least || size > most))
      refuse(
        'InvalidParameterValue',
        `Volume of ${size}GiB is ${size < least ? 'too small' : 'too large'} for volume type ${typeOf(inputs)}; it must be from ${least} to ${most} GiB`,
      );
    const was = current ? number(current.outputs, 'size') : undefined;
    if (was !== undefined && size !== undefined && size < was)
      refuse('InvalidParameterValue', 'New size cannot be smaller than existing size');
  },
  outputs: (inputs, id, context) => ({
    arn: arn('ec2', `volume/${id}`, context),
    type: typeOf(inputs),
    encrypted: inputs['encrypted'] ?? false,
    iops: inputs['iops'] ?? (typeOf(inputs) === 'gp3' ? 3_000 : 100),
    throughput: inputs['throughput'] ?? (typeOf(inputs) === 'gp3' ? 125 : 0),
  }),
  dismiss({ id }, context) {
    const attached = other(context, VOLUME_ATTACHMENT, undefined, ({ outputs }) => outputs['volumeId'] === id);
    if (attached)
      refuse('VolumeInUse', `Volume ${id} is currently attached to ${text(attached.outputs, 'instanceId')}`);
  },
  async gone({ id }, { machines }) {
    await machines?.deleteVolume?.(id);
  },
};

const attachment: Kind = {
  title: 'EBS Volume Attachment',
  api: { service: 'EC2', create: 'AttachVolume', update: 'AttachVolume', delete: 'DetachVolume' },
  id: (_inputs, { cloud }) => `vai-${hex(cloud.nextNumber(), 10)}`,
  admit(inputs, context) {
    const [volumeId, instanceId, device] = [
      text(inputs, 'volumeId'),
      text(inputs, 'instanceId'),
      text(inputs, 'deviceName'),
    ];
    const disk = need(context, VOLUME, volumeId, 'InvalidVolume.NotFound', `The volume '${volumeId}' does not exist.`);
    const host = need(
      context,
      INSTANCE,
      instanceId,
      'InvalidInstanceID.NotFound',
      `The instance ID '${instanceId}' does not exist`,
    );
    const [there, here] = [text(disk.outputs, 'availabilityZone'), text(host.outputs, 'availabilityZone')];
    if (there !== here)
      refuse(
        'InvalidVolume.ZoneMismatch',
        `The volume '${volumeId}' is not in the same availability zone as instance '${instanceId}'`,
      );
    if (other(context, VOLUME_ATTACHMENT, undefined, ({ outputs }) => outputs['volumeId'] === volumeId))
      refuse('VolumeInUse', `${volumeId} is already attached to an instance`);
    if (!/^(\/dev\/)?(sd[f-p]|xvd[b-z]|sd[b-e])[1-9]?$/.test(device))
      refuse(
        'InvalidParameterValue',
        `Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`,
      );
    if (
      other(
        context,
        VOLUME_ATTACHMENT,
        undefined,
        ({ outputs }) => outputs['instanceId'] === instanceId && outputs['deviceName'] === device,
      )
    )
      refuse(
        'InvalidParameterValue',
        `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`,
      );
  },
  async made(resource, context) {
    await context.machines?.attachVolume?.(mappingOf(resource, context));
  },
  async gone(resource, context) {
    await context.machines?.detachVolume?.(mappingOf(resource, context));
  },
};

export const volumeKinds: Readonly<Record<string, Kind>> = { [VOLUME]: volume, [VOLUME_ATTACHMENT]: attachment };
