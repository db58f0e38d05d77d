import { copyFileSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ProgramError, runProgram } from './program.ts';

/** What a checkout is at. */
export interface CheckoutState {
  /** Full id of the commit. */
  readonly commit: string;
  /** ISO 8601, UTC. */
  readonly committedAt: string;
  /** Files that are not as the commit has them, or that it does not have; ignored ones aside. */
  readonly changed: readonly string[];
}

/** Nobody's settings for line ends or exotic file systems change what is checked out. */
const PLAIN = ['-c', 'core.autocrlf=false', '-c', 'core.eol=lf', '-c', 'core.symlinks=true', '-c', 'core.fsmonitor='];

/** A git checkout of this project. */
export class Checkout {
  readonly root: string;

  constructor(root: string) {
    this.root = realpathSync(root);
  }

  #git(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    return runProgram('git', [...PLAIN, '-C', this.root, ...args], { cwd: this.root, env });
  }

  /** @throws ProgramError where git is not there, or the folder is no checkout of its own */
  async state(): Promise<CheckoutState> {
    const top = (await this.#git(['rev-parse', '--show-toplevel'])).trim();
    if (realpathSync(top) !== this.root) throw new ProgramError(`${this.root} is no git checkout of its own`);
    const [commit = '', seconds = ''] = (await this.#git(['show', '--no-patch', '--format=%H %ct', 'HEAD']))
      .trim()
      .split(' ');
    const status = await this.#git(['status', '--porcelain', '--untracked-files=normal', '-z', '--no-renames']);
    const changed = status.split('\0').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
    return { commit, committedAt: new Date(Number(seconds) * 1000).toISOString(), changed };
  }

  /** Writes the files of the commit that is checked out, as it has them, into an empty folder. */
  async exportCommit(folder: string): Promise<void> {
    // An index of its own: that of the checkout stays as it is.
    const env = { GIT_INDEX_FILE: join(folder, '.index') };
    await this.#git(['read-tree', 'HEAD'], env);
    await this.#git(['checkout-index', '--all', `--prefix=${folder}/`], env);
  }

  /** Copies the files as they are now, those that git ignores aside, into an empty folder. */
  async exportFiles(folder: string): Promise<void> {
    const list = await this.#git(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']);
    for (const path of list.split('\0')) {
      if (path === '' || lstatSync(join(this.root, path), { throwIfNoEntry: false })?.isFile() !== true) continue;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      copyFileSync(join(this.root, path), join(folder, path));
    }
  }
}
