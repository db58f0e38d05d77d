import type { CodeBuilder } from './code-builder.ts';
import { asNode, fieldSchema, hasRange, isAbsentable, isGroup, rangeForm, sizeForm } from './constraints.ts';
import type {
  Additions,
  CharacterStringNode,
  ChoiceNode,
  Fields,
  IntegerNode,
  Schema,
  SequenceNode,
  SequenceOfNode,
  SizeRange,
} from './schema.ts';
import { nullType } from './schema.ts';

/*
 * Source of a decoder: for each type an expression over the reader `r`, for each constructed type a function. The
 * generated functions are straight-line code over one object shape a type, which a walk over the schema cannot be.
 */

/** An expression that reads a value of `node`. */
export function decodeExpression(code: CodeBuilder, schema: Schema<unknown>): string {
  const node = asNode(schema);
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return 'r.bit() === 1';
    case 'integer':
      return integerExpression(node);
    case 'enumerated': {
      const root = `${code.constant(node.root)}[${rangeExpression(0, node.root.length - 1)}]`;
      if (node.additions === undefined) return root;
      return `(r.bit() === 1 ? r.enumeralAddition(${code.constant(node.additions)}) : ${root})`;
    }
    case 'bitString':
      return sized(
        node.size,
        16,
        (n, aligned) => `r.fixedBits(${n}, ${aligned})`,
        (min, max) => `r.generalBits(${min}, ${max})`,
      );
    case 'octetString':
      return sized(
        node.size,
        2,
        (n, aligned) => `r.fixedOctets(${n}, ${aligned})`,
        (min, max) => `r.generalOctets(${min}, ${max})`,
      );
    case 'characterString':
      return characterExpression(code, node);
    case 'objectIdentifier':
      return 'r.objectIdentifier()';
    case 'openType':
      if (node.contents === undefined) return 'r.generalOctets(0, Infinity)';
      return `${code.functionFor('decodeContaining', node, () => containing(code, node.contents ?? nullType))}(r)`;
    case 'lazy':
      return `${code.functionFor('decodeNested', node, () => nested(code, node.target()))}(r)`;
    case 'sequence':
      return `${code.functionFor('decodeSequence', node, () => sequenceBody(code, node))}(r)`;
    case 'sequenceOf':
      return `${code.functionFor('decodeSequenceOf', node, () => sequenceOfBody(code, node))}(r)`;
    case 'choice':
      return `${code.functionFor('decodeChoice', node, () => choiceBody(code, node))}(r)`;
  }
}

const containing = (code: CodeBuilder, contents: Schema<unknown>): string =>
  `(r) { const outer = r.open(); const value = ${decodeExpression(code, contents)}; r.close(outer); return value; }`;

const nested = (code: CodeBuilder, target: Schema<unknown>): string =>
  `(r) { r.enter(); const value = ${decodeExpression(code, target)}; r.leave(); return value; }`;

/** Constrained whole number (X.691 clause 11.5). */
function rangeExpression(min: number, max: number): string {
  const form = rangeForm(min, max);
  switch (form.kind) {
    case 'single':
      return `${min}`;
    case 'bits':
      return `r.bounded(${form.width}, ${min}, ${max})`;
    case 'octets':
      return `r.octets(${form.count}, ${min}, ${max})`;
    case 'wide':
      return `r.wide(${form.width}, ${min}, ${max})`;
  }
}

function integerExpression(node: IntegerNode): string {
  if (node.big) return 'r.unconstrainedBig()';
  const root = hasRange(node)
    ? rangeExpression(node.min, node.max)
    : node.min !== undefined
      ? `r.semiConstrained(${node.min})`
      : node.max !== undefined
        ? `r.atMost(${node.max})`
        : 'r.unconstrained()';
  return node.extensible ? `(r.bit() === 1 ? r.unconstrained() : ${root})` : root;
}

/**
 * A value with a SIZE: of a fixed or bounded number of units, or behind a general length. Short fixed values (up to
 * `unaligned` units) are not aligned.
 */
function sized(
  size: SizeRange,
  unaligned: number,
  fixed: (length: string, aligned: boolean) => string,
  general: (min: string, max: string) => string,
): string {
  const form = sizeForm(size);
  const root =
    form.kind === 'fixed'
      ? fixed(`${form.length}`, form.length > unaligned)
      : form.kind === 'bounded'
        ? fixed(rangeExpression(form.min, form.max), true)
        : general(`${size.min}`, `${size.max ?? 'Infinity'}`);
  return size.extensible ? `(r.bit() === 1 ? ${general('0', 'Infinity')} : ${root})` : root;
}

function characterExpression(code: CodeBuilder, node: CharacterStringNode): string {
  const traits = `${node.lowest}, ${node.highest}, ${code.optionalConstant(node.alphabet)}, ${code.characterCheck(node)}`;
  const width = node.bits === 0 ? 8 : node.bits;
  const form = sizeForm(node.size);
  const general = (min: string, max: string) => `r.generalCharacters(${min}, ${max}, ${width}, ${traits})`;
  if (node.bits === 0) return general('0', 'Infinity');
  // Clause 30.5.6 and 7: aligned unless a fixed size is at most, or a bounded one less than, 16 bits.
  return sized(
    node.size,
    16 / width,
    (length, aligned) =>
      `r.characters(${length}, ${width}, ${form.kind === 'bounded' ? form.max * width >= 16 : aligned}, ${traits})`,
    general,
  );
}

function sequenceOfBody(code: CodeBuilder, node: SequenceOfNode): string {
  const element = decodeExpression(code, node.element);
  // `i` names the element in errors, and is -1 outside of one.
  const loop = (count: string) =>
    `const n = ${count}; r.count(n); for (let k = 0; k < n; k++) { i = list.length; list.push(${element}); } i = -1;`;
  // Elements have lengths of their own, so what was read of this one is kept before they are read.
  const general = (min: number, max: string) =>
    `for (let more = true; more; ) { const length = r.length(); more = r.more; ${loop('length')} } r.checkSize(list.length, ${min}, ${max});`;
  const form = sizeForm(node.size);
  const root =
    form.kind === 'fixed'
      ? loop(`${form.length}`)
      : form.kind === 'bounded'
        ? loop(rangeExpression(form.min, form.max))
        : general(node.size.min, `${node.size.max ?? 'Infinity'}`);
  const body = node.size.extensible ? `if (r.bit() === 1) { ${general(0, 'Infinity')} } else { ${root} }` : root;
  return `(r) { const list = []; let i = -1; try { ${body} } catch (e) { throw i < 0 ? e : r.within(e, '[' + i + ']'); } return list; }`;
}

function choiceBody(code: CodeBuilder, node: ChoiceNode): string {
  const alternative = (name: string, value: string) =>
    `f = ${JSON.stringify(name)}; return { kind: f, value: ${value} };`;
  const root = Object.entries(node.root).map(
    ([name, schema], i) => `case ${i}: ${alternative(name, decodeExpression(code, schema))}`,
  );
  const select = `switch (${rangeExpression(0, root.length - 1)}) { ${root.join(' ')} }`;
  const wrapped = (inner: string) =>
    `(r) { let f = ''; try { ${inner} } catch (e) { throw f === '' ? e : r.within(e, f); } }`;
  if (node.additions === undefined) return wrapped(select);
  const additions = Object.entries(node.additions).map(
    ([name, schema], i) =>
      `case ${i}: { f = ${JSON.stringify(name)}; const outer = r.open(); const value = ${decodeExpression(code, schema)}; r.close(outer); return { kind: f, value }; }`,
  );
  return wrapped(
    `if (r.bit() === 1) { const index = r.small(); switch (index) { ${additions.join(' ')} default: return { kind: 'unknownExtension', value: { index, bytes: r.generalOctets(0, Infinity) } }; } } ${select}`,
  );
}

function sequenceBody(code: CodeBuilder, node: SequenceNode): string {
  const lines: string[] = [];
  if (node.additions !== undefined) lines.push('const extended = r.bit() === 1;');
  readFields(code, node.fields, lines, true);
  if (node.additions !== undefined) lines.push(`if (extended) { ${readAdditions(code, node.additions)} }`);
  return `(r) { let f = ''; try { ${lines.join('\n')} return v; } catch (e) { throw f === '' ? e : r.within(e, f); } }`;
}

/** Statements that fetch the first 32 bits of a bitmap, which are tested without a call each. */
const maskOf = (map: string, count: string): string[] => [`const ${map}Mask = r.mask(${map}, ${count});`];

const isSet = (map: string, index: number): string =>
  index < 32 ? `(${map}Mask << ${index}) < 0` : `r.isSet(${map}, ${index})`;

/** Root components: their presence bits, the mandatory ones as an object, the others added to it. */
function readFields(code: CodeBuilder, fields: Fields, lines: string[], makeObject: boolean): void {
  const slots = Object.keys(fields).filter((name) => isAbsentable(fields[name] ?? nullType));
  if (slots.length > 0)
    lines.push(`const present = r.bitmap(${slots.length});`, ...maskOf('present', `${slots.length}`));
  const mandatory: string[] = [];
  const later: string[] = [];
  Object.entries(fields).forEach(([name, field], i) => {
    const key = JSON.stringify(name);
    const value = decodeExpression(code, fieldSchema(field));
    if (!('presence' in field)) {
      lines.push(`f = ${key}; const v${i} = ${value};`);
      if (makeObject) mandatory.push(`${key}: v${i}`);
      else later.push(`v[${key}] = v${i};`);
      return;
    }
    lines.push(`let v${i}; if (${isSet('present', slots.indexOf(name))}) { f = ${key}; v${i} = ${value}; }`);
    const fallback = field.presence === 'default' ? ` else v[${key}] = ${code.constant(field.value)};` : '';
    later.push(`if (v${i} !== undefined) v[${key}] = v${i};${fallback}`);
  });
  if (makeObject) lines.push(`const v = { ${mandatory.join(', ')} };`);
  lines.push(...later);
}

/** Extension additions (clause 19.7 to 9), and the record of a sender whose version of the type differs. */
function readAdditions(code: CodeBuilder, additions: Additions): string {
  const entries = Object.entries(additions);
  const lines = [
    'f = "";',
    'const count = r.smallLength();',
    'const map = r.bitmap(count);',
    ...maskOf('map', 'count'),
    'let any = false;',
  ];
  entries.forEach(([name, addition], i) => {
    lines.push(
      `if (${i < 32 ? '' : `${i} < count && `}${isSet('map', i)}) { any = true; f = ${JSON.stringify(name)}; const outer = r.open();`,
    );
    if (isGroup(addition)) readFields(code, addition.fields, lines, false);
    else lines.push(`v[${JSON.stringify(name)}] = ${decodeExpression(code, fieldSchema(addition))};`);
    lines.push('r.close(outer); }');
  });
  const known = entries.length;
  lines.push(
    `if (count !== ${known} || !any) { const unknown = []; f = "(unknown extension)";`,
    `for (let i = ${known}; i < count; i++) if (r.isSet(map, i)) {`,
    'r.count(1); unknown.push({ index: i, bytes: r.generalOctets(0, Infinity) }); }',
    'v[EXTENSIONS] = { count, unknown }; }',
  );
  return lines.join('\n');
}
