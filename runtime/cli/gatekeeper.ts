import { openLog, startGatekeeper } from '../service/index.ts';
import { type Console, paint } from './console.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { settingsFrom } from './settings-options.ts';
import { untilStopped } from './signals.ts';

/** Calls that last longer than this after SIGUSR1 are left to themselves, in ms. */
const LONGEST_DRAIN = 30 * 60_000;

/** `council gatekeeper`: serves until it is stopped. SIGHUP reads the registry again, SIGUSR1 lets live calls end first. */
export async function gatekeeper(options: Readonly<Record<string, unknown>>, console: Console): Promise<ExitCode> {
  const settings = settingsFrom(options);
  const log = openLog('gatekeeper', false);
  for (const warning of settings.warnings) log.warn(warning);
  if (settings.policy === 'open-lab')
    console.err(
      `${paint(console, 'red', 'LAB POLICY')}: terminals are admitted unsigned and unregistered. Never where others can reach it.\n`,
    );
  const stopped = untilStopped();
  let isServing = false;
  let isReloadAsked = false;
  process.on('SIGHUP', () => {
    if (isServing) running.reload();
    else isReloadAsked = true;
  });
  const json = options['json'] === true;
  const running = await startGatekeeper(settings, log, {
    onRole: (role) => {
      if (!json) return;
      const term = 'term' in role ? { term: role.term } : {};
      // Of the clock that all processes of a machine share.
      const at = Number(process.hrtime.bigint()) / 1e6;
      console.out(`${JSON.stringify({ event: 'role', role: role.kind, ...term, at })}\n`);
    },
  });
  isServing = true;
  // Asked for while it started, maybe after it had read the registry.
  if (isReloadAsked) running.reload();
  const { ras, http, gatekeeperId } = running;
  const where = { gatekeeper: gatekeeperId, ras, http, publicKey: Buffer.from(running.publicKey).toString('hex') };
  if (json) console.out(`${JSON.stringify({ event: 'started', ...where })}\n`);
  else
    console.out(
      `gatekeeper ${gatekeeperId} serves RAS on ${ras.address}:${ras.port}/udp; metrics: http://${http.address}:${http.port}/metrics\n`,
    );
  const drained = new Promise<'drained'>((resolve) => {
    process.on('SIGUSR1', () => {
      log.info('draining: live calls go on, nobody else is admitted');
      setTimeout(() => resolve('drained'), LONGEST_DRAIN).unref();
      void running.drain().then(() => resolve('drained'));
    });
  });
  const signal = await Promise.race([stopped, drained]);
  log.info({ signal }, 'stopping');
  isServing = false;
  await running.stop();
  return EXIT.ok;
}
