/** The runbook in the hands of an operator: its commands, made from the lab's own outputs, run in the lab. */
import { spawn } from 'node:child_process';
import { placesOf } from '../../../lab/cli/places.ts';
import { attempt, type CommandResult } from '../../../lab/hosts/index.ts';
import { commandsOf, parseStackOutputs, type RunbookCommand } from '../../../runtime/runbook/index.ts';
import { lab } from './lab-command.ts';

/** Milliseconds for one command; the longest is a preview. */
const PATIENCE = 300_000;
/** Milliseconds for a zone to be healthy after what interrupted one of its hosts. */
const RECOVERY = 120_000;

export interface Ended extends CommandResult {
  readonly id: string;
  readonly shell: string;
}

export class Operator {
  readonly #environment: string;
  readonly #folder: string;

  private constructor(environment: string, folder: string) {
    this.#environment = environment;
    this.#folder = folder;
  }

  static async of(name: string): Promise<Operator> {
    return new Operator(await lab(name, ['env']), placesOf(name).project);
  }

  /** Runs a line as somebody would who has typed what `lab env` says, in the folder of the project. */
  run(shell: string, input = ''): Promise<CommandResult> {
    const script = `${this.#environment}\ncd '${this.#folder}' && {\n${shell}\n}`;
    return attempt('sh', ['-c', script], { timeout: PATIENCE, input });
  }

  /**
   * Runs a line on a terminal, where a program may ask, and types an answer once it has asked. Gives all that was shown.
   * @throws Error where it does not end well
   */
  answer(shell: string, question: string, typed: string): Promise<string> {
    const script = `${this.#environment}\ncd '${this.#folder}' && exec script --quiet --return --flush --command "$LINE" /dev/null`;
    const child = spawn('sh', ['-c', script], { env: { ...process.env, LINE: shell }, timeout: PATIENCE });
    let shown = '';
    let hasAsked = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      if (hasAsked || !shown.includes(question)) return;
      hasAsked = true;
      // A key at a time, as people type: what comes with a question may be thrown away before it is read.
      [...typed].forEach((key, at) => void setTimeout(() => child.stdin.write(key), 500 + 100 * at));
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => {
        if (status === 0) resolve(shown);
        else reject(new Error(`${shell}: exit status ${status}\n${shown.slice(-4000)}`));
      });
    });
  }

  /** What a line wrote that must end well. @throws Error with what it complained of */
  async expect(shell: string, input = ''): Promise<string> {
    const { status, stdout, stderr } = await this.run(shell, input);
    if (status !== 0) throw new Error(`${shell}: exit status ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  /** What the stack puts out, as text. */
  outputs(): Promise<string> {
    return this.expect('pulumi stack output --json --stack lab');
  }

  /** Every command of the runbook for this stack, as it is now. */
  async commands(): Promise<readonly RunbookCommand[]> {
    return commandsOf(parseStackOutputs(await this.outputs()));
  }

  /**
   * Lets each gatekeeper lead once, by the runbook's commands. One that leads already refuses, which is right: a busy
   * machine may have made it so, and the other one's turn comes first.
   */
  async switchOver(switchovers: readonly RunbookCommand[]): Promise<void> {
    const left = [...switchovers];
    for (let tries = 0; tries < 6; tries += 1) {
      const next = left.shift();
      if (next === undefined) return;
      const { status, stdout, stderr } = await this.run(next.shell);
      if (status === 0) continue;
      if (!stderr.includes('leads already')) throw new Error(`${next.id}: ${status}\n${stdout}${stderr}`);
      left.push(next);
    }
    if (left.length > 0) throw new Error(`${left.map(({ id }) => id)}: led already each time`);
  }

  /** Runs them, some at a time, and gives what came of each, in their order. */
  async runAll(commands: readonly RunbookCommand[], together: number): Promise<readonly Ended[]> {
    const ended = new Map<string, Ended>();
    const left = [...commands];
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const { id, shell } = next;
        ended.set(id, { id, shell, ...(await this.run(shell)) });
      }
    };
    await Promise.all(Array.from({ length: together }, work));
    return commands.flatMap(({ id }) => ended.get(id) ?? []);
  }

  /**
   * Runs them one after the other, and after each waits until the zone is as it should be: by `look`, which ends with 0 then.
   * Gives what came of each.
   */
  async runCarefully(commands: readonly RunbookCommand[], look: RunbookCommand): Promise<readonly Ended[]> {
    const ended: Ended[] = [];
    for (const command of commands) {
      ended.push(...(await this.runAll([command], 1)));
      await this.untilWell(look, command.id);
    }
    return ended;
  }

  /** Looks again and again. @throws Error where it never ends with 0, with what it said last */
  async untilWell(look: RunbookCommand, after: string): Promise<void> {
    const end = Date.now() + RECOVERY;
    for (;;) {
      const { status, stdout, stderr } = await this.run(look.shell);
      if (status === 0) return;
      if (Date.now() > end) throw new Error(`${look.id} after ${after}: ${status}\n${stdout}${stderr}`);
    }
  }
}
