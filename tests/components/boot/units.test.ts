import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BootValues } from '../../../components/boot/index.ts';
import { SERVER_OPTIONS } from '../../../runtime/adapters/heap.ts';
import { skipLoudly } from '../../support/skip.ts';
import { EXAMPLES, exampleValues } from './example-values.ts';
import { contentOf, filesOf, isInstalled, judge, withFolder } from './rendered.ts';

const FOLDER = '/etc/systemd/system/';

/** What our units start, and what brings it. */
const BROUGHT: Readonly<Record<string, string>> = {
  '/bin/kill': 'Ubuntu',
  '/bin/sh': 'Ubuntu',
  '/usr/bin/docker': 'docker.io',
  '/usr/bin/etcd': 'etcd-server',
  '/usr/bin/rtpengine': 'rtpengine-daemon',
  '/usr/bin/certbot': 'certbot',
  '/opt/guardian-council/current/node': 'the current release',
  '/bin/systemctl': 'systemd',
};

/** Units of others that ours name. */
const OTHERS = ['docker.service', 'nginx.service', 'chrony.service', 'council-secrets.service'];

const unitsOf = (values: BootValues): string[] =>
  [...filesOf(values).keys()].filter((path) => path.startsWith(FOLDER)).map((path) => path.slice(FOLDER.length));

const valuesOf = (unit: string, key: string): string[] =>
  unit.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));

describe('the units of a host', () => {
  for (const { name, values } of EXAMPLES) {
    it(`of ${name} start only commands that are there`, () => {
      const files = filesOf(values);
      for (const unit of unitsOf(values))
        for (const key of ['ExecStartPre', 'ExecStart', 'ExecReload', 'ExecStopPost'])
          for (const line of valuesOf(contentOf(values, FOLDER + unit), key)) {
            // A hyphen before it: that it fails does not count.
            const [command = ''] = line.replace(/^-/, '').split(' ');
            const script = files.get(command);
            assert.ok(script?.permissions === '0755' || BROUGHT[command] !== undefined, `${unit}: ${line}`);
          }
    });

    it(`of ${name} are accepted by systemd`, async function () {
      if (!isInstalled('systemd-analyze'))
        skipLoudly(this, 'systemd-analyze is not installed (apt-get install systemd)');
      await withFolder((root) => {
        const put = (path: string, text: string, mode = 0o644): void => {
          mkdirSync(dirname(join(root, path)), { recursive: true });
          writeFileSync(join(root, path), text);
          chmodSync(join(root, path), mode);
        };
        for (const command of Object.keys(BROUGHT)) put(command, '', 0o755);
        for (const unit of OTHERS) put(`/usr/lib/systemd/system/${unit}`, '[Service]\nExecStart=/bin/sh\n');
        const targets = [
          'sysinit',
          'basic',
          'shutdown',
          'network-online',
          'multi-user',
          'timers',
          'time-set',
          'time-sync',
        ];
        for (const target of targets) put(`/usr/lib/systemd/system/${target}.target`, '[Unit]\n');
        for (const slice of ['-', 'system']) put(`/usr/lib/systemd/system/${slice}.slice`, '[Unit]\n');
        for (const [path, { content, permissions }] of filesOf(values))
          put(path, content, Number.parseInt(permissions, 8));
        const paths = unitsOf(values).map((unit) => join(root, FOLDER, unit));
        const answer = judge('systemd-analyze', [
          'verify',
          '--man=no',
          `--root=${root}`,
          ...unitsOf(values).map((unit) => FOLDER + unit),
        ]);
        assert.equal(answer, '', paths.join(' '));
      });
    });
  }

  const sandboxed = [
    ['gatekeeper-primary', 'h323-gatekeeper-primary.service'],
    ['gatekeeper-secondary', 'h323-gatekeeper-secondary.service'],
    ['gatekeeper-primary', 'council-etcd.service'],
    ['sip-gateway', 'h323-sip-gateway.service'],
  ] as const;
  for (const [role, name] of sandboxed)
    it(`${name} runs without privileges and always comes back`, () => {
      const unit = contentOf(exampleValues(role), FOLDER + name);
      for (const [key, value] of [
        ['NoNewPrivileges', 'yes'],
        ['CapabilityBoundingSet', ''],
        ['ProtectSystem', 'strict'],
        ['Restart', 'always'],
        ['StartLimitIntervalSec', '0'],
        ['LimitNOFILE', '65536'],
      ] as const)
        assert.deepEqual(valuesOf(unit, key), [value], key);
      assert.notDeepEqual(valuesOf(unit, 'User'), []);
      assert.notDeepEqual(valuesOf(unit, 'User'), ['root']);
    });

  it('a gatekeeper runs as measured, writes below its state folder alone, reloads by SIGHUP, waits for a release', () => {
    const unit = contentOf(exampleValues('gatekeeper-primary'), `${FOLDER}h323-gatekeeper-primary.service`);
    assert.deepEqual(valuesOf(unit, 'ReadWritePaths'), ['/var/lib/guardian-council']);
    assert.deepEqual(valuesOf(unit, 'ExecReload'), ['/bin/kill -HUP $MAINPID']);
    const [start = ''] = valuesOf(unit, 'ExecStart');
    assert.deepEqual(start.split(' ').slice(1, 3), SERVER_OPTIONS);
    assert.deepEqual(valuesOf(unit, 'ConditionPathExists'), ['/opt/guardian-council/current/runtime/cli/council.mjs']);
  });

  it('secrets and the release are asked for once a boot, not whenever a service comes back', () => {
    for (const name of ['council-secrets.service', 'council-release.service'])
      assert.deepEqual(valuesOf(contentOf(exampleValues('gatekeeper-primary'), FOLDER + name), 'RemainAfterExit'), [
        'yes',
      ]);
  });

  for (const role of ['gatekeeper-primary', 'gatekeeper-secondary'] as const) {
    const unit = contentOf(exampleValues(role), `${FOLDER}h323-${role}.service`);

    it(`${role} stops before its member of etcd, but waits neither for it nor for a quorum to start`, () => {
      const naming = unit.split('\n').flatMap((line) => (line.includes('council-etcd') ? line.split('=')[0] : []));
      assert.deepEqual(naming, ['Wants', 'After']);
      // Started as soon as the program runs, long before it has a leader.
      assert.deepEqual(valuesOf(contentOf(exampleValues(role), `${FOLDER}council-etcd.service`), 'Type'), ['exec']);
    });

    it(`${role} gives its lease up however it ended, hands over on SIGTERM in time, and is back after a second`, () => {
      assert.deepEqual(valuesOf(unit, 'ExecStopPost'), [
        '-/opt/guardian-council/current/node /opt/guardian-council/current/runtime/cli/release-lease.mjs --data-dir /var/lib/guardian-council',
      ]);
      assert.match(
        contentOf(exampleValues(role), '/etc/guardian-council/gatekeeper.yaml'),
        /^data_dir: \/var\/lib\/guardian-council$/m,
      );
      assert.deepEqual(valuesOf(unit, 'KillSignal'), []);
      assert.deepEqual(valuesOf(unit, 'TimeoutStopSec'), ['10']);
      assert.deepEqual(valuesOf(unit, 'RestartSec'), ['1']);
    });
  }

  it('secrets and the release come before what needs them', () => {
    const unit = contentOf(exampleValues('gatekeeper-primary'), `${FOLDER}h323-gatekeeper-primary.service`);
    const after = valuesOf(unit, 'After').join(' ').split(' ');
    for (const first of ['council-secrets.service', 'council-release.service']) assert.ok(after.includes(first), first);
    for (const [role, name] of [
      ['monitoring', 'council-etcd.service'],
      ['monitoring', 'council-monitoring.service'],
      ['mcu', 'h323-mcu.service'],
    ] as const)
      assert.match(contentOf(exampleValues(role), FOLDER + name), /^After=.*council-secrets\.service/m);
  });
});
