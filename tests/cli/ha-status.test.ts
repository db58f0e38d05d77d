import assert from 'node:assert/strict';
import { statusText } from '../../runtime/cli/ha/status.ts';
import { leaseId, revision } from '../../runtime/ha/index.ts';
import type { GatekeeperReport, Probe, ZoneStatus } from '../../runtime/service/zone-operator.ts';

const ras = { address: '198.51.100.7', port: 1719 };
const gatekeeper = (role: 'primary' | 'secondary', registry: string, probe: Probe): GatekeeperReport => ({
  ...{ instance: `gatekeeper-${role}`, role, ras, http: ras, version: '1.0.0', registry, lease: leaseId('1') },
  ...{ leads: role === 'primary', probe },
});
const seen: Probe = {
  ...{ reachable: true, ready: true, status: 'ready' },
  ...{ leaseLeftSeconds: 1.64321, registrations: 12, sessions: 3, lagSeconds: 0.0042 },
};

const status: ZoneStatus = {
  ...{ zone: 'council-gk', health: 'degraded', problems: ['one', 'two'], notes: ['by the way'] },
  leader: { instance: 'gatekeeper-primary', since: 0, ras, lease: leaseId('1'), term: revision(42) },
  gatekeepers: [
    gatekeeper('primary', 'aaaa', seen),
    gatekeeper('secondary', 'bbbb', { reachable: false, reason: 'no route' }),
  ],
  etcd: {
    members: [
      {
        ...{ id: 'a1', name: 'one', peerUrls: ['http://a'], clientUrl: 'http://b', learner: false, leads: true },
        ...{ healthy: true, version: '3.4.23', dbSize: 2_000_000, quota: 4_000_000, alarms: ['NOSPACE'] },
      },
      {
        ...{ id: 'a2', name: '', peerUrls: ['http://c'], clientUrl: undefined, learner: true, leads: false },
        ...{ healthy: false, alarms: [] },
      },
    ],
    ...{ voters: 1, healthyVoters: 1, quorum: true },
  },
};

const shown = (isTerminal: boolean, now: number, changed: Partial<ZoneStatus> = {}): string =>
  statusText({ ...status, ...changed }, now, { out: () => {}, err: () => {}, isTerminal });
/** The cells of a table's row. */
const row = (text: string, first: string): readonly string[] =>
  (text.split('\n').find((line) => line.startsWith(`│ ${first}`)) ?? '')
    .split('│')
    .slice(1, -1)
    .map((cell) => cell.trim());
const ESCAPE = String.fromCharCode(27);

describe('what council ha status shows', () => {
  // Node looks for itself whether there is a terminal.
  const { FORCE_COLOR: before } = process.env;
  beforeEach(() => {
    process.env['FORCE_COLOR'] = '1';
  });
  afterEach(() => {
    if (before === undefined) delete process.env['FORCE_COLOR'];
    else process.env['FORCE_COLOR'] = before;
  });

  it('puts what is wrong before what is there, and does not invent what it could not ask', () => {
    const text = shown(false, 3_725_000);
    assert.deepEqual(text.split('\n').slice(0, 4), [
      'zone council-gk: degraded; gatekeeper-primary leads since 1970-01-01T00:00:00.000Z (1 h 2 min), term 42',
      '  ! one',
      '  ! two',
      '  - by the way',
    ]);
    const address = '198.51.100.7:1719';
    assert.deepEqual(row(text, 'gatekeeper-primary'), [
      ...['gatekeeper-primary', 'primary', 'leads', address, '1.0.0', 'aaaa', '1.6 s', '12', '3', '0.004 s'],
    ]);
    assert.deepEqual(row(text, 'gatekeeper-secondary'), [
      ...['gatekeeper-secondary', 'secondary', 'standby', address, '1.0.0', 'bbbb', '?', '?', '?', ''],
    ]);
    const one = ['one', 'healthy', 'leader', 'http://b', '3.4.23', '2.0 of 4.0 MB (50 %)', 'NOSPACE'];
    assert.deepEqual(row(text, 'one'), one);
    assert.deepEqual(row(text, '(never'), ['(never started)', 'not healthy', 'learner', '', '?', '?', '']);
  });

  it('has colours for people alone', () => {
    assert.ok(!shown(false, 0).includes(ESCAPE));
    const coloured = shown(true, 0);
    // Registries that differ are red, as an alarm is.
    for (const text of ['aaaa', 'bbbb', 'NOSPACE']) assert.ok(coloured.includes(`${ESCAPE}[31m${text}`), text);
    assert.ok(!shown(true, 0, { gatekeepers: [gatekeeper('primary', 'aaaa', seen)] }).includes(`${ESCAPE}[31maaaa`));
  });

  it('tells a time in its two largest units', () => {
    const times = [0, 59_000, 60_000, 3_600_000, 90_061_000].map(
      (now) => /\((.*?)\), term/.exec(shown(false, now))?.[1],
    );
    assert.deepEqual(times, ['0 s', '59 s', '1 min 0 s', '1 h 0 min', '1 d 1 h']);
  });

  it('shows a gatekeeper that does not serve as such, and no tables where there is nothing in them', () => {
    const frozen: Probe = { ...seen, ready: false, status: 'frozen' };
    const text = shown(false, 0, { gatekeepers: [gatekeeper('primary', 'aaaa', frozen)] });
    assert.equal(row(text, 'gatekeeper-primary')[2], 'not ready');
    const down = shown(false, 0, { health: 'down', leader: undefined, gatekeepers: [], etcd: undefined, notes: [] });
    assert.equal(down, 'zone council-gk: down; no leader is known\n  ! one\n  ! two\n');
  });
});
