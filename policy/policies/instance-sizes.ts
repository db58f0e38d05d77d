import { capacityOf, formatCapacity, refuseInstanceType } from '../../components/config/index.ts';
import { HOST_ROLES, type HostRole, type PerHost } from '../../components/hosts.ts';
import { labelOf, type Resource, type ResourcePolicy } from '../policy.ts';
import { INSTANCE, LAUNCH_TEMPLATE } from '../types.ts';
import { at, mapsOf, textOf, UNKNOWN, type Value } from '../values.ts';

interface Size {
  readonly vcpus: number;
  /** Memory, GiB. */
  readonly gib: number;
  /** Root volume, GiB. */
  readonly volumeGb: number;
}

const GATEKEEPER: Size = { vcpus: 2, gib: 4, volumeGb: 100 };

/** What the council's promises are made for. Stated here anew: what a stack may be configured to is not the judge of it. */
const LEAST: PerHost<Size> = {
  'gatekeeper-primary': GATEKEEPER,
  'gatekeeper-secondary': GATEKEEPER,
  mcu: { vcpus: 8, gib: 16, volumeGb: 100 },
  'sip-gateway': { vcpus: 4, gib: 8, volumeGb: 100 },
  monitoring: { vcpus: 4, gib: 8, volumeGb: 100 },
};

const isRole = (name: string): name is HostRole => HOST_ROLES.some((role) => role === name);

function typeProblem(instanceType: Value | undefined, least: Size): string[] {
  if (instanceType === UNKNOWN) return [];
  const type = textOf(instanceType);
  const reason = refuseInstanceType(type, least);
  if (reason === undefined) return [];
  const capacity = capacityOf(type);
  const what = typeof capacity === 'string' ? `${type || 'no instance type'} cannot be used (${reason})` : reason;
  return [`${what}: set instanceType to one with at least ${formatCapacity(least)}, not burstable`];
}

function volumeProblem({ type, props }: Resource, { volumeGb }: Size): string[] {
  const root =
    type === INSTANCE
      ? at(props, 'rootBlockDevice', 'volumeSize')
      : at(mapsOf(props['blockDeviceMappings'])[0] ?? {}, 'ebs', 'volumeSize');
  if (root === UNKNOWN || (typeof root === 'number' && root >= volumeGb)) return [];
  const has = typeof root === 'number' ? `its root volume has ${root} GiB` : 'the size of its root volume is not given';
  return [`${has}: make it ${volumeGb} GiB at least`];
}

/** Hosts are as large as the promises were measured with, and as fast all the time. */
export const instanceSizes: ResourcePolicy = {
  name: 'instance-sizes',
  description: 'Every host has the vCPUs, memory and disk of its role at least, and its full CPU all the time.',
  level: 'mandatory',
  types: [INSTANCE, LAUNCH_TEMPLATE],
  check: (resource) => {
    const label = labelOf(resource);
    if (!isRole(resource.name))
      return [`${label}: no role has this name, so its size cannot be judged: name it ${HOST_ROLES.join(', ')}`];
    const least = LEAST[resource.name];
    return [...typeProblem(resource.props['instanceType'], least), ...volumeProblem(resource, least)].map(
      (problem) => `${label}: ${problem}`,
    );
  },
};
