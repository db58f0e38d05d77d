import { SECRET_VALUE, StackConfigError, type StackConfigProblem } from './errors.ts';
import {
  aboutKey,
  CONTACT_NAMES,
  fullKey,
  KEY_NAMES,
  type KeyName,
  PROJECT,
  type StackValues,
  stackSchema,
} from './keys.ts';
import { nearMiss } from './near-miss.ts';
import { findings } from './rules.ts';

/** Texts by full key, as `pulumi.runtime.allConfig()` gives them; lists and objects are JSON. */
export type ConfigTexts = Readonly<Record<string, string>>;

const FULL_KEYS: readonly string[] = KEY_NAMES.map(fullKey);
const MAY_BE_SECRET: ReadonlySet<KeyName> = new Set(CONTACT_NAMES);

/**
 * Checks a stack's configuration: every key, then all of them together.
 * @param secretKeys full keys whose values are secret
 * @throws StackConfigError with all that is wrong, in the order of the table
 */
export function checkedValues(stack: string, texts: ConfigTexts, secretKeys: readonly string[]): StackValues {
  const secret = new Set(secretKeys);
  const textOf = (key: string): string | undefined => (Object.hasOwn(texts, key) ? texts[key] : undefined);
  const withDefaults = (names: readonly KeyName[]) =>
    Object.fromEntries(names.map((name) => [name, textOf(fullKey(name)) ?? aboutKey(name).default]));
  const problem = (key: string, message: string): StackConfigProblem => {
    const text = textOf(key);
    return { key, value: text !== undefined && secret.has(key) ? SECRET_VALUE : text, message };
  };

  const messages = new Map<KeyName, string[]>();
  const add = (name: KeyName, message: string): void => {
    const known = messages.get(name) ?? [];
    if (!known.includes(message)) messages.set(name, [...known, message]);
  };

  // A reason may quote the value, so a key that must not be secret, and is, is read no further.
  for (const name of KEY_NAMES)
    if (secret.has(fullKey(name)) && !MAY_BE_SECRET.has(name))
      add(name, 'must not be secret: plans and reviews show it; only contacts may be');
  const readable = KEY_NAMES.filter((name) => !messages.has(name));
  const readableTexts = withDefaults(readable);
  for (const name of readable) {
    const { error } = stackSchema.shape[name].safeParse(readableTexts[name]);
    for (const { code, message } of error?.issues ?? [])
      add(name, `must be ${aboutKey(name).allowed}${code === 'custom' ? `; ${message}` : ''}`);
  }
  const right = readable.filter((name) => !messages.has(name));
  const values = stackSchema.partial().parse(withDefaults(right));
  const isGiven = (name: KeyName): boolean => textOf(fullKey(name)) !== undefined;
  for (const { name, message } of findings({ stack, values, isGiven })) add(name, message);

  const problems = [
    ...KEY_NAMES.flatMap((name) => (messages.get(name) ?? []).map((message) => problem(fullKey(name), message))),
    ...Object.keys(texts).flatMap((key) => {
      const message = unknownKey(key);
      return message === undefined ? [] : [problem(key, message)];
    }),
  ];
  if (problems.length > 0) throw new StackConfigError(stack, problems);
  return stackSchema.parse(withDefaults(KEY_NAMES));
}

/**
 * Keys of other namespaces belong to providers, unless the namespace is ours misspelt. Those of AWS would look as if they
 * did something (`aws:allowedAccountIds`), and do nothing: the program's provider is made from the region alone.
 */
function unknownKey(key: string): string | undefined {
  if (FULL_KEYS.includes(key)) return undefined;
  const [namespace = ''] = key.split(':');
  const name = key.slice(namespace.length + 1);
  if (namespace === 'aws') return `must be removed, it has no effect: of this namespace only aws:region is read`;
  if (namespace !== PROJECT && nearMiss(namespace, [PROJECT]) === undefined) return undefined;
  const meant = nearMiss(name, KEY_NAMES);
  return `must be removed, there is no such key${meant === undefined ? '' : `; did you mean ${fullKey(meant)}?`}`;
}
