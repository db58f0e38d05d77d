/**
 * Installs moto, an independent model of AWS, into the user's cache: a Python venv with pinned versions, made once for
 * each requirements.txt. Some minutes with a slow disk.
 *
 * node --import tsx tests/engine/moto/install.ts
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** Where the venv of these requirements lies, or will. */
export function motoFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const pins = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  return join(cache, 'guardian-council', 'moto', pins);
}

/** The server's module and its Python; undefined where it is not installed. */
export function motoPython(): string | undefined {
  const python = join(motoFolder(), 'bin', 'python');
  return existsSync(join(motoFolder(), 'installed')) ? python : undefined;
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw new Error(`${command} could not be started: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} … ended with ${status}`);
}

function install(): void {
  const folder = motoFolder();
  if (motoPython() !== undefined) {
    process.stdout.write(`moto is there: ${folder}\n`);
    return;
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  process.stdout.write(`moto comes to ${folder}\n`);
  // A venv knows its own path, so it is made in its place; the mark says that it is whole.
  run('python3', ['-m', 'venv', folder]);
  run(join(folder, 'bin', 'pip'), ['install', '--quiet', '--no-deps', '--requirement', REQUIREMENTS]);
  run(join(folder, 'bin', 'python'), ['-c', 'import moto.server']);
  mkdirSync(join(folder, 'installing'));
  renameSync(join(folder, 'installing'), join(folder, 'installed'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    install();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
