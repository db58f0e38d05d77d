import Table from 'cli-table3';
import { type EtcdReport, fullness, type GatekeeperReport } from '../../service/index.ts';
import { type Console, paint } from '../console.ts';

function table(console: Console, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const drawn = new Table({
    head: [...head],
    style: { head: console.isTerminal ? ['bold'] : [], border: console.isTerminal ? ['grey'] : [] },
  });
  for (const row of rows) drawn.push([...row]);
  return drawn.toString();
}

const maybe = (value: number | undefined): string => (value === undefined ? '?' : String(value));
const seconds = (value: number | undefined, digits: number): string =>
  value === undefined ? '?' : `${value.toFixed(digits)} s`;

export function gatekeeperTable(gatekeepers: readonly GatekeeperReport[], console: Console): string {
  const differ = new Set(gatekeepers.map(({ registry }) => registry)).size > 1;
  const rows = gatekeepers.map(({ instance, role, leads, ras, version, registry, probe }) => {
    const isBroken = probe.reachable && !probe.ready;
    const state = isBroken
      ? paint(console, 'red', 'not ready')
      : leads
        ? paint(console, 'green', 'leads')
        : paint(console, 'yellow', 'standby');
    const seen = probe.reachable ? probe : undefined;
    return [
      instance,
      role,
      state,
      `${ras.address}:${ras.port}`,
      version,
      differ ? paint(console, 'red', registry) : registry,
      seconds(seen?.leaseLeftSeconds, 1),
      maybe(seen?.registrations),
      maybe(seen?.sessions),
      // Only who leads writes.
      leads ? seconds(seen?.lagSeconds, 3) : '',
    ];
  });
  const head = [
    'Gatekeeper',
    'Role',
    'State',
    'RAS',
    'Release',
    'Registry',
    'Lease left',
    'Registered',
    'Sessions',
    'Lag',
  ];
  return table(console, head, rows);
}

/** @param whole with ids and the addresses between members */
export function etcdTable({ members }: EtcdReport, whole: boolean, console: Console): string {
  const rows = members.map((member) => {
    const { id, name, peerUrls, clientUrl, learner, leads, healthy, version, alarms } = member;
    return [
      name || '(never started)',
      ...(whole ? [id] : []),
      healthy ? paint(console, 'green', 'healthy') : paint(console, 'red', 'not healthy'),
      learner ? 'learner' : leads ? 'leader' : 'voter',
      ...(whole ? [peerUrls.join(' ')] : []),
      clientUrl ?? '',
      version ?? '?',
      sizeOf(member.dbSize, member.quota, fullness(member)),
      paint(console, 'red', alarms.join(' ')),
    ];
  });
  const [id, peers] = whole ? [['Id'], ['For members']] : [[], []];
  return table(console, ['etcd', ...id, 'State', 'Part', ...peers, 'For clients', 'Release', 'Data', 'Alarms'], rows);
}

function sizeOf(size: number | undefined, quota: number | undefined, share: number): string {
  if (size === undefined || quota === undefined) return '?';
  return `${megabytes(size)} of ${megabytes(quota)} MB (${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %)`;
}

export const megabytes = (octets: number): string => (octets / 1e6).toFixed(octets < 1e6 ? 2 : octets < 1e7 ? 1 : 0);
