import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What only the infrastructure program needs; no file of runtime/ may import it. */
const INFRASTRUCTURE = /^@pulumi\//;

/**
 * Takes what no host needs out of a tree's package.json and lock file, so that npm need not fetch it: tools for
 * development, and the Pulumi packages with all that only they need. Every other package stays as the lock file has it,
 * by version and by hash.
 */
export function keepRuntimePackages(tree: string): void {
  change(join(tree, 'package.json'), withoutInfrastructure);
  change(join(tree, 'package-lock.json'), (lock) => {
    const packages = record(lock['packages']);
    return { ...lock, packages: { ...packages, '': withoutInfrastructure(record(packages[''])) } };
  });
}

type JsonObject = Readonly<Record<string, unknown>>;

const record = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

function withoutInfrastructure({ devDependencies: _, dependencies, ...rest }: JsonObject): JsonObject {
  const kept = Object.entries(record(dependencies)).filter(([name]) => !INFRASTRUCTURE.test(name));
  return { ...rest, dependencies: Object.fromEntries(kept) };
}

function change(file: string, edit: (content: JsonObject) => JsonObject): void {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify(edit(record(content)), null, 2));
}
