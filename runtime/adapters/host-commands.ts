import { setTimeout as pause } from 'node:timers/promises';
import { GetCommandInvocationCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsError, asked, CALLS, nameOf } from './aws-error.ts';

/** How a command on a host went. */
export type CommandResult =
  | { readonly ok: true; readonly output: string }
  /** It failed there, took too long, or the host could not be reached. */
  | { readonly ok: false; readonly reason: string };

export interface HostCommand {
  /** POSIX sh. */
  readonly text: string;
  /** Seconds that it may take on the host. */
  readonly timeout: number;
  /** For the list of commands in AWS. */
  readonly comment: string;
}

/** A command that a host has carried out, whatever came of it. */
export interface CommandEnd {
  /** Of the script; 0 where all went well, and only there; -1 where it was not carried out, or not to its end. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What Systems Manager calls it, such as `Success`, `Failed` or `Execution Timed Out`. */
  readonly status: string;
}

/** Milliseconds between two questions how a command goes. */
const ASK_AGAIN = 1000;
/** Milliseconds that AWS gets on top of the command's own time. */
const GRACE = 60_000;
/** Seconds in which a host must take a command up; the least that AWS allows. */
const DELIVERY = 30;
/** Characters of a failed command that are told. */
const TOLD = 1500;

/** Statuses of a command that has not ended. */
const UNDERWAY: ReadonlySet<string> = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

/** Runs scripts on hosts by way of Systems Manager. */
export class HostCommands {
  readonly #client: SSMClient;
  readonly #askAgain: number;

  constructor(region: string, askAgain = ASK_AGAIN) {
    this.#client = new SSMClient({ region, ...CALLS });
    this.#askAgain = askAgain;
  }

  /** Runs a script to its end. Whatever goes wrong is a result: what that means is the caller's to say. */
  async run(instanceId: string, command: HostCommand): Promise<CommandResult> {
    try {
      const { exitCode, stdout, stderr, status } = await this.execute(instanceId, command);
      if (exitCode === 0) return { ok: true, output: stdout };
      const why = stderr.trim() || stdout.trim();
      return { ok: false, reason: `${instanceId}: ${status}${why === '' ? '' : `: ${why.slice(-TOLD)}`}` };
    } catch (error) {
      if (error instanceof AwsError) return { ok: false, reason: error.message };
      throw error;
    }
  }

  /**
   * Runs a script to its end, and gives what it said; of each stream Systems Manager keeps 24,000 characters.
   * @throws AwsError where the host cannot be reached or does not end in time
   */
  async execute(instanceId: string, { text, timeout, comment }: HostCommand): Promise<CommandEnd> {
    const deadline = Date.now() + (DELIVERY + timeout) * 1000 + GRACE;
    const command = new SendCommandCommand({
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [instanceId],
      TimeoutSeconds: DELIVERY,
      Comment: comment.slice(0, 100),
      Parameters: { commands: [text], executionTimeout: [String(timeout)] },
    });
    const { Command } = await asked(`${instanceId}: SSM SendCommand`, this.#client.send(command));
    if (Command?.CommandId === undefined)
      throw new AwsError(`${instanceId}: SSM SendCommand`, new Error('Systems Manager gave the command no id'));
    return this.#end(Command.CommandId, instanceId, deadline);
  }

  async #end(commandId: string, instanceId: string, deadline: number): Promise<CommandEnd> {
    const question = { CommandId: commandId, InstanceId: instanceId };
    for (;;) {
      await pause(this.#askAgain);
      try {
        const said = await this.#client.send(new GetCommandInvocationCommand(question));
        const { Status = 'Pending', StatusDetails = Status, ResponseCode = -1 } = said;
        const isWell = Status === 'Success';
        if (!UNDERWAY.has(Status))
          return {
            // A command that was not carried out has none.
            exitCode: isWell ? 0 : ResponseCode === 0 ? -1 : ResponseCode,
            stdout: said.StandardOutputContent ?? '',
            stderr: said.StandardErrorContent ?? '',
            status: StatusDetails,
          };
      } catch (error) {
        // Systems Manager needs a moment to know its own command.
        if (nameOf(error) !== 'InvocationDoesNotExist')
          throw new AwsError(`${instanceId}: SSM GetCommandInvocation`, error);
      }
      if (Date.now() > deadline)
        throw new AwsError(
          `${instanceId}: SSM GetCommandInvocation`,
          new Error(`the command ${commandId} has not ended in time`),
        );
    }
  }

  close(): void {
    this.#client.destroy();
  }
}
