import { probeGatekeeper } from '../../service/index.ts';
import { type Console, paint } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { settingsFrom } from '../settings-options.ts';
import { json, type Options } from './zone-options.ts';

/** `council ha probe`: whether the gatekeeper that these settings are of serves; it is asked where it listens. */
export async function haProbe(options: Options, console: Console): Promise<ExitCode> {
  // Who only asks needs no key.
  const settings = settingsFrom({ ...options, keyFile: 'none' });
  const probe = await probeGatekeeper(settings);
  if (options['json'] === true) json(console, probe);
  else {
    const state = probe.serves ? paint(console, 'green', 'serves') : paint(console, 'red', 'does not serve');
    const ras = probe.rasMs === null ? '' : `; RAS answered in ${probe.rasMs} ms`;
    const release = probe.release === null ? `version ${probe.version}` : `release ${probe.release}`;
    const { voters = [] } = probe;
    const etcd =
      voters === null
        ? '; no voter of etcd answers'
        : voters.length === 0
          ? ''
          : `; ${voters.filter(({ healthy }) => healthy).length} of ${voters.length} voters of etcd are healthy`;
    console.out(
      `${state} (${probe.role}); ${release}${ras}${etcd}\n${probe.problems.map((text) => `  ! ${text}\n`).join('')}`,
    );
  }
  return probe.serves ? EXIT.ok : EXIT.no;
}
