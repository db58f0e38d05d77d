import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { authorize, type Caller } from './caller.ts';
import { ApiError } from './errors.ts';
import { read } from './validate.ts';
import type { World } from './world.ts';

const instanceId = z.string().regex(/^i-[0-9a-f]{8,17}$/);
const sendCommand = z.object({
  DocumentName: z.string(),
  InstanceIds: z.array(instanceId).min(1).max(50),
  Parameters: z.object({
    commands: z.array(z.string()).min(1),
    executionTimeout: z.array(z.string().regex(/^\d{1,6}$/)).optional(),
    workingDirectory: z.array(z.string()).optional(),
  }),
  Comment: z.string().max(100).optional(),
});
const getInvocation = z.object({ CommandId: z.string(), InstanceId: instanceId });
const listInvocations = z.object({ CommandId: z.string().optional(), InstanceId: instanceId.optional() });

/** Characters of output that GetCommandInvocation shows. */
const MOST_OUTPUT = 24_000;
/** Seconds; the document's own default. */
const DEFAULT_TIMEOUT = '3600';
/** Commands that are remembered. */
const MOST_COMMANDS = 1000;

interface Invocation {
  readonly commandId: string;
  readonly instanceId: string;
  readonly comment: string;
  readonly requested: number;
  status: 'InProgress' | 'Success' | 'Failed' | 'TimedOut';
  responseCode: number;
  stdout: string;
  stderr: string;
}

/** Run Command: scripts that really run on hosts. The agent is played from outside: a host needs none. */
export class RunCommand {
  readonly #world: World;
  readonly #invocations: Invocation[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** Undefined for an operation that it does not know. */
  async answer(operation: string, input: unknown, caller: Caller): Promise<unknown> {
    const { hosts, region, accountId } = this.#world;
    switch (operation) {
      case 'SendCommand': {
        const command = read(sendCommand, input);
        for (const id of command.InstanceIds)
          authorize(this.#world, caller, 'ssm:SendCommand', `arn:aws:ec2:${region}:${accountId}:instance/${id}`);
        return this.#send(command);
      }
      case 'GetCommandInvocation': {
        authorize(this.#world, caller, 'ssm:GetCommandInvocation', '*');
        const { CommandId, InstanceId } = read(getInvocation, input);
        const found = this.#invocations.find((one) => one.commandId === CommandId && one.instanceId === InstanceId);
        if (found === undefined)
          throw new ApiError('InvocationDoesNotExist', `no command ${CommandId} for ${InstanceId}`);
        return shown(found);
      }
      case 'ListCommandInvocations': {
        authorize(this.#world, caller, 'ssm:ListCommandInvocations', '*');
        const { CommandId, InstanceId } = read(listInvocations, input);
        const wanted = this.#invocations.filter(
          (one) => (CommandId ?? one.commandId) === one.commandId && (InstanceId ?? one.instanceId) === one.instanceId,
        );
        return { CommandInvocations: wanted.map(shown) };
      }
      case 'DescribeInstanceInformation': {
        authorize(this.#world, caller, 'ssm:DescribeInstanceInformation', '*');
        const list = hosts.all().map(async ({ id, privateAddress }) => ({
          InstanceId: id,
          IPAddress: privateAddress,
          PingStatus: (await hosts.isUp(id)) ? 'Online' : 'ConnectionLost',
          PlatformType: 'Linux',
          PlatformName: 'Debian GNU/Linux',
          ResourceType: 'EC2Instance',
        }));
        return { InstanceInformationList: await Promise.all(list) };
      }
      default:
        return undefined;
    }
  }

  async #send({ DocumentName, InstanceIds, Parameters, Comment = '' }: z.infer<typeof sendCommand>): Promise<unknown> {
    if (DocumentName !== 'AWS-RunShellScript') throw new ApiError('InvalidDocument', `no document ${DocumentName}`);
    const known = new Set(this.#world.hosts.all().map(({ id }) => id));
    for (const id of InstanceIds)
      if (!known.has(id) || !(await this.#world.hosts.isUp(id)))
        throw new ApiError('InvalidInstanceId', `${id} is not there, or not running`);
    const timeout = Number(Parameters.executionTimeout?.[0] ?? DEFAULT_TIMEOUT) * 1000;
    const folder = Parameters.workingDirectory?.[0] ?? '';
    const script = [
      ...(folder === '' ? [] : [`cd '${folder.replaceAll("'", "'\\''")}' || exit`]),
      ...Parameters.commands,
    ];
    const commandId = randomUUID();
    const requested = Date.now();
    for (const id of InstanceIds)
      this.#start({ commandId, instanceId: id, comment: Comment, requested }, script, timeout);
    return {
      Command: {
        CommandId: commandId,
        DocumentName,
        InstanceIds,
        Comment,
        Status: 'Pending',
        RequestedDateTime: requested / 1000,
      },
    };
  }

  #start(
    about: Pick<Invocation, 'commandId' | 'instanceId' | 'comment' | 'requested'>,
    script: readonly string[],
    timeout: number,
  ): void {
    const invocation: Invocation = { ...about, status: 'InProgress', responseCode: -1, stdout: '', stderr: '' };
    this.#invocations.push(invocation);
    this.#invocations.splice(0, this.#invocations.length - MOST_COMMANDS);
    this.#world.hosts.execute(about.instanceId, `${script.join('\n')}\n`, timeout).then(
      ({ status, stdout, stderr }) => {
        // What timeout(1) says.
        const isLate = status === 124 && Date.now() - about.requested >= timeout;
        invocation.status = status === 0 ? 'Success' : isLate ? 'TimedOut' : 'Failed';
        Object.assign(invocation, { responseCode: status, stdout, stderr });
      },
      (error: Error) => Object.assign(invocation, { status: 'Failed', responseCode: 255, stderr: error.message }),
    );
  }
}

const shown = ({
  commandId,
  instanceId: id,
  comment,
  requested,
  status,
  responseCode,
  stdout,
  stderr,
}: Invocation) => ({
  CommandId: commandId,
  InstanceId: id,
  Comment: comment,
  DocumentName: 'AWS-RunShellScript',
  RequestedDateTime: requested / 1000,
  ExecutionStartDateTime: new Date(requested).toISOString(),
  Status: status,
  StatusDetails: status,
  ResponseCode: responseCode,
  StandardOutputContent: stdout.slice(0, MOST_OUTPUT),
  StandardErrorContent: stderr.slice(0, MOST_OUTPUT),
});
