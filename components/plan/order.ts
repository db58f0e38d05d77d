import { compareTexts, type PlannedResource } from './plan.ts';

/** A resource and what it is the parent of. */
export interface Branch {
  readonly resource: PlannedResource;
  readonly children: readonly Branch[];
}

/**
 * The resources as trees: by type, then by name. Pulumi registers a resource when its inputs are there, so that the order
 * of registration says nothing, and may differ from run to run.
 */
export function branchesOf(resources: readonly PlannedResource[]): readonly Branch[] {
  const byParent = new Map<string, PlannedResource[]>();
  for (const resource of resources) {
    const siblings = byParent.get(resource.parent);
    if (siblings === undefined) byParent.set(resource.parent, [resource]);
    else siblings.push(resource);
  }
  const below = (parent: string): readonly Branch[] =>
    (byParent.get(parent) ?? [])
      .toSorted((a, b) => compareTexts(a.type, b.type) || compareTexts(a.name, b.name))
      .map((resource) => ({ resource, children: below(resource.urn) }));
  return below('');
}

/** The resources in the order of their trees, each right before its children. */
export const inTreeOrder = (resources: readonly PlannedResource[]): readonly PlannedResource[] => {
  const flat = ({ resource, children }: Branch): PlannedResource[] => [resource, ...children.flatMap(flat)];
  return branchesOf(resources).flatMap(flat);
};

/** How many of each type, the most first. */
export function countsOf(resources: readonly PlannedResource[]): readonly (readonly [type: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, more]) => more - many || compareTexts(a, b));
}
