import { z } from 'zod';
import { nameOf } from './events.ts';

const Resource = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  custom: z.boolean(),
  delete: z.boolean().optional(),
  protect: z.boolean().optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
});

const Export = z.object({
  deployment: z.object({
    resources: z.array(Resource).nullish(),
    pending_operations: z.array(z.object({ type: z.string(), resource: Resource })).nullish(),
  }),
});

export type ResourceState = z.infer<typeof Resource>;

/** A stack's state, as `pulumi stack export` gives it. */
export interface StackState {
  /** As it was given; secrets in it are encrypted. */
  readonly text: string;
  readonly resources: readonly ResourceState[];
  /** Operations that were begun and of which the engine never heard the end, as `creating NAME`. */
  readonly pending: readonly string[];
}

export function readState(text: string): StackState {
  const { resources, pending_operations } = Export.parse(JSON.parse(text)).deployment;
  return {
    text,
    resources: resources ?? [],
    pending: (pending_operations ?? []).map(({ type, resource }) => `${type} ${nameOf(resource.urn)}`),
  };
}

/** The one resource of a type (its last part: `Instance`) and a name. */
export function find({ resources }: StackState, type: string, name: string): ResourceState {
  const found = resources.filter((one) => one.type.endsWith(`:${type}`) && nameOf(one.urn) === name);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} resources are ${type} ${name}`);
  return only;
}
