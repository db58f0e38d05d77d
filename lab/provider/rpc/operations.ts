import { setTimeout as sleep } from 'node:timers/promises';
import type { Resource } from '../cloud/cloud.ts';
import { AwsError, LabError } from '../errors.ts';
import type { Action, Failure } from '../failures.ts';
import type { ProviderOptions } from '../options.ts';
import { propertyOf, resourceSchema } from '../schema/schema.ts';
import { type Context, type Kind, kindOf } from '../services/index.ts';
import { text, type Values } from '../values.ts';

/** What a call is about. */
export interface Target {
  readonly type: string;
  readonly urn: string;
  /** The resource's name in the program. */
  readonly name: string;
}

/** AWS's SDK makes a throttled call again, three times in all, before it gives up. */
const ATTEMPTS = 3;

const SENTENCES: Readonly<Record<Exclude<Failure, object | 'AnswerLost'>, readonly [message: string, status: number]>> =
  {
    Throttling: ['Rate exceeded', 400],
    InsufficientInstanceCapacity: [
      'We currently do not have sufficient capacity in the Availability Zone you requested. Our system will be working on ' +
        'provisioning additional capacity.',
      500,
    ],
    InternalError: ['An internal error has occurred', 500],
    UnauthorizedOperation: ['You are not authorized to perform this operation.', 403],
  };

/** A request, or its answer, on its way. */
async function travel(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds);
}

function errorOf(failure: Exclude<Failure, 'AnswerLost'>): AwsError {
  if (typeof failure === 'object') return new AwsError(failure.code, failure.message, failure.status);
  const [message, status] = SENTENCES[failure];
  return new AwsError(failure, message, status);
}

/** Creates, changes, reads and deletes what is in the account, with the delays and failures that were planned. */
export class Operations {
  readonly #options: ProviderOptions;
  /** The provider's own region; a resource may name another. */
  region = '';

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  context(inputs: Values, name: string): Context {
    const { cloud, machines } = this.#options;
    return { cloud, machines, name, region: text(inputs, 'region') || this.region };
  }

  async create(target: Target, inputs: Values): Promise<Resource> {
    const kind = kindOf(target.type);
    const context = this.context(inputs, target.name);
    return await this.#call('create', kind, target, '', async () => {
      kind.admit?.(inputs, context);
      const id = kind.id(inputs, context);
      const resource = { ...target, id, inputs, outputs: outputsOf(kind, target.type, inputs, id, context) };
      context.cloud.put(resource);
      try {
        await kind.made?.(resource, context);
      } catch (error) {
        context.cloud.remove(target.type, id);
        throw error;
      }
      return resource;
    });
  }

  async update(target: Target, id: string, inputs: Values): Promise<Resource> {
    const kind = kindOf(target.type);
    const context = this.context(inputs, target.name);
    return await this.#call('update', kind, target, id, async () => {
      const before = context.cloud.find(target.type, id);
      if (!before) throw new AwsError('NotFound', `${id} does not exist`, 404);
      kind.admit?.(inputs, context, before);
      const resource = { ...target, id, inputs, outputs: outputsOf(kind, target.type, inputs, id, context, before) };
      context.cloud.put(resource);
      await kind.changed?.(resource, context, before);
      return resource;
    });
  }

  /** What is not there is deleted already. `inputs` are the last that the engine knows. */
  async delete(target: Target, id: string, inputs: Values): Promise<void> {
    const kind = kindOf(target.type);
    const context = this.context(inputs, target.name);
    await this.#call('delete', kind, target, id, async () => {
      const resource = context.cloud.find(target.type, id);
      if (!resource) return undefined;
      kind.dismiss?.(resource, context);
      context.cloud.remove(target.type, id);
      await kind.gone?.(resource, context);
      return undefined;
    });
  }

  async read(target: Target, id: string): Promise<Resource | undefined> {
    return await this.#call('read', kindOf(target.type), target, id, async () =>
      this.#options.cloud.find(target.type, id),
    );
  }

  async #call<T extends Resource | undefined>(
    action: Action,
    kind: Kind,
    target: Target,
    id: string,
    run: () => Promise<T>,
  ): Promise<T> {
    const { cloud, failures, latency } = this.#options;
    const { type, name, urn } = target;
    const log = { action, type, name, urn };
    cloud.record({ ...log, phase: 'begin', id });
    await failures?.pass(type, action);
    const oneWay = (latency?.(type, action, name) ?? 0) / 2;
    await travel(oneWay);
    try {
      for (let attempt = 1; ; attempt++) {
        const failure = failures?.take(type, action, name);
        if (failure === 'Throttling' && attempt < ATTEMPTS) {
          cloud.record({ ...log, phase: 'retry', id, error: 'Throttling: Rate exceeded' });
          continue;
        }
        if (failure !== undefined && failure !== 'AnswerLost') throw errorOf(failure);
        const done = await run();
        await travel(oneWay);
        if (failure === 'AnswerLost') throw new LabError('request send failed, read: connection reset by peer');
        cloud.record({ ...log, phase: 'end', id: done?.id ?? id });
        return done;
      }
    } catch (error) {
      const message = worded(action, kind, id, error);
      cloud.record({ ...log, phase: 'fail', id, error: message });
      throw new LabError(message, { cause: error });
    }
  }
}

/** As Pulumi's AWS provider prints it. */
function worded(action: Action, kind: Kind, id: string, error: unknown): string {
  const { service } = kind.api;
  const operation = `${service}: ${action === 'read' ? 'Describe' : kind.api[action]}`;
  const what = `${action.replace(/e?$/, 'ing')} ${kind.title}${id ? ` (${id})` : ''}`;
  if (error instanceof AwsError) return `1 error occurred:\n\t* ${what}: ${error.describe(operation)}\n\n`;
  return `1 error occurred:\n\t* ${what}: operation error ${operation}: ${error instanceof Error ? error.message : String(error)}\n\n`;
}

/** Every property of a resource: what AWS made up over what was asked for; only what the schema has. */
function outputsOf(kind: Kind, type: string, inputs: Values, id: string, context: Context, current?: Resource): Values {
  const schema = resourceSchema(type).outputs;
  const all: Values = { region: context.region, ...inputs, ...kind.outputs?.(inputs, id, context, current) };
  return Object.fromEntries(Object.entries(all).filter(([name]) => propertyOf(schema, name)));
}
