/** A resource as the program registers it. */
export interface PlannedResource {
  readonly urn: string;
  /** Such as `aws:ec2/instance:Instance`, or a component's `guardian-council:host:Host`. */
  readonly type: string;
  readonly name: string;
  /** URN; the empty text for the stack itself. */
  readonly parent: string;
  /** URNs that must be there before it: what dependsOn says, and what its inputs come from. */
  readonly dependsOn: readonly string[];
  /** Cannot be deleted until the protection is taken off. */
  readonly protect: boolean;
  readonly inputs: Readonly<Record<string, PlannedValue>>;
}

/** An input; secrets are replaced by `SECRET`. */
export type PlannedValue =
  | string
  | number
  | boolean
  | null
  | readonly PlannedValue[]
  | { readonly [key: string]: PlannedValue };

export const SECRET = '[secret]';

/** All that a program would create, in the order of their registration, and what it exports. */
export interface Plan {
  readonly stack: string;
  readonly resources: readonly PlannedResource[];
  readonly outputs: Readonly<Record<string, PlannedValue>>;
}
