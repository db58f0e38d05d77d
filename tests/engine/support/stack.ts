import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { startCommandProvider } from '../../../lab/command/index.ts';
import {
  Cloud,
  type CloudOptions,
  Failures,
  type Latency,
  type RunningProvider,
  startDockerProvider,
  startProvider,
} from '../../../lab/provider/index.ts';
import type { Toolchain } from '../toolchain/find.ts';
import { readState, type StackState } from './deployment.ts';
import { type EventLog, readEvents } from './events.ts';
import { HealthEndpoint } from './health-endpoint.ts';
import { leaks, SECRETS } from './leaks.ts';
import { copyProject, makeProject, type Project, removeProject } from './project.ts';
import { type Finished, type PulumiSettings, pulumi, type RunOptions, shell } from './pulumi.ts';

const AWS_TOOL = join(import.meta.dirname, 'aws.mjs');

/** Those of the program's outputs that tests look at; by host. */
const Outputs = z.looseObject({
  instances: z.record(z.string(), z.string()),
  addresses: z.object({ public: z.record(z.string(), z.string()), private: z.record(z.string(), z.string()) }),
});

export type Operation = 'preview' | 'up' | 'refresh' | 'destroy';

/** All that one run of the engine said, in every form in which it said it. */
export interface Run extends Finished, EventLog {
  /** The event log as the engine wrote it. */
  readonly log: string;
}

export interface StackOptions extends Omit<CloudOptions, 'file'> {
  /** How long AWS takes; it answers at once if left out. */
  readonly latency?: Latency;
  readonly credentials?: 'present' | 'absent';
  /** AWS for the commands that the program runs, and that a test's shell does; what health gates ask unless given. */
  readonly endpoint?: string;
}

/** A stack of the real program under the real engine, with stand-ins for everything behind it. */
export class EngineStack {
  readonly name: string;
  readonly project: Project;
  /** What exists in AWS, and the log of what was done there; commands that the program runs are in it, too. */
  readonly cloud: Cloud;
  readonly failures = new Failures();
  readonly health: HealthEndpoint;
  readonly #toolchain: Toolchain;
  readonly #options: StackOptions;
  readonly #ports: Record<string, number> = {};
  readonly #servers: { close(): Promise<void> }[] = [];
  #aws: RunningProvider | undefined;

  private constructor(
    toolchain: Toolchain,
    name: string,
    project: Project,
    options: StackOptions,
    cloud: Cloud,
    health: HealthEndpoint,
  ) {
    this.name = name;
    this.project = project;
    this.cloud = cloud;
    this.health = health;
    this.#toolchain = toolchain;
    this.#options = options;
  }

  static async #over(
    toolchain: Toolchain,
    name: string,
    project: Project,
    options: StackOptions,
  ): Promise<EngineStack> {
    const { endpoint } = options;
    const cloud = new Cloud({ ...options, file: project.account });
    const health = await HealthEndpoint.start(cloud);
    const stack = new EngineStack(toolchain, name, project, options, cloud, health);
    const environment = {
      PATH: `${project.tools}:${process.env['PATH']}`,
      AWS_ENDPOINT_URL: endpoint ?? health.url,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: SECRETS.awsSecretKey,
    };
    await stack.#startAws();
    const docker = await startDockerProvider();
    const command = await startCommandProvider({
      environment,
      directory: project.folder,
      onCall: (call) => cloud.record(call),
    });
    Object.assign(stack.#ports, { docker: docker.port, command: command.port });
    stack.#servers.push(health, docker, command);
    return stack;
  }

  /** A stack that is there and holds nothing, with the configuration that the repository has for it. */
  static async create(toolchain: Toolchain, name: string, options: StackOptions = {}): Promise<EngineStack> {
    const project = makeProject(name);
    const tool = join(project.tools, 'aws');
    writeFileSync(tool, `#!/bin/sh\nexec '${process.execPath}' '${AWS_TOOL}' "$@"\n`);
    chmodSync(tool, 0o755);
    const stack = await EngineStack.#over(toolchain, name, project, options);
    await stack.pulumi(['stack', 'init', name]);
    return stack;
  }

  /** Another one at the same point: same state, same account; what happens to one from here on does not to the other. */
  copy(): Promise<EngineStack> {
    return EngineStack.#over(this.#toolchain, this.name, copyProject(this.project, this.name), this.#options);
  }

  /** Runs any other command of the CLI. @throws where it fails */
  async pulumi(args: readonly string[], options?: RunOptions): Promise<string> {
    const { status, stdout, stderr } = await this.#spawn(args, options);
    if (status !== 0) throw new Error(`pulumi ${args.join(' ')}: exit status ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs lines of a shell as an operator would. @throws with all that they wrote, where one fails */
  async shell(lines: string): Promise<string> {
    const { status, stdout, stderr } = await this.tryShell(lines);
    if (status !== 0) throw new Error(`exit status ${status} of ${lines}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** The same, for lines that may fail. */
  tryShell(lines: string): Promise<Finished> {
    const { endpoint = this.health.url } = this.#options;
    return shell(`export AWS_ENDPOINT_URL=${endpoint}\n${lines}`, this.#settings());
  }

  /** Sets a key of the program's configuration, without its namespace. */
  async configure(key: string, value: string, { isSecret = false } = {}): Promise<void> {
    // By standard input: what is an argument is for everybody to see.
    const args = ['config', 'set', `guardian-council:${key}`, '--stack', this.name];
    await this.pulumi([...args, isSecret ? '--secret' : '--plaintext'], { input: value });
  }

  /**
   * Lets the engine work; what goes wrong is in the result.
   *
   * @throws where a secret is in anything that the run said
   */
  async run(operation: Operation, args: readonly string[] = [], options?: RunOptions): Promise<Run> {
    const file = join(this.project.folder, 'events.log');
    rmSync(file, { force: true });
    const yes = operation === 'preview' ? ['--diff'] : ['--yes', '--skip-preview'];
    const all = [operation, '--stack', this.name, '--event-log', file, '--color', 'never', ...yes, ...args];
    const finished = await this.#spawn(all, options);
    const log = readIfThere(file);
    const found = leaks({ stdout: finished.stdout, stderr: finished.stderr, 'the event log': log });
    if (found.length > 0) throw new Error(`secrets leak: ${found.join(', ')}`);
    return { ...finished, ...readEvents(log), log };
  }

  async state(): Promise<StackState> {
    return readState(await this.pulumi(['stack', 'export', '--stack', this.name]));
  }

  async outputs(): Promise<z.infer<typeof Outputs>> {
    return Outputs.parse(JSON.parse(await this.pulumi(['stack', 'output', '--json', '--stack', this.name])));
  }

  /** Ends the AWS provider's process, as it were: what it was asked is done in AWS, and nobody hears of it. */
  async killAws(): Promise<void> {
    await this.#aws?.close();
  }

  /** Lets runs from here on find a new one, for the same account. */
  async restartAws(): Promise<void> {
    await this.killAws();
    await this.#startAws();
  }

  async #startAws(): Promise<void> {
    const { credentials = 'present', latency } = this.#options;
    const { cloud, failures } = this;
    this.#aws = await startProvider({ cloud, failures, credentials, ...(latency && { latency }) });
    this.#ports['aws'] = this.#aws.port;
  }

  async close(): Promise<void> {
    await this.killAws();
    for (const server of this.#servers) await server.close();
    removeProject(this.project);
  }

  #spawn(args: readonly string[], options?: RunOptions): Promise<Finished> {
    return pulumi(args, this.#settings(), options);
  }

  #settings(): PulumiSettings {
    return { toolchain: this.#toolchain, project: this.project, ports: this.#ports };
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
