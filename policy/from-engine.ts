import {
  type PolicyProviderResource,
  type PolicyResource,
  type PolicyResourceOptions,
  type ResourceValidationArgs,
  UnknownValueError,
} from '@pulumi/policy';
import type { Resource, StackResource } from './policy.ts';
import { tagsOfProvider } from './provider-tags.ts';
import { isValues, UNKNOWN, type Value, type Values } from './values.ts';

/**
 * A value that the engine gives, with `UNKNOWN` for what only the update will tell: in a preview Pulumi's own view of it
 * throws when such a value is read, which would leave a whole policy unjudged.
 */
export function plainOf(from: unknown): Value {
  if (typeof from === 'string' || typeof from === 'number' || typeof from === 'boolean') return from;
  if (typeof from !== 'object' || from === null) return null;
  if (Array.isArray(from)) return Array.from({ length: from.length }, (_, index) => plainOf(read(from, String(index))));
  return Object.fromEntries(Object.keys(from).map((key): [string, Value] => [key, plainOf(read(from, key))]));
}

function read(from: object, key: string): unknown {
  try {
    const value: unknown = Reflect.get(from, key);
    return value;
  } catch (error) {
    if (error instanceof UnknownValueError) return UNKNOWN;
    throw error;
  }
}

const valuesOf = (from: unknown): Values => {
  const value = plainOf(from);
  return isValues(value) ? value : {};
};

interface Common {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly props: unknown;
  readonly opts: PolicyResourceOptions;
  readonly provider?: PolicyProviderResource;
}

function common({ urn, type, name, props, opts, provider }: Common): Resource {
  return {
    ...{ urn, type, name, props: valuesOf(props), protect: opts.protect, ignoreChanges: opts.ignoreChanges },
    ...(opts.deleteBeforeReplace !== undefined && { deleteBeforeReplace: opts.deleteBeforeReplace }),
    defaultTags: provider === undefined ? {} : tagsOfProvider(valuesOf(provider.props)),
  };
}

/** A resource that is about to be made. */
export const fromResource = (args: ResourceValidationArgs): Resource => common(args);

/** A resource of a whole stack. */
export const fromStack = (resource: PolicyResource): StackResource => ({
  ...common(resource),
  dependsOn: resource.dependencies.map(({ urn }) => urn),
  propertyDependencies: Object.fromEntries(
    Object.entries(resource.propertyDependencies).map(([input, sources]) => [input, sources.map(({ urn }) => urn)]),
  ),
});
