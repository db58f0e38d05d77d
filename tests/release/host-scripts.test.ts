/** What the Systems Manager agent is given, really run by sh, with stand-ins for what a host has. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  lookScript,
  parseHostState,
  RELEASE_ROLES,
  type ReleaseRole,
  switchScript,
} from '../../runtime/release/index.ts';

const RELEASE = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);
const UNIT = 'ExecStart=/opt/guardian-council/current/node /opt/guardian-council/current/runtime/cli/council.mjs x';

interface Host {
  /** What `council-release` does, in shell. */
  readonly release?: string;
  /** The unit's file. */
  readonly unit?: string;
  /** Its main process before and after it was told to drain. */
  readonly main?: readonly [string, string];
  readonly state?: string;
  /** What `ha probe` says. */
  readonly probe?: string;
  readonly current?: string;
  /** Whether its first boot is still under way. */
  readonly booting?: boolean;
  /** What a group has in mind for it, as instance metadata say; nothing where it is of no group. */
  readonly lifecycle?: string;
}

describe('the scripts that hosts are sent', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'council-host-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function run(
    text: string,
    host: Host = {},
  ): { readonly status: number | null; readonly out: string; readonly err: string } {
    const {
      release = `ln -sfn ${RELEASE} '${folder}/opt/current'`,
      unit = UNIT,
      main = ['7', '7'],
      state = 'active',
    } = host;
    const put = (path: string, content: string): void => {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), content, { mode: 0o755 });
    };
    const log = `echo "$(basename "$0") $*" >>'${folder}/calls'`;
    mkdirSync(join(folder, 'opt'), { recursive: true });
    put('etc/host.env', 'AWS_REGION="eu-central-1"\nRELEASE_PARAMETER="/council/release/mcu"\n');
    put('bin/council-release', `#!/bin/sh\n${log}\necho "asked for $RELEASE_PARAMETER in $AWS_REGION"\n${release}\n`);
    put(
      'bin/systemctl',
      `#!/bin/sh
case "$1" in
cat) printf '%s\\n' '${unit.replaceAll('/opt/guardian-council', `${folder}/opt`)}' ;;
show) if [ -e '${folder}/drained' ]; then echo ${main[1]}; else echo ${main[0]}; fi ;;
is-active) echo ${state}; [ ${state} = active ] ;;
kill) ${log}; touch '${folder}/drained' ;;
*) ${log} ;;
esac
`,
    );
    // Without a state to tell, the metadata of an instance answer 404, which curl -f ends with 22.
    put(
      'bin/curl',
      `#!/bin/sh
case "$*" in
*'/api/token') echo a-token ;;
*'X-aws-ec2-metadata-token: a-token'*'/meta-data/autoscaling/target-lifecycle-state') ${host.lifecycle === undefined ? 'exit 22' : `echo ${host.lifecycle}`} ;;
*) exit 2 ;;
esac
`,
    );
    if (!host.booting) put('var/cloud/instance/boot-finished', '');
    put('bin/sleep', `#!/bin/sh\n${log}\n`);
    if (host.current !== undefined) {
      put(`opt/${host.current}/node`, `#!/bin/sh\n${log}\necho '${host.probe ?? ''}'\n`);
      symlinkSync(host.current, join(folder, 'opt/current'));
    }
    const script = text
      .replaceAll('/opt/guardian-council', `${folder}/opt`)
      .replaceAll('/etc/guardian-council', `${folder}/etc`)
      .replaceAll('/var/lib/cloud', `${folder}/var/cloud`)
      .replaceAll('/usr/local/sbin/', `${folder}/bin/`)
      .replace('PATH=', `PATH=${folder}/bin:`);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    return { status, out: stdout, err: stderr };
  }

  const calls = (): readonly string[] =>
    existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split(/ *\n/) : [];

  describe('to switch', () => {
    it("fetches with the host's own facts, and restarts a gatekeeper at once: it hands over", () => {
      const { status, out } = run(switchScript('gatekeeper-secondary', RELEASE).text);
      assert.equal(status, 0);
      assert.equal(
        out,
        'asked for /council/release/mcu in eu-central-1\nh323-gatekeeper-secondary.service restarted\n',
      );
      assert.deepEqual(calls(), ['council-release', 'systemctl restart h323-gatekeeper-secondary.service']);
    });

    it('restarts nothing where the release could not be had', () => {
      const { status, err } = run(switchScript('gatekeeper-primary', RELEASE).text, {
        release: 'echo "sha256sum: WARNING: 1 computed checksum did NOT match" >&2; exit 1',
      });
      assert.equal(status, 1);
      assert.match(err, /checksum did NOT match/);
      assert.deepEqual(calls(), ['council-release']);
    });

    it('restarts nothing where the host has another release than it should', () => {
      const { status, err } = run(switchScript('gatekeeper-primary', RELEASE).text, {
        release: `ln -sfn ${OTHER} '${folder}/opt/current'`,
      });
      assert.equal(status, 1);
      assert.equal(err, `the current release is ${OTHER}, not ${RELEASE}\n`);
      assert.deepEqual(calls(), ['council-release']);
    });

    it('leaves a service alone that is no part of the release', () => {
      const { status, out } = run(switchScript('mcu', RELEASE).text, {
        unit: 'ExecStart=/usr/bin/docker compose --file /etc/guardian-council/mcu.yaml up',
      });
      assert.equal(status, 0);
      assert.match(out, /h323-mcu\.service runs nothing of the release and goes on as it is/);
      assert.deepEqual(calls(), ['council-release']);
    });

    it('lets calls end before it restarts an MCU or a gateway', () => {
      for (const role of ['mcu', 'sip-gateway'] as const) {
        rmSync(join(folder, 'calls'), { force: true });
        rmSync(join(folder, 'drained'), { force: true });
        assert.equal(run(switchScript(role, RELEASE).text, { main: ['7', '8'] }).status, 0);
        assert.deepEqual(calls(), [
          'council-release',
          `systemctl kill --kill-whom=main --signal=USR1 h323-${role}.service`,
          `systemctl restart h323-${role}.service`,
        ]);
      }
    });

    it('waits half an hour at most for calls that do not end', () => {
      assert.equal(run(switchScript('mcu', RELEASE).text).status, 0);
      assert.equal(calls().filter((call) => call === 'sleep 5').length, 360);
      assert.equal(calls().at(-1), 'systemctl restart h323-mcu.service');
      assert.ok(switchScript('mcu', RELEASE).timeout > 1800);
    });

    it('drains nobody who does not run', () => {
      assert.equal(run(switchScript('mcu', RELEASE).text, { main: ['0', '0'] }).status, 0);
      assert.deepEqual(calls(), ['council-release', 'systemctl restart h323-mcu.service']);
    });

    it('takes nothing but a SHA-256 into its text', () => {
      for (const text of ['none', 'latest', `${RELEASE}; reboot`, ''])
        assert.throws(() => switchScript('mcu', text), RangeError);
    });
  });

  describe('to look', () => {
    const seen = (role: ReleaseRole, host: Host) => {
      const { status, out } = run(lookScript(role).text, host);
      assert.equal(status, 0);
      return parseHostState(out);
    };

    it('tells what a gatekeeper says of itself', () => {
      const probe = { serves: true, role: 'standby', release: RELEASE, version: '1', rasMs: 3.2, problems: [] };
      assert.deepEqual(seen('gatekeeper-primary', { current: RELEASE, probe: JSON.stringify(probe) }), {
        current: RELEASE,
        ours: true,
        state: 'active',
        pid: 7,
        booting: false,
        leaving: false,
        probe: { serves: true, role: 'standby', release: RELEASE, problems: [] },
      });
      assert.match(calls()[0] ?? '', /council\.mjs ha probe --json --config .*gatekeeper\.yaml$/);
    });

    it('tells where it says nothing', () => {
      const { probe, state } =
        seen('gatekeeper-primary', { current: RELEASE, state: 'failed', main: ['0', '0'] }) ?? {};
      assert.equal(probe, null);
      assert.equal(state, 'failed');
    });

    it('tells that there is no release yet', () => {
      for (const role of RELEASE_ROLES)
        assert.equal(seen(role, { state: 'inactive', main: ['0', '0'] })?.current, 'none');
    });

    it('tells of a gateway that its group has chosen it to go, and of no other', () => {
      for (const [lifecycle, leaving] of [
        ['Terminated', true],
        ['InService', false],
        ['Detached', false],
      ] as const)
        assert.equal(seen('sip-gateway', { lifecycle })?.leaving, leaving, lifecycle);
      assert.equal(seen('sip-gateway', {})?.leaving, false);
      assert.equal(seen('mcu', { lifecycle: 'Terminated' })?.leaving, false);
    });

    it('tells whether the first boot has ended', () => {
      assert.equal(seen('sip-gateway', { booting: true, state: 'inactive' })?.booting, true);
      rmSync(join(folder, 'var'), { recursive: true, force: true });
      assert.equal(seen('sip-gateway', {})?.booting, false);
    });

    it('asks no probe of a host that has none', () => {
      assert.equal(seen('sip-gateway', { current: RELEASE, probe: '{"odd":1}' })?.probe, null);
    });
  });

  it('are read by a strict shell, and no answer of somebody else is taken for a host', () => {
    for (const role of RELEASE_ROLES)
      for (const { text } of [switchScript(role, RELEASE), lookScript(role)])
        assert.equal(spawnSync('sh', ['-n'], { input: text }).status, 0);
    for (const text of ['', 'null', '{}', '{"current":1}', '{"current":"x"', 'bash: not found'])
      assert.equal(parseHostState(text), undefined, text);
  });
});
