import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { LabError } from '../errors.ts';
import type { Type } from './schema.ts';

/** A property as a declaration has it, still in TypeScript. */
export interface Member {
  readonly name: string;
  readonly optional: boolean;
  readonly node: ts.TypeNode;
}

/** What a TypeScript type says of a value, once inputs, outputs and promises are taken off. */
export interface Meaning {
  readonly type: Type;
  /** Whether `undefined` is allowed. */
  readonly optional: boolean;
}

/** A parsed declaration file; throws a LabError where there is none. */
export function parse(path: string): ts.SourceFile {
  if (!existsSync(path)) throw new LabError(`there is no ${path}: does the token name a type of @pulumi/aws?`);
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** The members of every interface and class of a file, by name; below a namespace as `ec2.InstanceCpuOptions`. */
export function membersOf(file: ts.SourceFile): Map<string, Member[]> {
  const found = new Map<string, Member[]>();
  const visit = (node: ts.Node, prefix: string): void => {
    if (ts.isModuleDeclaration(node) && node.body && ts.isModuleBlock(node.body))
      for (const child of node.body.statements) visit(child, `${prefix}${node.name.text}.`);
    else if ((ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) && node.name)
      found.set(`${prefix}${node.name.text}`, node.members.flatMap(member));
  };
  for (const statement of file.statements) visit(statement, '');
  return found;
}

function member(node: ts.Node): Member[] {
  if (!ts.isPropertySignature(node) && !ts.isPropertyDeclaration(node)) return [];
  const isStatic =
    ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((one) => one.kind === ts.SyntaxKind.StaticKeyword);
  if (isStatic || !node.type || !ts.isIdentifier(node.name)) return [];
  return [{ name: node.name.text, optional: node.questionToken !== undefined, node: node.type }];
}

/** The values of every enumeration of a file: `export declare const X: { readonly A: "a" }`. */
export function enumsOf(file: ts.SourceFile): Map<string, (string | number)[]> {
  const found = new Map<string, (string | number)[]>();
  for (const statement of file.statements.filter(ts.isVariableStatement))
    for (const { name, type } of statement.declarationList.declarations) {
      if (!ts.isIdentifier(name) || !type || !ts.isTypeLiteralNode(type)) continue;
      found.set(
        name.text,
        type.members.flatMap(member).flatMap(({ node }): (string | number)[] => {
          if (!ts.isLiteralTypeNode(node)) return [];
          if (ts.isStringLiteral(node.literal)) return [node.literal.text];
          return ts.isNumericLiteral(node.literal) ? [Number(node.literal.text)] : [];
        }),
      );
    }
  return found;
}

/** @param enumValues the values of an enumeration such as `ec2.InstanceType` */
export function meaningOf(node: ts.TypeNode, enumValues: (name: string) => readonly (string | number)[]): Meaning {
  const of = (inner: ts.TypeNode): Meaning => meaningOf(inner, enumValues);
  const plain = (type: Type): Meaning => ({ type, optional: false });
  if (ts.isParenthesizedTypeNode(node)) return of(node.type);
  if (ts.isUnionTypeNode(node)) return union(node.types.map(of));
  if (ts.isArrayTypeNode(node)) return plain({ list: of(node.elementType).type });
  if (ts.isTypeLiteralNode(node)) {
    const [index] = node.members.filter(ts.isIndexSignatureDeclaration);
    return plain({ map: index ? of(index.type).type : 'any' });
  }
  if (ts.isTypeReferenceNode(node)) {
    const name = node.typeName.getText();
    const [argument] = node.typeArguments ?? [];
    if (argument && ['pulumi.Input', 'pulumi.Output'].includes(name)) return of(argument);
    if (name.startsWith('inputs.') || name.startsWith('outputs.')) return plain({ object: name.replace(/^\w+\./, '') });
    if (name.startsWith('enums.')) return plain({ enum: enumValues(name.slice('enums.'.length)) });
    if (name === 'ARN') return plain('string');
    // A resource may stand for its id or ARN: what arrives is a text.
    return plain('string');
  }
  const keywords = new Map<ts.SyntaxKind, Type>([
    [ts.SyntaxKind.StringKeyword, 'string'],
    [ts.SyntaxKind.NumberKeyword, 'number'],
    [ts.SyntaxKind.BooleanKeyword, 'boolean'],
    [ts.SyntaxKind.AnyKeyword, 'any'],
  ]);
  if (node.kind === ts.SyntaxKind.UndefinedKeyword) return { type: 'any', optional: true };
  const keyword = keywords.get(node.kind);
  if (keyword === undefined) throw new LabError(`cannot read the type ${node.getText()}`);
  return plain(keyword);
}

function union(members: readonly Meaning[]): Meaning {
  const optional = members.some((one) => one.optional);
  const types = members.filter((one) => !one.optional).map(({ type }) => type);
  const distinct = [...new Map(types.map((one) => [JSON.stringify(one), one])).values()];
  const [first = 'any'] = distinct;
  if (distinct.length === 1) return { type: first, optional };
  // Beside any text, an enumeration of texts only names the usual ones.
  const open = distinct.includes('string')
    ? distinct.filter((one) => typeof one === 'string' || !('enum' in one))
    : distinct;
  const [only = first] = open;
  return { type: open.length === 1 ? only : { oneOf: open }, optional };
}
