import { diffLines, hunksOf } from './line-diff.ts';
import { isValues, type PlannedValue, type PlannedValues } from './plan.ts';
import { OUTPUTS, type Snapshot, yamlOf } from './snapshot.ts';
import type { Paint } from './terminal.ts';

/** Something of a resource that is not what it was; `undefined` where it is not there. */
export interface ChangedField {
  /** An input or output by its own name; what else there is of a resource in brackets, such as `[protect]`. */
  readonly name: string;
  readonly before: PlannedValue | undefined;
  readonly after: PlannedValue | undefined;
}

/** A resource, or the stack's outputs, of which two snapshots say different things. */
export interface Difference {
  readonly kind: 'added' | 'removed' | 'changed';
  /** As in the snapshot. */
  readonly key: string;
  readonly fields: readonly ChangedField[];
}

/** What is different, in the order of `after`; what was removed comes last. */
export function differences(before: Snapshot, after: Snapshot): readonly Difference[] {
  const compared = (kind: Difference['kind'], key: string): Difference => {
    const [old, fresh] = [before, after].map((snapshot) => {
      const entry = snapshot.get(key) ?? {};
      return key === OUTPUTS ? { inputs: entry } : entry;
    });
    return { kind, key, fields: changedFields(old ?? {}, fresh ?? {}) };
  };
  const now = [...after.keys()].map((key) => compared(before.has(key) ? 'changed' : 'added', key));
  const gone = [...before.keys()].filter((key) => !after.has(key)).map((key) => compared('removed', key));
  return [...now.filter(({ kind, fields }) => kind === 'added' || fields.length > 0), ...gone];
}

function changedFields(before: PlannedValues, after: PlannedValues): ChangedField[] {
  const [old, fresh] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .map((name) => ({ name, before: old.get(name), after: fresh.get(name) }))
    .filter(({ before: was, after: is }) => !isSame(was, is));
}

const fieldsOf = ({ inputs, ...options }: PlannedValues): ReadonlyMap<string, PlannedValue> =>
  new Map([
    ...Object.entries(options).map(([name, value]) => [`[${name}]`, value] as const),
    ...Object.entries(isValues(inputs) ? inputs : {}),
  ]);

/** The order of keys says nothing. */
function isSame(a: PlannedValue | undefined, b: PlannedValue | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, at) => isSame(value, b[at]));
  if (!isValues(a) || !isValues(b)) return Object.is(a, b);
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;

interface Line {
  readonly sign: '+' | '-' | '~' | ' ';
  readonly text: string;
}

/** Unchanged lines around a change. */
const CONTEXT = 3;

/** For people: a paragraph a resource, with its changed lines under `-` and `+`, and a summary. */
export function differencesText(found: readonly Difference[], paint: Paint): string {
  if (found.length === 0) return 'No differences.\n';
  const paragraphs = found.map(({ kind, key, fields }) => {
    const title = painted(
      {
        sign: SIGNS[kind],
        text: `${paint('bold', titleOf(key))}${kind === 'changed' ? replacement(key, fields) : ''}`,
      },
      paint,
    );
    const lines = { added: fields.map(addedLine), removed: [], changed: fields.flatMap(changedLines) }[kind];
    return [title, ...lines.map((line) => `    ${painted(line, paint)}`)].map((line) => `${line.trimEnd()}\n`).join('');
  });
  const count = (kind: Difference['kind']): string => `${found.filter((one) => one.kind === kind).length} ${kind}`;
  const replaced = found.filter(
    ({ kind, key, fields }) => kind === 'changed' && replacement(key, fields) !== '',
  ).length;
  const hosts = replaced === 0 ? '' : ` (${replaced} by being replaced)`;
  return `${paragraphs.join('\n')}\n${count('added')}, ${count('changed')}${hosts}, ${count('removed')}\n`;
}

/** Inputs by which EC2 does not change a machine: another one takes its place. The instance type only stops and starts it. */
const REPLACING: readonly string[] = ['ami', 'userData', 'primaryNetworkInterface'];

function replacement(key: string, fields: readonly ChangedField[]): string {
  if (!key.includes('aws:ec2/instance:Instance::')) return '';
  const names = fields.map(({ name }) => name).filter((name) => REPLACING.includes(name));
  return names.length === 0 ? '' : ` [replaced: ${names.join(', ')}]`;
}

function titleOf(key: string): string {
  const [type = '', name = ''] = key.split('::');
  return key === OUTPUTS ? 'outputs of the stack' : `${type.split('$').at(-1)} ${name}`;
}

function painted({ sign, text }: Line, paint: Paint): string {
  const line = `${sign} ${text}`;
  if (sign === '+') return paint('green', line);
  if (sign === '-') return paint('red', line);
  return sign === '~' ? paint('yellow', line) : line;
}

const added = (text: string): Line => ({ sign: '+', text });

function addedLine({ name, after = null }: ChangedField): Line {
  const [first = '', ...others] = linesOf(after);
  return added(`${name}: ${others.length > 0 ? `… ${others.length + 1} lines` : first}`);
}

function changedLines({ name, before, after }: ChangedField): Line[] {
  const old = before === undefined ? [] : linesOf(before);
  const fresh = after === undefined ? [] : linesOf(after);
  if (old.length <= 1 && fresh.length <= 1)
    return [
      ...old.map((text): Line => ({ sign: '-', text: `${name}: ${text}` })),
      ...fresh.map((text) => added(`${name}: ${text}`)),
    ];
  return [
    { sign: ' ', text: `${name}:` },
    ...hunksOf(diffLines(old, fresh), CONTEXT).flatMap(({ before: from, after: to, lines }): Line[] => [
      { sign: ' ', text: `  @@ -${from} +${to} @@` },
      ...lines.map(({ sign, text }): Line => ({ sign, text: `  ${text}` })),
    ]),
  ];
}

/** A text as its own lines, anything else as YAML's. */
const linesOf = (value: PlannedValue): string[] =>
  (typeof value === 'string' && value.includes('\n') ? value : yamlOf(value)).replace(/\n$/, '').split('\n');
