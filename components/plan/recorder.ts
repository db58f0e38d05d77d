import { runtime } from '@pulumi/pulumi';
import type { RegisterResourceOutputsRequest, RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb.js';
import { answerOf, stateOf } from './answers.ts';
import { type Plan, type PlannedResource, type PlannedValue, SECRET } from './plan.ts';

const PROJECT = 'guardian-council';
const STACK_TYPE = 'pulumi:pulumi:Stack';

/** What a stack's file says: texts by key, and which keys are secret. */
export interface StackValues {
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/**
 * Runs a Pulumi program in this process, without an engine or a cloud account, and records what it registers. One at a
 * time: Pulumi's runtime is global.
 * @param program the program's module, imported anew: it reads the configuration when it is loaded
 * @throws what the program throws; a resource that is registered twice under one URN, which the engine would refuse too
 */
export async function planOf(
  stack: string,
  { config, secretKeys }: StackValues,
  program: () => Promise<unknown>,
): Promise<Plan> {
  const resources: PlannedResource[] = [];
  let outputs: Plan['outputs'] = {};
  let duplicate: Error | undefined;
  const failures: unknown[] = [];
  const onFailure = (error: unknown): void => void failures.push(error);

  runtime.setAllConfig({ ...config }, [...secretKeys]);
  await runtime.setMocks({ newResource: stateOf, call: answerOf }, PROJECT, stack, false);
  const mock = runtime.getMonitor() ?? {};
  const overrides = new Map<PropertyKey, unknown>([
    ['newUrn', (parent: string, type: string, name: string) => urnOf(stack, parent, type, name)],
    [
      'registerResource',
      function (this: object, request: RegisterResourceRequest, done: unknown): unknown {
        const planned = describe(stack, request);
        if (resources.some(({ urn }) => urn === planned.urn))
          duplicate ??= new Error(`two resources are registered as ${planned.urn}`);
        if (planned.type !== STACK_TYPE) resources.push(planned);
        return Reflect.apply(Reflect.get(mock, 'registerResource'), this, [request, done]);
      },
    ],
    [
      'registerResourceOutputs',
      function (this: object, request: RegisterResourceOutputsRequest, done: unknown): unknown {
        if (request.getUrn() === urnOf(stack, '', STACK_TYPE, `${PROJECT}-${stack}`))
          outputs = valuesOf(request.getOutputs()?.toJavaScript());
        return Reflect.apply(Reflect.get(mock, 'registerResourceOutputs'), this, [request, done]);
      },
    ],
  ]);
  const recording = new Proxy(mock, { get: (target, key) => overrides.get(key) ?? Reflect.get(target, key) });
  runtime.setMockOptions(recording, PROJECT, stack, false);

  // Pulumi reports what goes wrong inside of outputs as rejections that nobody handles.
  process.on('unhandledRejection', onFailure);
  try {
    await runtime.runInPulumiStack(program);
    await runtime.disconnect();
  } finally {
    process.off('unhandledRejection', onFailure);
  }
  if (duplicate !== undefined) throw duplicate;
  if (failures.length > 0) throw failures[0];
  return { stack, resources, outputs };
}

/** As the engine makes it: the types of all parents but the stack, then the resource's own. */
function urnOf(stack: string, parent: string, type: string, name: string): string {
  const parentType = parent.split('::')[2] ?? STACK_TYPE;
  const qualified = parentType === STACK_TYPE ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stack}::${PROJECT}::${qualified}::${name}`;
}

function describe(stack: string, request: RegisterResourceRequest): PlannedResource {
  const [parent, type, name] = [request.getParent(), request.getType(), request.getName()];
  const parentType = parent.split('::')[2];
  return {
    urn: urnOf(stack, parent, type, name),
    type,
    name,
    parent: parentType === STACK_TYPE ? '' : parent,
    dependsOn: [...request.getDependenciesList()].sort(),
    protect: request.getProtect() ?? false,
    inputs: valuesOf(request.getObject()?.toJavaScript()),
  };
}

const valuesOf = (from: unknown): Record<string, PlannedValue> =>
  Object.fromEntries(
    Object.entries(from ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]): [string, PlannedValue] => [key, planned(value)]),
  );

/** A value off the wire: secrets hidden, references to resources as their URNs, keys in order. */
function planned(from: unknown): PlannedValue {
  if (from === undefined || from === null) return null;
  if (typeof from === 'string' || typeof from === 'number' || typeof from === 'boolean') return from;
  if (Array.isArray(from)) return from.map(planned);
  const values = valuesOf(from);
  const signature = values[runtime.specialSigKey];
  if (signature === runtime.specialSecretSig) return SECRET;
  return signature === runtime.specialResourceSig ? (values['urn'] ?? null) : values;
}
