import type { Plan, PlannedResource } from '../../../components/plan/index.ts';
import type { Value, Values } from '../../../lab/provider/index.ts';

/** `Instance` for `aws:ec2/instance:Instance`, as the plan's placeholders have it. */
export const shortType = (type: string): string => type.slice(type.lastIndexOf(':') + 1);

/** AWS's resources of a plan, each after what it needs. */
export function inOrder({ resources }: Plan): PlannedResource[] {
  const byUrn = new Map(resources.map((one) => [one.urn, one]));
  const ordered = new Set<PlannedResource>();
  const visit = (one: PlannedResource | undefined): void => {
    if (!one || ordered.has(one)) return;
    for (const urn of one.dependsOn) visit(byUrn.get(urn));
    ordered.add(one);
  };
  resources.forEach(visit);
  return [...ordered].filter(({ type }) => type.startsWith('aws:'));
}

/**
 * The plan's inputs with what exists in place of `<Vpc council.id>` and `<account>`.
 *
 * @param property what a made resource has: by short type, name and property
 */
export function resolve(values: object, property: (type: string, name: string, property: string) => string): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, resolveValue(value, property)]));
}

function resolveValue(value: unknown, property: Parameters<typeof resolve>[1]): Value {
  if (typeof value === 'string')
    return value
      .replaceAll('<account>', '123456789012')
      .replaceAll(/<(\w+) ([\w.-]+?)\.(\w+)>/g, (_all, type, name, key) => property(type, name, key));
  if (Array.isArray(value)) return value.map((item) => resolveValue(item, property));
  if (typeof value === 'object' && value !== null) return resolve(value, property);
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
