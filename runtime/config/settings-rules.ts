import type { SettingsProblem } from './errors.ts';
import type { GatekeeperSettings } from './gatekeeper-settings.ts';
import { isLoopback, isWildcard } from './ip-address.ts';
import { type SettingName, settingsTable } from './settings-table.ts';

const optionOf = (name: SettingName): string => settingsTable.find((row) => row.name === name)?.option ?? name;

/** What must hold between settings that are right each on their own. `origins` says where each came from. */
export function settingsConflicts(
  settings: GatekeeperSettings,
  origins: ReadonlyMap<SettingName, string>,
): SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  const originOf = (name: SettingName): string => origins.get(name) ?? 'default';
  const report = (name: SettingName, message: string): void => {
    problems.push({ source: originOf(name), message: `${optionOf(name).slice(2).replaceAll('-', ' ')} ${message}` });
  };
  const { host, advertisedHost, httpHost, signallingPort, httpPort } = settings;
  if (signallingPort === httpPort && httpPort !== 0 && overlap(host, httpHost)) {
    report('httpPort', `${httpPort} is the signalling port too (${originOf('signallingPort')}); both are TCP`);
  }
  if (settings.minimumGrantBps > settings.councilBandwidthBps) {
    const council = `${settings.councilBandwidthBps} (${originOf('councilBandwidthBps')})`;
    report('minimumGrantBps', `${settings.minimumGrantBps} is more than the council's bandwidth of ${council}`);
  }
  if (settings.maxSessions > settings.maxCalls) {
    report(
      'maxSessions',
      `${settings.maxSessions} is more than the ${settings.maxCalls} calls (${originOf('maxCalls')})`,
    );
  }
  if (settings.policy === 'open-lab' && !isLoopback(host) && originOf('host') !== optionOf('host')) {
    const reason = 'open-lab admits anyone, so it leaves loopback only when --host is given on the command line';
    report('host', `${host} is not loopback: ${reason}`);
  }
  const seen = new Set<string>();
  settings.alternates.forEach((alternate, index) => {
    const address = `${alternate.host} port ${alternate.rasPort}`;
    const own = [host, advertisedHost].some((self) => address === `${self} port ${settings.rasPort}`);
    const wrong = own ? 'is this gatekeeper itself' : 'is named twice';
    if (own || seen.has(address)) {
      problems.push({ source: originOf('alternates'), message: `alternates[${index}]: ${address} ${wrong}` });
    }
    seen.add(address);
  });
  reportStore(settings, report);
  return problems;
}

function reportStore(settings: GatekeeperSettings, report: (name: SettingName, message: string) => void): void {
  const { etcdEndpoints, etcdCaFile, etcdCertFile, etcdKeyFile, keyFile } = settings;
  const secure = etcdEndpoints.filter((endpoint) => endpoint.startsWith('https:')).length;
  if (secure > 0 && secure < etcdEndpoints.length) report('etcdEndpoints', 'mix http and https');
  if (secure > 0 && [etcdCaFile, etcdCertFile, etcdKeyFile].includes(undefined))
    report('etcdEndpoints', 'are https, which needs an etcd ca file, an etcd cert file and an etcd key file');
  if (secure === 0 && [etcdCaFile, etcdCertFile, etcdKeyFile].some((file) => file !== undefined))
    report('etcdEndpoints', 'must be https where certificates are given');
  if (settings.floatingAddress !== undefined && etcdEndpoints.length === 0)
    report('floatingAddress', 'goes to whoever leads, which only etcd endpoints can tell');
  if (etcdEndpoints.length > 0 && keyFile === undefined)
    report('etcdEndpoints', 'need a key file: the gatekeepers of a zone sign with the same key');
}

const overlap = (one: string, other: string): boolean => one === other || isWildcard(one) || isWildcard(other);
