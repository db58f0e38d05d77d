import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ask } from './control.ts';
import { LabCommandError } from './errors.ts';
import { type Places, ROOT } from './places.ts';

const running = z.object({
  pid: z.int(),
  endpoint: z.string(),
  /** Ports of the providers that Pulumi attaches, by the package's name. */
  providers: z.record(z.string(), z.int()),
});
export type RunningDaemon = z.infer<typeof running>;

/** Milliseconds until a daemon must serve. */
const PATIENCE = 30_000;

/** The daemon that serves this lab; undefined where none does. */
export async function findDaemon({ daemonFile, socket }: Places): Promise<RunningDaemon | undefined> {
  try {
    const found = running.parse(JSON.parse(await readFile(daemonFile, 'utf8')));
    await ask(socket, 'GET', '/status');
    return found;
  } catch {
    return undefined;
  }
}

/** Starts the lab's daemon where it does not run. @throws LabCommandError with the end of its log */
export async function ensureDaemon(places: Places, region: string): Promise<RunningDaemon> {
  const found = await findDaemon(places);
  if (found !== undefined) return found;
  mkdirSync(places.folder, { recursive: true, mode: 0o700 });
  await rm(places.daemonFile, { force: true });
  const log = openSync(places.log, 'a');
  const program = join(import.meta.dirname, 'daemon.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, places.name, region], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  for (let waited = 0; waited < PATIENCE && !ended; waited += 100) {
    await pause(100);
    const daemon = await findDaemon(places);
    if (daemon === undefined) continue;
    child.unref();
    return daemon;
  }
  const lines = (await readFile(places.log, 'utf8')).trim().split('\n').slice(-10).join('\n');
  throw new LabCommandError(`the lab's daemon did not start; the end of ${places.log}:\n${lines}`);
}
