import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What a run of the program reads besides its stack's file. */
const LINKED = ['index.ts', 'components', 'runtime', 'config', 'package.json', 'tsconfig.json', 'node_modules'];

/**
 * A throw-away folder that is this project to Pulumi: the real program by links, its Pulumi.yaml and the stack's file as
 * copies, since Pulumi writes there; and a backend of files.
 */
export interface Project {
  readonly folder: string;
  /** `Pulumi.<stack>.yaml`, which `pulumi config set` changes. */
  readonly stackFile: string;
  /** Where Pulumi keeps states. */
  readonly backend: string;
  /** Where the stand-in for AWS keeps its account. */
  readonly account: string;
  /** In front of the PATH of commands that the program runs. */
  readonly tools: string;
}

const places = (folder: string, stack: string): Project => ({
  folder,
  stackFile: join(folder, `Pulumi.${stack}.yaml`),
  backend: join(folder, 'backend'),
  account: join(folder, 'account.json'),
  tools: join(folder, 'tools'),
});

export function makeProject(stack: string): Project {
  const project = places(mkdtempSync(join(tmpdir(), 'guardian-council-engine-')), stack);
  for (const name of LINKED) symlinkSync(join(ROOT, name), join(project.folder, name));
  for (const name of ['Pulumi.yaml', `Pulumi.${stack}.yaml`]) cpSync(join(ROOT, name), join(project.folder, name));
  mkdirSync(project.backend);
  mkdirSync(project.tools);
  return project;
}

/** Another project at the same point: the same state and the same account, and from here on its own. */
export function copyProject(project: Project, stack: string): Project {
  const copy = places(mkdtempSync(join(tmpdir(), 'guardian-council-engine-')), stack);
  cpSync(project.folder, copy.folder, { recursive: true, verbatimSymlinks: true });
  return copy;
}

export const removeProject = ({ folder }: Project): void => rmSync(folder, { recursive: true, force: true });
