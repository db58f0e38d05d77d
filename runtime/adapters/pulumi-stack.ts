import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ProgramError, runProgram } from './program.ts';
import { replaceFile } from './replace-file.ts';

/** Nobody is asked anything: what is to be confirmed has been. */
const UNATTENDED = ['--non-interactive'];

/** What `pulumi stack ls` tells; some backends name a stack with its organization and project. */
const StackList = z.array(z.object({ name: z.string() }));

/** A stack of the Pulumi program, by the `pulumi` command line of whoever runs this. Every method throws ProgramError. */
export class PulumiStack {
  readonly name: string;
  readonly #folder: string;
  readonly #tell: (text: string) => void;

  /**
   * @param folder that of Pulumi.yaml
   * @param tell takes what long commands say, as they say it
   */
  constructor(name: string, folder: string, tell: (text: string) => void) {
    this.name = name;
    this.#folder = folder;
    this.#tell = tell;
  }

  get file(): string {
    return join(this.#folder, `Pulumi.${this.name}.yaml`);
  }

  /** Its configuration; `undefined` where it has no file. */
  text(): string | undefined {
    return existsSync(this.file) ? readFileSync(this.file, 'utf8') : undefined;
  }

  write(text: string): void {
    replaceFile(this.file, text, 0o644);
  }

  async exists(): Promise<boolean> {
    const listed = StackList.safeParse(JSON.parse(await this.#output(['stack', 'ls', '--json'])));
    if (!listed.success) throw new ProgramError('pulumi stack ls: its list of stacks is none that this release reads');
    return listed.data.some(({ name }) => name.split('/').at(-1) === this.name);
  }

  /** Makes it, and leaves the stack selected that is. */
  async make(): Promise<void> {
    await this.#output(['stack', 'init', this.name, '--no-select']);
  }

  async outputs(): Promise<unknown> {
    return JSON.parse(await this.#output(['stack', 'output', '--json', '--stack', this.name]));
  }

  preview(): Promise<void> {
    return this.#run(['preview', '--stack', this.name]);
  }

  up(): Promise<void> {
    return this.#run(['up', '--yes', '--skip-preview', '--stack', this.name]);
  }

  destroy(): Promise<void> {
    return this.#run(['destroy', '--yes', '--skip-preview', '--stack', this.name]);
  }

  /** Forgets an empty stack, and its file with it. */
  async remove(): Promise<void> {
    await this.#output(['stack', 'rm', '--yes', this.name]);
  }

  #output(args: readonly string[]): Promise<string> {
    return runProgram('pulumi', [...args, ...UNATTENDED], { cwd: this.#folder });
  }

  #run(args: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const name = `pulumi ${args[0]}`;
      const child = spawn('pulumi', [...args, ...UNATTENDED], { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', this.#tell);
      child.on('error', (cause) => reject(new ProgramError(`${name} cannot be run: ${cause.message}`, { cause })));
      child.on('close', (code, signal) =>
        code === 0 ? resolve() : reject(new ProgramError(`${name} failed (${signal ?? `exit code ${code}`})`)),
      );
    });
  }
}
