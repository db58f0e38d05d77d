import { VOTERS } from '../../components/hosts.ts';
import { type ByUrn, byUrn, sourceOf } from '../graph.ts';
import { type Finding, labelOf, type StackPolicy, type StackResource } from '../policy.ts';
import { INSTANCE, NETWORK_INTERFACE, SUBNET } from '../types.ts';
import { textOf, UNKNOWN } from '../values.ts';

/** The zone of a resource that names it, or else of the subnet that it is in. */
function ownZone(all: ByUrn, resource: StackResource): string | undefined {
  const named = textOf(resource.props['availabilityZone']);
  if (named !== '' && named !== UNKNOWN) return named;
  const subnet = sourceOf(all, resource, 'subnetId', SUBNET);
  const zone = textOf(subnet?.props['availabilityZone']);
  return zone === '' || zone === UNKNOWN ? undefined : zone;
}

/** The zone that an instance will stand in; a network interface of its own decides. */
function zoneOf(all: ByUrn, instance: StackResource): string | undefined {
  const card = sourceOf(all, instance, 'primaryNetworkInterface', NETWORK_INTERFACE);
  return card === undefined ? ownZone(all, instance) : ownZone(all, card);
}

/** One zone that fails takes one member of the quorum at most, and never both gatekeepers. */
export const votersApart: StackPolicy = {
  name: 'voters-apart',
  description: 'Both gatekeepers and the third voter stand in an availability zone of their own each.',
  level: 'mandatory',
  types: [INSTANCE],
  checkStack: (resources) => {
    const all = byUrn(resources);
    const taken = new Map<string, string>();
    return VOTERS.flatMap((role) => resources.filter(({ type, name }) => type === INSTANCE && name === role)).flatMap(
      (instance): Finding[] => {
        const label = labelOf(instance);
        const zone = zoneOf(all, instance);
        if (zone === undefined)
          return [
            {
              urn: instance.urn,
              message: `${label}: its availability zone cannot be told: give it a network interface in a subnet that names one`,
            },
          ];
        const other = taken.get(zone);
        taken.set(zone, instance.name);
        if (other === undefined) return [];
        const message = `${label} is in ${zone}, and so is ${other}: put it into a subnet of another availability zone`;
        return [{ urn: instance.urn, message }];
      },
    );
  },
};
