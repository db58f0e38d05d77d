/**
 * What a value is after a journey: two values of a type have the same normal form exactly where they mean the same.
 * Written from the documentation of schema.ts, not from the codec: defaults of the root are filled in; additions that
 * equal their default, and groups that have nothing else, are absent; octets are hex.
 */
import { asNode, fieldSchema, isGroup } from '../../runtime/asn1/constraints.ts';
import { type Additions, EXTENSIONS, type Field, type Schema, type SequenceNode } from '../../runtime/asn1/index.ts';

function property(value: unknown, key: string | symbol): unknown {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${String(value)} is no object`);
  return Reflect.get(value, key);
}

function hex(value: unknown): string {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${String(value)} is no octets`);
  return Buffer.from(value).toString('hex');
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${String(value)} is no list`);
  return value;
}

/** The normal form of a valid value. Throws a TypeError where `value` has another shape than `schema`. */
export function normalForm(schema: Schema<unknown>, value: unknown): unknown {
  const node = asNode(schema);
  switch (node.kind) {
    case 'null':
    case 'boolean':
    case 'integer':
    case 'enumerated':
    case 'characterString':
    case 'objectIdentifier':
      return value;
    case 'bitString':
      return { hex: hex(property(value, 'bytes')), bitLength: property(value, 'bitLength') };
    case 'octetString':
      return hex(value);
    case 'openType':
      return node.contents === undefined ? hex(value) : normalForm(node.contents, value);
    case 'lazy':
      return normalForm(node.target(), value);
    case 'sequenceOf':
      return list(value).map((element) => normalForm(node.element, element));
    case 'sequence':
      return sequenceForm(node, value);
    case 'choice': {
      const [kind, content] = [property(value, 'kind'), property(value, 'value')];
      const alternative = typeof kind === 'string' ? { ...node.root, ...node.additions }[kind] : undefined;
      if (alternative !== undefined) return { kind, value: normalForm(alternative, content) };
      return { kind, index: property(content, 'index'), bytes: hex(property(content, 'bytes')) };
    }
  }
}

function sequenceForm(node: SequenceNode, value: unknown): unknown {
  const form: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(node.fields)) fill(form, name, field, value);
  if (node.additions === undefined) return form;
  const present = Object.entries(node.additions).map(([name, addition]) => add(form, name, addition, value));
  return { ...form, ...recordForm(present, property(value, EXTENSIONS)) };
}

/** Puts a component of the root or of a group that is there. */
function fill(form: Record<string, unknown>, name: string, field: Field, value: unknown): void {
  const own = property(value, name);
  const content = own === undefined && 'presence' in field && field.presence === 'default' ? field.value : own;
  if (content !== undefined) form[name] = normalForm(fieldSchema(field), content);
}

/** Whether the component `name` of a sequence's value takes any octets: it is there, and not what its absence means. */
export function isWritten(name: string, field: Field, value: unknown): boolean {
  const own = property(value, name);
  return own !== undefined && !('presence' in field && field.presence === 'default' && own === field.value);
}

/** Puts an addition, where it is there; says whether. */
function add(form: Record<string, unknown>, name: string, addition: Additions[string], value: unknown): boolean {
  const fields: [string, Field][] = isGroup(addition) ? Object.entries(addition.fields) : [[name, addition]];
  if (!fields.some(([inner, field]) => isWritten(inner, field, value))) return false;
  for (const [inner, field] of fields) fill(form, inner, field, value);
  return true;
}

/** Another sender's bitmap: kept where its length is not ours, or where it names no addition of ours and no other. */
function recordForm(present: readonly boolean[], record: unknown): Record<string, unknown> {
  if (record === undefined) return {};
  const count = Math.max(Number(property(record, 'count')), present.lastIndexOf(true) + 1);
  if (count === present.length && present.includes(true)) return {};
  const unknown = list(property(record, 'unknown')).map((entry) => ({
    index: property(entry, 'index'),
    bytes: hex(property(entry, 'bytes')),
  }));
  return { '(record)': { count, unknown } };
}
