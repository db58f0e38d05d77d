import type { Plan, PlannedResource } from '../components/plan/index.ts';
import type { StackResource } from './policy.ts';
import { tagsOfProvider } from './provider-tags.ts';
import type { Values } from './values.ts';

const PROVIDER = 'pulumi:providers:';

/** The resources of a plan as policies see them. */
export function fromPlan({ resources }: Plan): readonly StackResource[] {
  const providers = new Map(
    resources
      .filter(({ type }) => type.startsWith(PROVIDER))
      .map(({ type, name, inputs }) => [`${type.slice(PROVIDER.length)} ${name}`, tagsOfProvider(inputs)]),
  );
  return resources.map((resource) => stackResource(resource, providers));
}

function stackResource(resource: PlannedResource, providers: ReadonlyMap<string, Values>): StackResource {
  const { urn, type, name, inputs, protect, deleteBeforeReplace, ignoreChanges = [], provider = '' } = resource;
  const { dependsOn, propertyDependencies = {} } = resource;
  return {
    ...{ urn, type, name, props: inputs, protect, ignoreChanges, dependsOn, propertyDependencies },
    ...(deleteBeforeReplace !== undefined && { deleteBeforeReplace }),
    defaultTags: providers.get(`${type.split(':')[0]} ${provider}`) ?? {},
  };
}
