import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { skipLoudly } from '../../support/skip.ts';
import { motoPython } from './install.ts';

export interface MotoServer {
  /** For example `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** How long the server may take to answer, in ms: it imports half of Python. */
const PATIENCE = 60_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** moto's server on loopback, with an empty account; skips the suite, from its `before` hook, where it is not installed. */
export async function startMoto(context: Mocha.Context): Promise<MotoServer> {
  const python = motoPython();
  if (python === undefined)
    return skipLoudly(context, 'moto is not installed (npm run moto; it needs python3 with venv, and PyPI)');
  const port = await freePort();
  const child = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const endpoint = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline && child.exitCode === null; await sleep(200)) {
    const answer = await fetch(`${endpoint}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok) return { endpoint, close };
  }
  await close();
  throw new Error(`moto did not answer at ${endpoint} within ${PATIENCE} ms`);
}
