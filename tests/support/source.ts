import ts from 'typescript';

/** One import, re-export, `import()` or `require()`; `specifier` is undefined where it is computed. */
export interface Import {
  readonly specifier: string | undefined;
  readonly line: number;
  readonly dynamic: boolean;
  /** Names taken from the module as it exports them; `*` for all of it, `default` for its default. */
  readonly names: readonly string[];
  /** The local names that stand for the whole module (namespace and default imports). */
  readonly wholeAs: readonly string[];
}

export interface Source {
  readonly file: ts.SourceFile;
  readonly imports: readonly Import[];
  /** `any` types and comments that switch a checker off. */
  readonly silenced: readonly { readonly what: string; readonly line: number }[];
}

/** The 1-based line of an offset. */
export const lineAt = (file: ts.SourceFile, offset: number): number =>
  file.getLineAndCharacterOfPosition(offset).line + 1;

const textOf = (node: ts.Node | undefined): string | undefined =>
  node && ts.isStringLiteralLike(node) ? node.text : undefined;

const exportedNames = (elements: ts.NodeArray<ts.ImportSpecifier | ts.ExportSpecifier>): string[] =>
  elements.map((element) => (element.propertyName ?? element.name).text);

/** What `node` imports, if it is an import of any form. */
function importOf(node: ts.Node, file: ts.SourceFile): Import | undefined {
  const line = lineAt(file, node.getStart(file));
  const plain = { line, dynamic: false, names: ['*'], wholeAs: [] };
  if (ts.isImportDeclaration(node)) {
    const specifier = textOf(node.moduleSpecifier);
    const { name, namedBindings } = node.importClause ?? {};
    const named = namedBindings && ts.isNamedImports(namedBindings) ? exportedNames(namedBindings.elements) : [];
    const namespace = namedBindings && ts.isNamespaceImport(namedBindings) ? [namedBindings.name.text] : [];
    const byDefault = name ? [name.text] : [];
    return { ...plain, specifier, names: named, wholeAs: [...byDefault, ...namespace] };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    const { exportClause } = node;
    const names = exportClause && ts.isNamedExports(exportClause) ? exportedNames(exportClause.elements) : ['*'];
    return { ...plain, specifier: textOf(node.moduleSpecifier), names };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return { ...plain, specifier: textOf(node.argument.literal), names: [] };
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
    return { ...plain, specifier: textOf(node.moduleReference.expression) };
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const dynamic = expression.kind === ts.SyntaxKind.ImportKeyword;
  const required = ts.isIdentifier(expression) && expression.text === 'require';
  return dynamic || required ? { ...plain, dynamic: true, specifier: textOf(node.arguments[0]) } : undefined;
}

const SWITCHES = /@ts-(?:ignore|nocheck|expect-error)|biome-ignore|eslint-disable/g;

/** Parses a file by itself; nothing is resolved and no type is looked up. */
export function parseSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const silenced: { what: string; line: number }[] = [];
  const literals: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(node, file);
    if (found) imports.push(found);
    if (node.kind === ts.SyntaxKind.AnyKeyword) silenced.push({ what: 'any', line: lineAt(file, node.getStart(file)) });
    if (ts.isLiteralExpression(node) || ts.isTemplateLiteralToken(node)) literals.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  // Outside literals such a word can only stand in a comment.
  for (const { 0: what, index } of text.matchAll(SWITCHES))
    if (!literals.some((node) => node.getStart(file) <= index && index < node.end))
      silenced.push({ what, line: lineAt(file, index) });
  return { file, imports, silenced };
}
