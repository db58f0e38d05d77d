/** What a room without I/O may not use: sockets, timers, clocks, randomness, files, logs. */
import { isBuiltin } from 'node:module';
import ts from 'typescript';
import { type Import, lineAt, type Source } from './source.ts';

/** Parts of Node that only compute. */
const PURE_BUILTINS: ReadonlySet<string> = new Set(
  ['assert', 'assert/strict', 'buffer', 'crypto', 'path', 'path/posix', 'string_decoder', 'url', 'util', 'zlib'].map(
    (name) => `node:${name}`,
  ),
);

/** Packages that only compute, as far as these rooms use them; whoever adds one here has looked. */
const PURE_PACKAGES: ReadonlySet<string> = new Set([
  ...['@peculiar/asn1-schema', '@peculiar/asn1-x509', '@peculiar/x509', 'reflect-metadata'],
  'fflate',
  'handlebars',
  'prom-client',
  'tar-stream',
  'tweetnacl',
  'yaml',
  'zod',
]);

/** Modules that compute but can also draw random numbers, and the names under which they do. */
const RANDOM_MODULES: ReadonlySet<string> = new Set(['node:crypto', 'tweetnacl']);
const RANDOM =
  /^(?:random\w*|pseudoRandomBytes|prng|rng|getRandomValues|webcrypto|generate(?:Key|KeyPair|Prime)(?:Sync)?)$/;

/** Members that stay allowed of globals that are otherwise forbidden. */
const FORBIDDEN_GLOBALS: ReadonlyMap<string, (member: string) => boolean> = new Map([
  ['Date', (member: string) => member === 'UTC' || member === 'parse'],
  ['Math', (member: string) => member !== 'random'],
  ...[
    ...['AbortSignal', 'Bun', 'Deno', 'WebSocket', 'clearImmediate', 'clearInterval', 'clearTimeout', 'console'],
    ...['crypto', 'eval', 'fetch', 'global', 'globalThis', 'performance', 'process', 'require'],
    ...['setImmediate', 'setInterval', 'setTimeout'],
  ].map((name): [string, () => boolean] => [name, () => false]),
]);

/** `fs` is `node:fs`. */
const canonical = (specifier: string): string =>
  isBuiltin(specifier) && !specifier.startsWith('node:') ? `node:${specifier}` : specifier;

function importViolation({ specifier, dynamic, names }: Import): string | undefined {
  if (dynamic) return 'loads code at run time';
  if (specifier === undefined || specifier.startsWith('.')) return undefined;
  const module = canonical(specifier);
  const pure = module.startsWith('node:') ? PURE_BUILTINS.has(module) : PURE_PACKAGES.has(module);
  if (!pure) return `imports ${specifier}`;
  const random = RANDOM_MODULES.has(module) ? names.filter((name) => name === '*' || RANDOM.test(name)) : [];
  return random.length > 0 ? `takes ${random.join(', ')} from ${specifier}` : undefined;
}

/** Whether an identifier is read as a value, as opposed to naming a member or a declaration. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  return !('name' in parent && parent.name === node) && !('propertyName' in parent && parent.propertyName === node);
}

/** Names that the file itself declares anywhere, imports included. */
function declaredNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isParameter(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isImportClause(node) ||
      ts.isNamespaceImport(node);
    if (declares && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

/** `now` of `Date.now` and of `Date['now']`; undefined where the object is used whole. */
function memberOf(node: ts.Identifier): string | undefined {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) return parent.name.text;
  if (!ts.isElementAccessExpression(parent) || parent.expression !== node) return undefined;
  return ts.isStringLiteralLike(parent.argumentExpression) ? parent.argumentExpression.text : undefined;
}

/** `new Date(value)` and `x instanceof Date` read no clock. */
function isClocklessDate(node: ts.Identifier): boolean {
  const { parent } = node;
  if (node.text !== 'Date') return false;
  if (ts.isNewExpression(parent)) return parent.expression === node && (parent.arguments?.length ?? 0) > 0;
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
}

/** Violations of one file, each beginning with `path:line:`. */
export function purityViolations(path: string, { file, imports }: Source): string[] {
  const found = imports.flatMap((entry) => {
    const violation = importViolation(entry);
    return violation === undefined ? [] : [`${path}:${entry.line}: ${violation}, in a room without I/O`];
  });
  const watched = new Map(FORBIDDEN_GLOBALS);
  for (const name of declaredNames(file)) watched.delete(name);
  for (const { specifier = '', wholeAs } of imports)
    if (RANDOM_MODULES.has(canonical(specifier)))
      for (const name of wholeAs) watched.set(name, (member) => !RANDOM.test(member));

  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    const allowed = ts.isIdentifier(node) && isReference(node) ? watched.get(node.text) : undefined;
    if (allowed && ts.isIdentifier(node) && !isClocklessDate(node)) {
      const member = memberOf(node);
      const used = member === undefined ? node.text : `${node.text}.${member}`;
      if (member === undefined || !allowed(member))
        found.push(`${path}:${lineAt(file, node.getStart(file))}: uses ${used}, in a room without I/O`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
