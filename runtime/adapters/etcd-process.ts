/** Real etcd members as child processes: for the local council, the tests and the benchmarks. */

import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { makeFolder } from './folder.ts';

export interface EtcdMemberOptions {
  /** Path of the program. */
  readonly binary: string;
  readonly name: string;
  readonly dataDir: string;
  /** `http://host:port` or https, as others reach it and as it listens. */
  readonly peerUrl: string;
  readonly clientUrl: string;
  /** Serves `/health` and `/metrics` beside the client's port; needed for healthy() where that one wants certificates. */
  readonly metricsUrl?: string;
  /** `name=peerUrl` of each member, joined with commas. */
  readonly initialCluster: string;
  /** `existing` for a member that was added to a running cluster. Of no account where there are data already. */
  readonly state: 'new' | 'existing';
  /** File that gets its output, at its end. */
  readonly log: string;
  /** Milliseconds; 50 without it. */
  readonly heartbeat?: number;
  /** Milliseconds; 500 without it. */
  readonly election?: number;
  /** Further flags. */
  readonly flags?: readonly string[];
  /** A command that the member is run by and that becomes it, such as `ip netns exec NAME`. */
  readonly wrap?: readonly string[];
}

export interface EtcdExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface EtcdMember {
  readonly name: string;
  readonly clientUrl: string;
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<EtcdExit>;
  /**
   * Resolves when it serves and has a quorum.
   * @throws Error after 15 s in vain, or when it has ended, with the end of its log
   */
  healthy(): Promise<void>;
  /** SIGTERM, and SIGKILL to one that has not ended after 5 s. */
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Milliseconds. */
const TIMES = { healthy: 15_000, stop: 5_000, poll: 50 };

/** Polls `/health` from inside the wrapping command; argv: url, milliseconds. */
const POLL = `const end = Date.now() + Number(process.argv[2]);
const look = () => fetch(process.argv[1]).then((r) => process.exit(r.ok ? 0 : again())).catch(again);
const again = () => (Date.now() > end ? process.exit(1) : void setTimeout(look, ${TIMES.poll}));
look();`;

const running = new Set<ChildProcess>();
const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** Where `etcd` is on the PATH. */
export function findEtcd(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'etcd'))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The flags of a member, as the council runs it. */
function flagsOf(options: EtcdMemberOptions): string[] {
  const { name, dataDir, peerUrl, clientUrl, metricsUrl, initialCluster, state } = options;
  return [
    `--name=${name}`,
    `--data-dir=${dataDir}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    ...(metricsUrl === undefined ? [] : [`--listen-metrics-urls=${metricsUrl}`]),
    `--initial-cluster=${initialCluster}`,
    `--initial-cluster-state=${state}`,
    `--heartbeat-interval=${options.heartbeat ?? 50}`,
    `--election-timeout=${options.election ?? 500}`,
    '--pre-vote',
    '--auto-compaction-mode=periodic',
    '--auto-compaction-retention=5m',
    // Our clients look after an idle connection each second; by default etcd hangs up on them.
    '--grpc-keepalive-min-time=500ms',
    '--logger=zap',
    '--log-outputs=stderr',
    ...(options.flags ?? []),
  ];
}

/** Starts a member; it has yet to find the others. It ends with this process, unless that is killed. */
export function startEtcdMember(options: EtcdMemberOptions): EtcdMember {
  const { name, clientUrl, wrap = [], log } = options;
  makeFolder(options.dataDir, 0o700);
  const [command = options.binary, ...args] = [...wrap, options.binary, ...flagsOf(options)];
  const output = openSync(log, 'a', 0o600);
  const child = spawn(command, args, { stdio: ['ignore', output, output] });
  closeSync(output);
  if (running.size === 0) process.once('exit', killAll);
  running.add(child);

  let ended: string | undefined;
  const exited = new Promise<EtcdExit>((resolve) => {
    const over = (exit: EtcdExit, how: string): void => {
      ended ??= how;
      running.delete(child);
      if (running.size === 0) process.off('exit', killAll);
      resolve(exit);
    };
    child.once('exit', (code, signal) => over({ code, signal }, `ended (${signal ?? code})`));
    child.once('error', (error) => over({ code: null, signal: null }, `could not be started: ${error.message}`));
  });
  const failure = (what: string): Error => new Error(`etcd ${name} ${what}\n${lastLines(log)}`);

  return {
    name,
    clientUrl,
    pid: child.pid ?? -1,
    exited,
    async healthy() {
      const url = `${options.metricsUrl ?? clientUrl}/health`;
      const asked = wrap.length > 0 ? askInside(wrap, url) : ask(url, () => ended !== undefined);
      const answered = await Promise.race([asked, exited.then(() => false)]);
      if (!answered) throw failure(ended ?? `is not healthy after ${TIMES.healthy} ms`);
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), TIMES.stop);
      await exited;
      clearTimeout(timer);
    },
    kill: (signal) => void child.kill(signal),
  };
}

async function ask(url: string, giveUp: () => boolean): Promise<boolean> {
  const end = performance.now() + TIMES.healthy;
  while (performance.now() < end && !giveUp()) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return true;
    await new Promise((resolve) => setTimeout(resolve, TIMES.poll));
  }
  return false;
}

function askInside([command = '', ...args]: readonly string[], url: string): Promise<boolean> {
  const child = spawn(command, [...args, process.execPath, '-e', POLL, url, String(TIMES.healthy)], {
    stdio: 'ignore',
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

function lastLines(log: string): string {
  try {
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
  } catch {
    return '';
  }
}
