import { runtime } from '@pulumi/pulumi';
import type { RegisterResourceOutputsRequest, RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb.js';
import * as state from '@pulumi/pulumi/runtime/state.js';
import { answerOf, type OutputsByStack, stateOf } from './answers.ts';
import { type Plan, type PlannedResource, PROJECT } from './plan.ts';
import { resourceOf, STACK_TYPE, urnOf, valuesOf } from './wire.ts';

/** What a stack's file says: texts by key, and which keys are secret. */
export interface StackValues {
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** What other stacks export, by their names, for a program that refers to them. */
  readonly outputs?: OutputsByStack;
}

/** What Pulumi calls the organization of stacks that are kept without its cloud. */
const ORGANIZATION = 'organization';

/** Turns of the event loop after which the last rejection has come; Pulumi was seen to need two. */
const TURNS = 10;

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a Pulumi program in this process, without an engine or a cloud account, and records what it registers. Plans
 * asked for at once are made one after the other, because Pulumi keeps the current stack in a global.
 * @param program the program's module, imported anew: it reads the configuration when it is loaded
 * @throws what the program throws first, wherever it does: when it is loaded, inside of `apply`, or because it asks a
 * provider something that answers.ts has no answer to; resources that are registered twice under one URN, which the
 * engine would refuse too; a program that waits for something that never comes
 */
export function planOf(stack: string, values: StackValues, program: () => Promise<unknown>): Promise<Plan> {
  const plan = last.then(() => inOwnStore(() => recorded(stack, values, program)));
  last = plan.catch(() => {});
  return plan;
}

/**
 * Gives Pulumi's runtime a state of its own for one run, as the Automation API does: what a failed program left waiting
 * would hold up the next one. The function is not among the published types.
 */
const inOwnStore = <T>(run: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const withLocalStorage: unknown = Reflect.get(state, 'withLocalStorage');
    if (typeof withLocalStorage !== 'function') throw new TypeError('this Pulumi has no withLocalStorage');
    withLocalStorage(() => run().then(resolve, reject));
  });

async function recorded(
  stack: string,
  { config, secretKeys, outputs = {} }: StackValues,
  program: () => Promise<unknown>,
): Promise<Plan> {
  runtime.setAllConfig({ ...config }, [...secretKeys]);
  await runtime.setMocks(
    { newResource: (args) => stateOf(args, outputs), call: answerOf },
    PROJECT,
    stack,
    false,
    ORGANIZATION,
  );
  const recording = new Recording(stack, runtime.getMonitor() ?? {});
  runtime.setMockOptions(recording.monitor, PROJECT, stack, false, ORGANIZATION);
  const prepareStackTrace = Error.prepareStackTrace;
  Error.prepareStackTrace = withoutPlaces;
  try {
    await firstFailureOf(async () => {
      await runtime.runInPulumiStack(program);
      await runtime.disconnect();
    });
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
  return recording.plan();
}

/**
 * Pulumi reads the stack of every promise and resource that it makes, for debugging. To work these out takes a third of a
 * plan's time, so whoever reads a stack before the plan is there, or has failed, gets the functions alone: tsx looks
 * there for who called it.
 */
const withoutPlaces = (error: Error, frames: readonly NodeJS.CallSite[]): string =>
  [error, ...frames.slice(0, 4).map((frame) => `${frame.getFunctionName()} (${frame.getFileName()})`)].join(
    '\n    at ',
  );

/**
 * Runs something of Pulumi's, which reports most of what goes wrong as rejections that nobody handles, some of them after
 * it is done, and then often never comes to its end.
 */
async function firstFailureOf(run: () => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  let fail: (reason: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const onFailure = (reason: unknown): void => {
    failures.push(reason);
    fail(reason);
  };
  const onIdle = (): void => fail(new Error('the program waits for something that never comes'));
  // Nobody else is to take these for failures of its own; a test runner would.
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', onFailure);
  process.on('beforeExit', onIdle);
  try {
    await Promise.race([run(), failed]).catch(onFailure);
    for (let turn = 0; turn < TURNS; turn++) await new Promise(setImmediate);
  } finally {
    process.off('beforeExit', onIdle);
    process.off('unhandledRejection', onFailure);
    for (const other of others) process.on('unhandledRejection', other);
  }
  if (failures.length > 0) throw failures[0];
}

/** A monitor, to which a program registers, that keeps what it is told; everything else is done by Pulumi's mock. */
class Recording {
  readonly monitor: object;
  readonly #stack: string;
  readonly #resources = new Map<string, PlannedResource>();
  readonly #duplicates: string[] = [];
  #outputs: Plan['outputs'] = {};

  constructor(stack: string, mock: object) {
    this.#stack = stack;
    const pass = (method: string, on: object, args: readonly unknown[]): unknown =>
      Reflect.apply(Reflect.get(mock, method), on, [...args]);
    const [register, registerOutputs] = [this.#register.bind(this), this.#registerOutputs.bind(this)];
    const overrides = new Map<PropertyKey, unknown>([
      ['newUrn', (parent: string, type: string, name: string) => urnOf(stack, parent, type, name)],
      [
        'registerResource',
        function (this: object, request: RegisterResourceRequest, done: unknown): unknown {
          register(request);
          return pass('registerResource', this, [request, done]);
        },
      ],
      [
        'registerResourceOutputs',
        function (this: object, request: RegisterResourceOutputsRequest, done: unknown): unknown {
          registerOutputs(request);
          return pass('registerResourceOutputs', this, [request, done]);
        },
      ],
    ]);
    this.monitor = new Proxy(mock, { get: (target, key) => overrides.get(key) ?? Reflect.get(target, key) });
  }

  /** @throws if the same URN was registered twice */
  plan(): Plan {
    if (this.#duplicates.length > 0) throw new Error(this.#duplicates.join('\n'));
    return { stack: this.#stack, resources: [...this.#resources.values()], outputs: this.#outputs };
  }

  #register(request: RegisterResourceRequest): void {
    const resource = resourceOf(this.#stack, request);
    if (resource.type === STACK_TYPE) return;
    const first = this.#resources.get(resource.urn);
    if (first === undefined) this.#resources.set(resource.urn, resource);
    else
      this.#duplicates.push(
        `two resources are registered as ${resource.urn}: one ${placeOf(first)}, one ${placeOf(resource)}`,
      );
  }

  #registerOutputs(request: RegisterResourceOutputsRequest): void {
    if (request.getUrn() === urnOf(this.#stack, '', STACK_TYPE, `${PROJECT}-${this.#stack}`))
      this.#outputs = valuesOf(request.getOutputs()?.toJavaScript());
  }
}

const placeOf = ({ parent }: PlannedResource): string =>
  parent === '' ? 'directly in the stack' : `in ${parent.split('::').slice(2).join(' ')}`;
