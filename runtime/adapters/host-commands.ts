import { setTimeout as pause } from 'node:timers/promises';
import { GetCommandInvocationCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsError, CALLS, nameOf } from './aws-error.ts';

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

/** Milliseconds between two questions how a command goes, and what AWS gets on top of the command's own time. */
const ASK_AGAIN = 1000;
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

  constructor(region: string) {
    this.#client = new SSMClient({ region, ...CALLS });
  }

  /** Runs a script to its end. Whatever goes wrong is a result: what that means is the caller's to say. */
  async run(instanceId: string, { text, timeout, comment }: HostCommand): Promise<CommandResult> {
    const deadline = Date.now() + (DELIVERY + timeout) * 1000 + GRACE;
    const command = new SendCommandCommand({
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [instanceId],
      TimeoutSeconds: DELIVERY,
      Comment: comment.slice(0, 100),
      Parameters: { commands: [text], executionTimeout: [String(timeout)] },
    });
    try {
      const { Command } = await this.#client.send(command);
      if (Command?.CommandId === undefined) return { ok: false, reason: 'Systems Manager gave the command no id' };
      return await this.#result(Command.CommandId, instanceId, deadline);
    } catch (error) {
      return { ok: false, reason: new AwsError(`${instanceId}: SSM SendCommand`, error).message };
    }
  }

  async #result(commandId: string, instanceId: string, deadline: number): Promise<CommandResult> {
    const question = { CommandId: commandId, InstanceId: instanceId };
    for (;;) {
      await pause(ASK_AGAIN);
      try {
        const { Status = 'Pending', ...said } = await this.#client.send(new GetCommandInvocationCommand(question));
        if (Status === 'Success') return { ok: true, output: said.StandardOutputContent ?? '' };
        if (!UNDERWAY.has(Status)) {
          const why = `${said.StandardErrorContent ?? ''}`.trim() || `${said.StandardOutputContent ?? ''}`.trim();
          const detail = said.StatusDetails ?? Status;
          return { ok: false, reason: `${instanceId}: ${detail}${why === '' ? '' : `: ${why.slice(-TOLD)}`}` };
        }
      } catch (error) {
        // Systems Manager needs a moment to know its own command.
        if (nameOf(error) !== 'InvocationDoesNotExist') throw error;
      }
      if (Date.now() > deadline)
        return { ok: false, reason: `${instanceId}: the command ${commandId} has not ended in time` };
    }
  }

  close(): void {
    this.#client.destroy();
  }
}
