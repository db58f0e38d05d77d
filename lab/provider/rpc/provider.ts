import type { Resource } from '../cloud/cloud.ts';
import { LabError } from '../errors.ts';
import type { ProviderOptions } from '../options.ts';
import { checkProperties, type Problem } from '../schema/check.ts';
import { type Change, conditionalReplacements, diffInputs } from '../schema/diff.ts';
import { isMadeUpName, named, nameProperty } from '../schema/naming.ts';
import { awsSchema, propertyOf, resourceSchema } from '../schema/schema.ts';
import { kindOf } from '../services/index.ts';
import { isMap, same, text, UNKNOWN, type Values } from '../values.ts';
import { invoke } from './functions.ts';
import { Operations, type Target } from './operations.ts';

export interface Checked {
  readonly inputs: Values;
  readonly problems: readonly Problem[];
}

export interface Difference {
  readonly changes: readonly Change[];
  readonly deleteBeforeReplace: boolean;
}

/** The AWS provider as the engine sees it, without the wire. */
export class Provider {
  readonly #options: ProviderOptions;
  readonly #operations: Operations;
  #defaultTags: Values = {};

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.#operations = new Operations(options);
  }

  /** @param config what an `aws.Provider` resource is given; other than texts arrive as JSON */
  checkConfig(config: Values): Checked {
    const problems: Problem[] = [];
    if (!text(config, 'region'))
      problems.push({
        property: 'region',
        reason: 'missing required configuration key "aws:region": the region where AWS operations will take place',
      });
    if (this.#options.credentials === 'absent' && config['skipCredentialsValidation'] !== 'true')
      problems.push({
        property: '',
        reason: 'unable to validate AWS credentials. Details: No valid credential sources found.',
      });
    return { inputs: config, problems };
  }

  /** Later calls are for this region and with these default tags: the engine configures before it uses. */
  configure(config: Values): void {
    this.#operations.region = text(config, 'region');
    const defaults = config['defaultTags'];
    const parsed: unknown = typeof defaults === 'string' && defaults !== '' ? JSON.parse(defaults) : defaults;
    const tags = typeof parsed === 'object' && parsed !== null && 'tags' in parsed ? parsed.tags : {};
    this.#defaultTags = Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [key, String(value)]));
  }

  /** @param seed makes names that the program leaves to Pulumi */
  check({ type, name }: Target, olds: Values, news: Values, seed: Uint8Array): Checked {
    const schema = resourceSchema(type);
    const problems = [
      ...checkProperties(schema.inputs, news),
      ...checkTags(news),
      ...(kindOf(type).check?.(news) ?? []),
    ];
    const inputs = named(schema, name, seed, olds, news);
    if (!propertyOf(schema.outputs, 'tagsAll')) return { inputs, problems };
    // The provider plans with all tags, so that other default tags are a change of every resource.
    const own = news['tags'] ?? {};
    const tagsAll = isMap(own) ? { ...this.#defaultTags, ...own } : own;
    return { inputs: { ...inputs, tagsAll }, problems };
  }

  diff({ type, name }: Target, olds: Values, news: Values): Difference {
    const schema = resourceSchema(type);
    const changes = diffInputs(type, olds, news, conditionalReplacements(type, olds, news));
    const property = nameProperty(schema);
    // A name that the program chose can be had once only.
    const taken =
      property !== undefined &&
      olds[property] !== undefined &&
      same(olds[property], news[property]) &&
      !isMadeUpName(text(news, property), name);
    return { changes, deleteBeforeReplace: taken && changes.some(({ replaces }) => replaces) };
  }

  /** What a new one would be like: what only AWS knows is unknown. */
  preview({ type }: Target, inputs: Values): Values {
    const { outputs } = resourceSchema(type);
    const made = Object.entries(outputs).filter(([key]) => !key.endsWith('?') && inputs[key] === undefined);
    const unknown = Object.fromEntries(made.map(([key]) => [key, UNKNOWN]));
    const known = Object.fromEntries(Object.entries(inputs).filter(([key]) => propertyOf(outputs, key)));
    return { ...unknown, region: this.#operations.context(inputs, '').region, ...known };
  }

  async create(target: Target, inputs: Values): Promise<Resource> {
    this.#needCredentials();
    return await this.#operations.create(target, inputs);
  }

  async update(target: Target, id: string, inputs: Values): Promise<Resource> {
    this.#needCredentials();
    return await this.#operations.update(target, id, inputs);
  }

  async delete(target: Target, id: string, inputs: Values): Promise<void> {
    this.#needCredentials();
    await this.#operations.delete(target, id, inputs);
  }

  async read(target: Target, id: string): Promise<Resource | undefined> {
    this.#needCredentials();
    return await this.#operations.read(target, id);
  }

  invoke(token: string, args: Values): { readonly result: Values; readonly problems: readonly Problem[] } {
    this.#needCredentials();
    const declared = awsSchema().functions[token];
    if (!declared)
      throw new LabError(
        `the stand-in AWS provider knows no function ${token}: add it to lab/provider/schema/types.ts`,
      );
    const problems = checkProperties(declared, args);
    return { problems, result: problems.length > 0 ? {} : invoke(token, args, this.#operations.context(args, '')) };
  }

  #needCredentials(): void {
    if (this.#options.credentials === 'absent')
      throw new LabError('unable to validate AWS credentials. Details: No valid credential sources found.');
  }
}

/** What AWS refuses of tags everywhere: its own prefix, and too long ones. */
function checkTags(inputs: Values): Problem[] {
  const tags = inputs['tags'];
  if (!isMap(tags)) return [];
  return Object.entries(tags).flatMap(([key, value]) => {
    const property = `tags.${key}`;
    if (key.toLowerCase().startsWith('aws:'))
      return [{ property, reason: `'${property}': keys with the prefix aws: are reserved` }];
    return key.length > 128 || String(value).length > 256
      ? [{ property, reason: `'${property}' is longer than 128 (key) or 256 (value) characters` }]
      : [];
  });
}
