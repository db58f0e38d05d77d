import type { CodeBuilder } from './code-builder.ts';
import { asNode, fieldSchema, hasRange, isAbsentable, isGroup, rangeForm, sizeForm } from './constraints.ts';
import type {
  Additions,
  CharacterStringNode,
  ChoiceNode,
  EnumeratedNode,
  Fields,
  IntegerNode,
  Schema,
  SequenceNode,
  SequenceOfNode,
  SizeRange,
} from './schema.ts';
import { nullType } from './schema.ts';

/*
 * Source of an encoder: the mirror of decode-source.ts, as statements over the writer `w`.
 */

/** Statements that write the value of the expression `v`. */
export function encodeStatement(code: CodeBuilder, schema: Schema<unknown>, v: string): string {
  const node = asNode(schema);
  const call = (prefix: string, body: () => string) => `${code.functionFor(prefix, node, body)}(w, ${v});`;
  switch (node.kind) {
    case 'null':
      return '';
    case 'boolean':
      return `if (typeof ${v} !== 'boolean') w.fail('no boolean'); w.bit(${v});`;
    case 'integer':
      return integerStatement(node, v);
    case 'enumerated':
      return call('encodeEnumerated', () => enumeratedBody(code, node));
    case 'bitString':
      return `if (!(${v}?.bytes instanceof Uint8Array)) w.fail('no bit string'); ${sized(
        node.size,
        16,
        `${v}.bitLength`,
        (aligned) => `w.fixedBits(${v}, ${aligned});`,
        `w.generalBits(${v});`,
      )}`;
    case 'octetString':
      return `${octetsCheck(v)} ${sized(
        node.size,
        2,
        `${v}.length`,
        (aligned) => `w.fixedOctets(${v}, ${aligned});`,
        `w.generalOctets(${v});`,
      )}`;
    case 'characterString':
      return characterStatement(code, node, v);
    case 'objectIdentifier':
      return `w.objectIdentifier(${v});`;
    case 'openType':
      if (node.contents === undefined) return `${octetsCheck(v)} w.generalOctets(${v});`;
      return call(
        'encodeContaining',
        () => `(w, v) { ${inOpenType(encodeStatement(code, node.contents ?? nullType, 'v'))} }`,
      );
    case 'lazy':
      return call('encodeNested', () => `(w, v) { ${encodeStatement(code, node.target(), 'v')} }`);
    case 'sequence':
      return call('encodeSequence', () => sequenceBody(code, node));
    case 'sequenceOf':
      return call('encodeSequenceOf', () => sequenceOfBody(code, node));
    case 'choice':
      return call('encodeChoice', () => choiceBody(code, node));
  }
}

const octetsCheck = (v: string): string => `if (!(${v} instanceof Uint8Array)) w.fail('no octets');`;

const inOpenType = (statement: string): string => `const start = w.open(); ${statement} w.close(start);`;

/** Constrained whole number (X.691 clause 11.5). */
function rangeStatement(min: number, max: number, v: string): string {
  const form = rangeForm(min, max);
  switch (form.kind) {
    case 'single':
      return `w.integer(${v}, ${min}, ${max});`;
    case 'bits':
      return `w.bounded(${v}, ${form.width}, ${min}, ${max});`;
    case 'octets':
      return `w.octets(${v}, ${form.count}, ${min}, ${max});`;
    case 'wide':
      return `w.wide(${v}, ${form.width}, ${min}, ${max});`;
  }
}

function integerStatement(node: IntegerNode, v: string): string {
  if (node.big) return `w.unconstrainedBig(${v});`;
  const root = hasRange(node)
    ? rangeStatement(node.min, node.max, v)
    : node.min !== undefined
      ? `w.semiConstrained(${v}, ${node.min});`
      : `w.unconstrained(${v}, ${node.max ?? Number.MAX_SAFE_INTEGER});`;
  if (!node.extensible) return root;
  const inside = `${v} >= ${node.min ?? -Infinity} && ${v} <= ${node.max ?? Infinity}`;
  return `if (${inside}) { w.bits(0, 1); ${root} } else { w.bits(1, 1); w.unconstrained(${v}, ${Number.MAX_SAFE_INTEGER}); }`;
}

function enumeratedBody(code: CodeBuilder, node: EnumeratedNode): string {
  const index = `const i = ${code.constant(node.root)}.indexOf(v);`;
  const root = rangeStatement(0, node.root.length - 1, 'i');
  if (node.additions === undefined)
    return `(w, v) { ${index} if (i < 0) w.fail("'" + v + "' is no enumeral of this type"); ${root} }`;
  return `(w, v) { ${index} if (i < 0) w.enumeralAddition(v, ${code.constant(node.additions)}); else { w.bits(0, 1); ${root} } }`;
}

/** The mirror of `sized` in decode-source.ts; `length` is the expression for the value's own size. */
function sized(
  size: SizeRange,
  unaligned: number,
  length: string,
  fixed: (aligned: boolean) => string,
  general: string,
): string {
  const form = sizeForm(size);
  const max = size.max ?? 'Infinity';
  const root =
    form.kind === 'fixed'
      ? fixed(form.length > unaligned)
      : form.kind === 'bounded'
        ? `${rangeStatement(form.min, form.max, length)} ${fixed(true)}`
        : general;
  if (!size.extensible) return `w.checkSize(${length}, ${size.min}, ${max}); ${root}`;
  return `if (${length} >= ${size.min} && ${length} <= ${max}) { w.bits(0, 1); ${root} } else { w.bits(1, 1); ${general} }`;
}

function characterStatement(code: CodeBuilder, node: CharacterStringNode, v: string): string {
  const width = node.bits === 0 ? 8 : node.bits;
  const traits = `${node.lowest}, ${node.highest}, ${code.optionalConstant(node.alphabet)}, ${code.characterCheck(node)}`;
  const form = sizeForm(node.size);
  const write = (from: string, to: string, aligned: boolean) =>
    `w.characters(${v}, ${from}, ${to}, ${width}, ${aligned}, ${traits})`;
  const general = `w.pieces(${v}.length, (from, to) => ${write('from', 'to', true)});`;
  return `if (typeof ${v} !== 'string') w.fail('no string'); ${sized(
    node.size,
    16 / width,
    `${v}.length`,
    (aligned) => `${write('0', `${v}.length`, form.kind === 'bounded' ? form.max * width >= 16 : aligned)};`,
    general,
  )}`;
}

function sequenceOfBody(code: CodeBuilder, node: SequenceOfNode): string {
  const loop = (from: string, to: string) =>
    `for (i = ${from}; i < ${to}; i++) { const e = v[i]; ${encodeStatement(code, node.element, 'e')} }`;
  const body = sized(
    node.size,
    0,
    'v.length',
    () => loop('0', 'v.length'),
    `w.pieces(v.length, (from, to) => { ${loop('from', 'to')} });`,
  );
  return `(w, v) { if (!Array.isArray(v)) w.fail('no list'); let i = -1; try { ${body} } catch (e) { throw i < 0 ? e : w.within(e, '[' + i + ']'); } }`;
}

function choiceBody(code: CodeBuilder, node: ChoiceNode): string {
  const marker = node.additions === undefined ? '' : 'w.bits(0, 1);';
  const root = Object.entries(node.root).map(([name, schema], i, { length }) => {
    const index = rangeStatement(0, length - 1, `${i}`);
    return `case ${JSON.stringify(name)}: ${marker} ${index} ${encodeStatement(code, schema, 'v.value')} return;`;
  });
  const additions = Object.entries(node.additions ?? {}).map(
    ([name, schema], i) =>
      `case ${JSON.stringify(name)}: { w.bits(1, 1); w.small(${i}); ${inOpenType(encodeStatement(code, schema, 'v.value'))} return; }`,
  );
  if (node.additions !== undefined) additions.push("case 'unknownExtension': w.unknownAlternative(v.value); return;");
  return `(w, v) { if (typeof v !== 'object' || v === null) w.fail('no value'); try { switch (v.kind) { ${[...root, ...additions].join('\n')}
    default: w.fail("no alternative '" + v.kind + "'"); } } catch (e) { throw w.within(e, String(v.kind)); } }`;
}

function sequenceBody(code: CodeBuilder, node: SequenceNode): string {
  const lines: string[] = [];
  if (node.additions !== undefined) lines.push(...additionCount(code, node.additions), 'w.bit(count > 0);');
  writeFields(code, node.fields, lines);
  if (node.additions !== undefined) lines.push('if (count > 0) {', ...writeAdditions(code, node.additions), '}');
  return `(w, v) { if (typeof v !== 'object' || v === null) w.fail('no value'); let f = ''; try { ${lines.join('\n')} } catch (e) { throw f === '' ? e : w.within(e, f); } }`;
}

const property = (name: string): string => `v[${JSON.stringify(name)}]`;

/** True where a component is to be written: present, and not equal to its default. */
function presence(code: CodeBuilder, name: string, field: Fields[string]): string {
  const isDefault = 'presence' in field && field.presence === 'default';
  const differs = isDefault ? ` && ${property(name)} !== ${code.constant(field.value)}` : '';
  return `${property(name)} !== undefined${differs}`;
}

function writeFields(code: CodeBuilder, fields: Fields, lines: string[]): void {
  const entries = Object.entries(fields);
  for (const [name, field] of entries) if (isAbsentable(field)) lines.push(`w.bit(${presence(code, name, field)});`);
  for (const [name, field] of entries) {
    const write = `f = ${JSON.stringify(name)}; { const x = ${property(name)}; ${encodeStatement(code, fieldSchema(field), 'x')} }`;
    if (isAbsentable(field)) lines.push(`if (${presence(code, name, field)}) { ${write} }`);
    else lines.push(`f = ${JSON.stringify(name)}; if (${property(name)} === undefined) w.fail('missing');`, write);
  }
}

/** True where an addition, or any component of a group, is to be written. */
function additionPresence(code: CodeBuilder, name: string, addition: Additions[string]): string {
  if (!isGroup(addition)) return presence(code, name, addition);
  return `(${Object.entries(addition.fields)
    .map(([inner, field]) => presence(code, inner, field))
    .join(' || ')})`;
}

/**
 * The length of the extension bitmap: that of this schema, or of the sender of a decoded value where it differs, but
 * never too short for an addition that is there. None where there is nothing to extend with.
 */
function additionCount(code: CodeBuilder, additions: Additions): string[] {
  const entries = Object.entries(additions);
  const lines = ['const record = v[EXTENSIONS]; let needed = 0;'];
  entries.forEach(([name, addition], i) => {
    lines.push(`if (${additionPresence(code, name, addition)}) needed = ${i + 1};`);
  });
  lines.push(
    `const count = record !== undefined ? Math.max(record.count, needed) : needed > 0 ? ${entries.length} : 0;`,
  );
  return lines;
}

function writeAdditions(code: CodeBuilder, additions: Additions): string[] {
  const entries = Object.entries(additions);
  const lines = ['f = "";', 'w.smallLength(count);'];
  entries.forEach(([name, addition], i) => {
    lines.push(`if (${i} < count) w.bit(${additionPresence(code, name, addition)});`);
  });
  lines.push(`if (record !== undefined) w.unknownBits(record, ${entries.length}, count);`);
  for (const [name, addition] of entries) {
    const inner: string[] = [];
    if (isGroup(addition)) writeFields(code, addition.fields, inner);
    else inner.push(`const x = ${property(name)}; ${encodeStatement(code, fieldSchema(addition), 'x')}`);
    lines.push(
      `if (${additionPresence(code, name, addition)}) { f = ${JSON.stringify(name)}; ${inOpenType(inner.join('\n'))} }`,
    );
  }
  lines.push(
    `if (record !== undefined) { f = "(unknown extension)"; for (const u of record.unknown) w.generalOctets(u.bytes); }`,
  );
  return lines;
}
