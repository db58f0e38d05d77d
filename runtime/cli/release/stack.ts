import { setTimeout as pause } from 'node:timers/promises';
import { AwsError } from '../../adapters/aws-error.ts';
import { type CommandResult, type HostCommand, HostCommands } from '../../adapters/host-commands.ts';
import { Instances, type StackInstance } from '../../adapters/instances.ts';
import { Parameters } from '../../adapters/release-parameters.ts';
import {
  type HostScript,
  type HostState,
  isReleaseRole,
  lookScript,
  type Members,
  type Order,
  type Outcome,
  parameters,
  parseHostState,
  RELEASE_ROLES,
  type ReleaseRole,
  type Steps,
  switchScript,
} from '../../release/index.ts';
import { UsageError } from '../failure.ts';
import { type Options, regionOf, stackOf } from './options.ts';

/** Milliseconds. */
export interface StackTimes {
  /** Between two looks of a gate. */
  readonly betweenLooks: number;
  /** Between two questions how a command on a host goes; a second unless given. */
  readonly askAgain?: number;
}

const TIMES: StackTimes = { betweenLooks: 5000 };

/** Ids of instances by role. */
export type HostIds = ReadonlyMap<ReleaseRole, readonly string[]>;

/** What `--host ROLE=INSTANCE-ID` says; roles may be there several times. */
export function hostIdsOf(options: Options): HostIds {
  const given = Array.isArray(options['host']) ? options['host'].map(String) : [];
  const ids = new Map<ReleaseRole, readonly string[]>();
  for (const text of given) {
    const [, role = '', id = ''] = /^([a-z-]+)=(i-[0-9a-f]{8,32})$/.exec(text) ?? [];
    if (!isReleaseRole(role))
      throw new UsageError(
        `--host: must be ROLE=INSTANCE-ID with a role of ${RELEASE_ROLES.join(', ')}, not ${JSON.stringify(text)}`,
      );
    ids.set(role, [...(ids.get(role) ?? []), id]);
  }
  return ids;
}

/** A stack's hosts and parameters, and who carries out the orders of a rollout there. */
export class Stack {
  readonly name: string;
  readonly parameters: Parameters;
  readonly names: ReturnType<typeof parameters>;
  readonly region: string;
  readonly #commands: HostCommands;
  readonly #given: HostIds;
  readonly #tell: (text: string) => void;
  readonly #betweenLooks: number;
  #found: HostIds | undefined;

  constructor(options: Options, tell: (text: string) => void, times: StackTimes = TIMES) {
    this.name = stackOf(options);
    this.region = regionOf(options);
    this.names = parameters(this.name);
    this.parameters = new Parameters(this.region);
    this.#commands = new HostCommands(this.region, times.askAgain);
    this.#given = hostIdsOf(options);
    this.#tell = tell;
    this.#betweenLooks = times.betweenLooks;
  }

  /** Those that were named; of other roles, those that EC2 knows by the stack's tags. */
  async hosts(): Promise<HostIds> {
    this.#found ??= await this.#find();
    return this.#found;
  }

  async #find(): Promise<HostIds> {
    if (RELEASE_ROLES.every((role) => this.#given.has(role))) return this.#given;
    const all = await this.#tagged();
    const found = RELEASE_ROLES.map((role): [ReleaseRole, readonly string[]] => [
      role,
      this.#given.get(role) ?? all.filter(({ name }) => name === role).map(({ id }) => id),
    ]);
    return new Map(found);
  }

  async #tagged(): Promise<readonly StackInstance[]> {
    const instances = new Instances(this.region);
    try {
      return await instances.ofStack(this.name);
    } finally {
      instances.close();
    }
  }

  /** Those of a role at this moment: EC2 is asked anew, since those of a group come and go. */
  async #members(role: ReleaseRole): Promise<Members> {
    const given = this.#given.get(role);
    if (given !== undefined) return { ids: given, grouped: false };
    const there = (await this.#tagged()).filter(({ name }) => name === role);
    return { ids: there.map(({ id }) => id), grouped: there.some(({ grouped }) => grouped) };
  }

  /** Carries out all steps; gives their result. */
  async follow<Result>(steps: Steps<Result>): Promise<Result> {
    let next = steps.next();
    while (next.done !== true) next = steps.next(await this.#outcome(next.value));
    return next.value;
  }

  async #outcome(order: Order): Promise<Outcome> {
    try {
      return await this.#carryOut(order);
    } catch (error) {
      if (error instanceof AwsError) return { ok: false, reason: error.message };
      throw error;
    }
  }

  async #carryOut(order: Order): Promise<Outcome> {
    switch (order.kind) {
      case 'tell':
        this.#tell(order.text);
        return { ok: true };
      case 'wait':
        await pause(this.#betweenLooks);
        return { ok: true };
      case 'want':
        await this.parameters.put(this.names.wanted(order.role), order.release, `Release that ${order.role} is to run`);
        return { ok: true };
      case 'prove':
        await this.parameters.put(this.names.proven, order.release, 'Release that all hosts were brought to');
        return { ok: true };
      case 'members':
        return { ok: true, members: await this.#members(order.role) };
      case 'switch': {
        const script = switchScript(order.role, order.release);
        const result = await this.#run(order.member, script, `release ${order.release.slice(0, 12)}`);
        return result.ok ? { ok: true } : result;
      }
      case 'look':
        return this.#look(order.role, order.member);
    }
  }

  async #look(role: ReleaseRole, member: string | undefined): Promise<Outcome> {
    const hosts: HostState[] = [];
    const ids = member === undefined ? ((await this.hosts()).get(role) ?? []) : [member];
    for (const id of ids) {
      const seen = await this.look(role, id);
      if (typeof seen === 'string') return { ok: false, reason: seen };
      hosts.push(seen);
    }
    return { ok: true, hosts };
  }

  /** What is on a host, or why that cannot be told. */
  async look(role: ReleaseRole, id: string): Promise<HostState | string> {
    const result = await this.#run(id, lookScript(role), 'release: look');
    return result.ok ? (parseHostState(result.output) ?? `${id}: its answer cannot be read`) : result.reason;
  }

  #run(id: string, script: HostScript, comment: string): Promise<CommandResult> {
    const command: HostCommand = { ...script, comment };
    return this.#commands.run(id, command);
  }

  close(): void {
    this.#commands.close();
    this.parameters.close();
  }
}
