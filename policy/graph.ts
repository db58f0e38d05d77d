import type { StackResource } from './policy.ts';

/** The resources of a stack by URN. */
export type ByUrn = ReadonlyMap<string, StackResource>;

export const byUrn = (resources: readonly StackResource[]): ByUrn =>
  new Map(resources.map((resource) => [resource.urn, resource]));

/** Where a resource leads, itself aside, when one goes on from everything that `next` gives. */
function closure(all: ByUrn, from: StackResource, next: (resource: StackResource) => readonly string[]): Set<string> {
  const found = new Set<string>();
  const waiting = [...next(from)];
  for (let urn = waiting.pop(); urn !== undefined; urn = waiting.pop()) {
    if (found.has(urn)) continue;
    found.add(urn);
    const resource = all.get(urn);
    if (resource !== undefined) waiting.push(...next(resource));
  }
  return found;
}

/** Everything that is there before it, directly or not. */
export const madeAfter = (all: ByUrn, from: StackResource): ReadonlySet<string> =>
  closure(all, from, ({ dependsOn }) => dependsOn);

/**
 * Everything whose values its inputs come from, directly or not. What is deleted before it is replaced takes along
 * whatever its values go into.
 */
export const madeFrom = (all: ByUrn, from: StackResource): ReadonlySet<string> =>
  closure(all, from, ({ propertyDependencies }) => Object.values(propertyDependencies).flat());

/** The resource of a type that an input's value comes from. */
export const sourceOf = (
  all: ByUrn,
  { propertyDependencies }: StackResource,
  input: string,
  type: string,
): StackResource | undefined =>
  (propertyDependencies[input] ?? []).flatMap((urn) => all.get(urn) ?? []).find((found) => found.type === type);
