/**
 * The lab's process: the AWS that the engine, hosts and tools speak to. It goes on behind `npm run lab` until the lab is
 * destroyed; hosts run on without it. Arguments: name, region.
 */
import { rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import pino from 'pino';
import { startCommandProvider } from '../command/index.ts';
import { startDockerProvider } from '../provider/index.ts';
import { Lab } from '../service/index.ts';
import { serveControl } from './control.ts';
import { operatorEnvironment } from './environment.ts';
import { statusOf } from './host-status.ts';
import { placesOf } from './places.ts';

const [name = '', region = ''] = process.argv.slice(2);
const places = placesOf(name);
const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime });

const lab = await Lab.open({
  ...places,
  number: 0,
  region,
  log: (event, about) => log.info({ event, ...about }),
});
const environment = { ...process.env, ...operatorEnvironment(lab.api.endpoint, region) };
const commands = await startCommandProvider({ environment, directory: places.project });
const docker = await startDockerProvider();
rmSync(places.socket, { force: true });
const control = await serveControl(places.socket, {
  status: () => statusOf(lab),
  remove: async () => {
    await Promise.all([commands.close(), docker.close()]);
    await lab.remove();
    // The answer goes first.
    setImmediate(() => process.exit(0));
  },
});
await writeFile(
  `${places.daemonFile}.new`,
  JSON.stringify({
    pid: process.pid,
    endpoint: lab.api.endpoint,
    providers: { aws: lab.provider.port, command: commands.port, docker: docker.port },
  }),
);
await rename(`${places.daemonFile}.new`, places.daemonFile);
log.info({ event: 'serving', endpoint: lab.api.endpoint });

process.on('SIGHUP', () => {}); // The terminal that it was started from may go.
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    control.close();
    void lab.close().then(() => process.exit(0));
  });
