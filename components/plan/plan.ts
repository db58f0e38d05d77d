/** A resource as the program registers it. */
export interface PlannedResource {
  readonly urn: string;
  /** Such as `aws:ec2/instance:Instance`, or a component's `guardian-council:host:Host`. */
  readonly type: string;
  readonly name: string;
  /** URN; the empty text for the stack itself. */
  readonly parent: string;
  /** URNs that must be there before it: what dependsOn says, and what its inputs come from. Sorted. */
  readonly dependsOn: readonly string[];
  /** Cannot be deleted until the protection is taken off. */
  readonly protect: boolean;
  /** Whether a replacement deletes first; left out where the provider decides. */
  readonly deleteBeforeReplace?: boolean;
  /** Inputs whose changes do nothing. */
  readonly ignoreChanges?: readonly string[];
  /** Stays in the cloud when it is taken out of the program. */
  readonly retainOnDelete?: boolean;
  /** Name of the provider resource that it is made by, where it is not the default one. */
  readonly provider?: string;
  readonly inputs: PlannedValues;
  /** URNs that an input comes from, by the input's name; left out where none does. Sorted. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

/** An input or an output; secrets are replaced by `SECRET`. */
export type PlannedValue = string | number | boolean | null | readonly PlannedValue[] | PlannedValues;

export interface PlannedValues {
  readonly [key: string]: PlannedValue;
}

export const SECRET = '[secret]';

/** All that a program would create, in the order of their registration, and what it exports. */
export interface Plan {
  readonly stack: string;
  readonly resources: readonly PlannedResource[];
  readonly outputs: PlannedValues;
}

/** Name of the Pulumi project, as Pulumi.yaml has it. */
export const PROJECT = 'guardian-council';

export const isValues = (value: PlannedValue | undefined): value is PlannedValues =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** For texts, by code unit: the same on every machine, whatever its language. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
