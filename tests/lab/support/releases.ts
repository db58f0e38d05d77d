/** Releases other than this tree's, made and published as an operator does it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../../..');
const GATEKEEPER = 'runtime/cli/gatekeeper.ts';
const REGISTRY = 'config/guardian-registry.yaml';
/** Where a gatekeeper has read its settings and serves nobody yet. */
const STARTS = 'const settings = settingsFrom(options);';

/** What another release has that this tree's has not. */
export interface Mutation {
  readonly message: string;
  readonly file: string;
  readonly change: (text: string) => string;
}

/** It works as well as this tree's. */
export const ONE_COMMENT_MORE: Mutation = {
  message: 'Another release',
  file: REGISTRY,
  change: (text) => `${text}# Another release.\n`,
};

/** Its gatekeepers end as soon as they start, on the primary's host alone: the secondary passes its gate. */
export const PRIMARY_ENDS_AT_ONCE: Mutation = {
  message: 'A release with a mistake',
  file: GATEKEEPER,
  change: (text) => {
    assert.ok(text.includes(STARTS), `${GATEKEEPER} has no ${STARTS}`);
    return text.replace(STARTS, `${STARTS}\n  if (settings.instance === 'gatekeeper-primary') return EXIT.no;`);
  },
};

/** Builds and publishes the release of a commit that changes one file of this tree's last one; gives its SHA-256. */
export function publishAnother(folder: string, endpoint: string, { message, file, change }: Mutation): string {
  const [tree, out] = [join(folder, 'tree'), join(folder, 'build')];
  if (existsSync(tree)) git('-C', tree, 'reset', '--quiet', '--hard', 'origin/HEAD');
  else {
    git('clone', '--quiet', ROOT, tree);
    cpSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  }
  writeFileSync(join(tree, file), change(readFileSync(join(tree, file), 'utf8')));
  git('-C', tree, 'commit', '--quiet', '--all', '--message', message);
  const built = council(tree, ['release', 'build', '--json', '--out', out]);
  const { release } = z.object({ release: z.string() }).parse(JSON.parse(built));
  const where = ['--stack', 'lab', '--region', 'eu-central-1', '--from', out, '--json'];
  council(ROOT, ['release', 'publish', release, ...where], {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'LABOPERATOR',
    AWS_SECRET_ACCESS_KEY: 'lab',
  });
  return release;
}

function git(...args: string[]): void {
  const all = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args];
  const { status, stderr } = spawnSync('git', all, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

function council(root: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'runtime/cli/council.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  assert.equal(status, 0, stderr);
  return stdout;
}
