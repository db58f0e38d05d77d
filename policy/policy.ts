import type { Values } from './values.ts';

/** A resource as a policy sees it: of a plan made in process, or of the engine. */
export interface Resource {
  readonly urn: string;
  /** Such as `aws:ec2/instance:Instance`. */
  readonly type: string;
  readonly name: string;
  readonly props: Values;
  readonly protect: boolean;
  /** Default: what the provider decides. */
  readonly deleteBeforeReplace?: boolean;
  readonly ignoreChanges: readonly string[];
  /** Tags that its provider puts on everything. */
  readonly defaultTags: Values;
}

/** A resource with what it depends on, by URNs. */
export interface StackResource extends Resource {
  /** Everything it is made after. */
  readonly dependsOn: readonly string[];
  /** By input: what its value comes from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

export interface Finding {
  /** The resource that breaks a policy; of what is missing, the one that it should be for. */
  readonly urn: string;
  /** Names the resource, what is wrong with it, and what to do. */
  readonly message: string;
}

interface About {
  /** Lower case, with dashes; unique. */
  readonly name: string;
  readonly description: string;
  /** `mandatory` stops a preview or an update, `advisory` warns. */
  readonly level: 'mandatory' | 'advisory';
  /** Types of the resources that it looks at. */
  readonly types: readonly string[];
}

/** Judges one resource by its own inputs, before it is made. */
export interface ResourcePolicy extends About {
  readonly check: (resource: Resource) => readonly string[];
}

/** Judges resources by how they hang together. */
export interface StackPolicy extends About {
  readonly checkStack: (resources: readonly StackResource[]) => readonly Finding[];
}

export type Policy = ResourcePolicy | StackPolicy;

/** `Instance mcu` */
export const labelOf = ({ type, name }: Pick<Resource, 'type' | 'name'>): string => `${type.split(':').at(-1)} ${name}`;

/** A stack's name, from any of its URNs. */
export const stackOf = (urn: string): string => urn.split(':')[2] ?? '';

/**
 * Whether it belongs to production, by the tag Environment that its provider gives. Where no tag tells, it may be: then it
 * is held to what production is.
 */
export function isProduction({ defaultTags }: Pick<Resource, 'defaultTags'>): boolean {
  const { Environment: environment } = defaultTags;
  return environment === undefined || environment === null || environment === '' || environment === 'prod';
}
