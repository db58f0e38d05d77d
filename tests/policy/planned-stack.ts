import { fromPlan } from '../../policy/from-plan.ts';
import { judged, POLICIES, type StackResource } from '../../policy/index.ts';
import type { Value } from '../../policy/values.ts';
import { planOfProgram } from '../support/program-plan.ts';

export type Resources = readonly StackResource[];

/** The resources of a stack's plan, of whose file some keys may be given otherwise. */
export const planned = async (stack: string, changes: Readonly<Record<string, string>> = {}): Promise<Resources> =>
  fromPlan(await planOfProgram(stack, changes));

/** What all policies say of resources: `policy: message` each. */
export const complaints = (resources: Resources): readonly string[] =>
  judged(POLICIES, resources).flatMap(({ policy, findings }) =>
    findings.map(({ message }) => `${policy.name}: ${message}`),
  );

const is = (resource: StackResource, type: string, name: string): boolean =>
  resource.name === name && resource.type.endsWith(`:${type}`);

/** The resources with one of them changed, by the last part of its type and its name. */
export function changed(
  resources: Resources,
  [type, name]: readonly [type: string, name: string],
  change: (resource: StackResource) => StackResource,
): Resources {
  const count = resources.filter((one) => is(one, type, name)).length;
  if (count !== 1) throw new Error(`${count} resources are ${type} ${name}`);
  return resources.map((one) => (is(one, type, name) ? change(one) : one));
}

/** The resources without one of them. */
export const without = (resources: Resources, [type, name]: readonly [type: string, name: string]): Resources =>
  resources.filter((one) => !is(one, type, name));

/** A resource with the input at a path set to a value, or taken out where that is undefined. */
export function withInput(resource: StackResource, path: string, value: Value | undefined): StackResource {
  const [first = '', ...rest] = path.split('.');
  const set = (from: Value | undefined, keys: readonly string[]): Value | undefined => {
    const [key, ...inner] = keys;
    if (key === undefined) return value;
    if (Array.isArray(from)) return from.map((one, index) => (String(index) === key ? (set(one, inner) ?? null) : one));
    const map = typeof from === 'object' && from !== null ? from : {};
    const entries = Object.entries(map).filter(([other]) => other !== key);
    const changed = set(Reflect.get(map, key), inner);
    return Object.fromEntries(changed === undefined ? entries : [...entries, [key, changed]]);
  };
  const { [first]: old, ...others } = resource.props;
  const changed = set(old, rest);
  return { ...resource, props: changed === undefined ? others : { ...others, [first]: changed } };
}
