/** The release commands against a pretended AWS: real requests, real bundles, hosts that only answer. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodeOf } from '../../runtime/cli/failure.ts';
import { releaseGate } from '../../runtime/cli/release/gate.ts';
import { releasePublish } from '../../runtime/cli/release/publish.ts';
import { releaseRollout } from '../../runtime/cli/release/rollout.ts';
import { releaseSpare } from '../../runtime/cli/release/spare.ts';
import {
  type Bundle,
  bundleKey,
  nodeKey,
  RELEASE_ROLES,
  sha256Of,
  VOTERS,
  writeBundle,
} from '../../runtime/release/index.ts';
import { PretendedAws } from '../support/pretended-aws.ts';
import { runMain } from '../support/run-main.ts';

const WHERE = ['--stack', 'prod', '--region', 'eu-central-1'];
const OPTIONS = { stack: 'prod', region: 'eu-central-1' };
const TIMES = { betweenLooks: 1, askAgain: 1 };
const NODE = Buffer.from('a Node.js');
const BASE = '/guardian-council/prod/release';

const idOf = (place: number): string => `i-0000000000000000${place}`;

/** Calls a command's function as main() would; tells what it wrote and ended with. */
async function called(command: (console: Parameters<typeof releaseGate>[1]) => Promise<number>) {
  const said = { out: '', err: '' };
  const console = {
    out: (text: string): void => {
      said.out += text;
    },
    err: (text: string): void => {
      said.err += text;
    },
    isTerminal: false,
  };
  try {
    return { code: await command(console), ...said };
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === undefined || !(error instanceof Error)) throw error;
    return { code, out: said.out, err: `${said.err}${error.message}` };
  }
}

describe('council release', function () {
  this.timeout(60_000);
  let aws: PretendedAws;
  let folder: string;
  let first: Bundle;
  let second: Bundle;
  const kept = { ...process.env };

  async function built(text: string, dirty = false): Promise<Bundle> {
    const node = { version: '24.0.0', platform: 'linux-x64', sha256: sha256Of(NODE), size: NODE.length };
    const facts = { version: '1.0.0', commit: 'c0'.repeat(20), committedAt: '2026-11-21T18:00:00.000Z', dirty, node };
    const bundle = await writeBundle(facts, [{ path: 'LICENSE', octets: Buffer.from(text), executable: false }]);
    mkdirSync(join(folder, 'releases'), { recursive: true });
    writeFileSync(join(folder, bundleKey(bundle.sha256)), bundle.octets);
    return bundle;
  }

  const publish = (release: string | undefined, more: Readonly<Record<string, unknown>> = {}) =>
    called((console) => releasePublish(release, { ...OPTIONS, from: folder, ...more }, console));
  const roll = (release: string) =>
    called((console) => releaseRollout({ ...OPTIONS, release, json: true }, console, TIMES));

  /** Hosts that do what the scripts ask, by a word in each. `broken`: releases that a role does not serve with. */
  function hosts(
    broken: Readonly<Record<string, readonly string[]>> = {},
  ): Map<string, { current: string; pid: number }> {
    const states = new Map<string, { current: string; pid: number }>();
    for (const [place, role] of RELEASE_ROLES.entries()) {
      aws.instances.set(role, idOf(place));
      states.set(role, { current: 'none', pid: 1 });
    }
    aws.execute = (id, script) => {
      const role = RELEASE_ROLES[Number(id.at(-1))] ?? 'mcu';
      const host = states.get(role) ?? { current: 'none', pid: 1 };
      if (script.includes('/usr/local/sbin/council-release')) {
        host.current = aws.parameters.get(`${BASE}/${role}`) ?? 'none';
        host.pid++;
        return { status: 'Success', stdout: 'restarted\n' };
      }
      const { current, pid } = host;
      const ok = current !== 'none' && broken[role]?.includes(current) !== true;
      const probe = { serves: ok, role: 'standby', release: current, problems: ok ? [] : ['no answer by RAS'] };
      const ours = role.startsWith('gatekeeper');
      return {
        status: 'Success',
        stdout: `${JSON.stringify({ current, ours, state: 'active', pid, probe: ours ? probe : null })}\n`,
      };
    };
    return states;
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'council-release-test-'));
    aws = new PretendedAws();
    process.env['AWS_ENDPOINT_URL'] = await aws.start();
    process.env['AWS_ACCESS_KEY_ID'] = 'test';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
    aws.parameters.set(`${BASE}/bucket`, 'releases');
    first = await built('one');
    second = await built('two');
    mkdirSync(join(folder, 'runtimes'));
    writeFileSync(join(folder, nodeKey(sha256Of(NODE))), NODE);
  });
  afterEach(async () => {
    await aws.stop();
    process.env = { ...kept };
    rmSync(folder, { recursive: true, force: true });
  });

  describe('publish', () => {
    it('puts the bundle and its Node.js under their SHA-256, and tells the line to set', async () => {
      const { code, out } = await publish(first.sha256);
      assert.equal(code, 0);
      assert.deepEqual([...aws.objects.keys()], [nodeKey(sha256Of(NODE)), bundleKey(first.sha256)]);
      assert.deepEqual(aws.objects.get(bundleKey(first.sha256))?.octets, Buffer.from(first.octets));
      assert.ok(out.includes(`  guardian-council:release: "${first.sha256}"\n`), out);
    });

    it('does nothing a second time', async () => {
      await publish(first.sha256);
      const { code, out } = await publish(first.sha256, { json: true });
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(out).uploaded, { bundle: false, node: false });
      assert.equal(aws.calls.filter((call) => call.startsWith('S3 PUT')).length, 2);
    });

    it('refuses a bundle that was tampered with or cut short, before anything is asked of AWS', async () => {
      for (const octets of [Buffer.from('x'), first.octets.subarray(0, 100)]) {
        writeFileSync(join(folder, bundleKey(first.sha256)), octets);
        const { code, err } = await publish(first.sha256);
        assert.equal(code, 1);
        assert.match(err, /is refused: its SHA-256 is [0-9a-f]{64}, and not/);
      }
      assert.deepEqual(aws.calls, []);
    });

    it('refuses a Node.js that is not the one that the release names', async () => {
      writeFileSync(join(folder, nodeKey(sha256Of(NODE))), 'another');
      const { code, err } = await publish(first.sha256);
      assert.equal(code, 1);
      assert.match(err, /is not the Node\.js 24\.0\.0 that the release names/);
      assert.equal(aws.objects.size, 0);
    });

    it('does not hide that something else is there under its name', async () => {
      aws.objects.set(bundleKey(first.sha256), { octets: Buffer.from('evil'), sha256: 'AAAA' });
      const { code, err } = await publish(first.sha256);
      assert.equal(code, 1);
      assert.match(err, /is not what its name says/);
    });

    it('refuses a release of uncommitted files unless told to', async () => {
      const { sha256 } = await built('dirty', true);
      assert.match((await publish(sha256)).err, /built from files that no commit has/);
      assert.equal((await publish(sha256, { dirty: true })).code, 0);
    });

    it('names what is missing: the stack, the region, the release, the right to write', async () => {
      const ask = async (more: Readonly<Record<string, unknown>>) => (await publish(first.sha256, more)).err;
      assert.match(await ask({ stack: undefined }), /--stack is missing/);
      assert.match(await ask({ region: 'mars' }), /--region: "mars" is no AWS region/);
      assert.match(await ask({ stack: '../x' }), /--stack: "\.\.\/x" is no name of a stack/);
      assert.match(
        await ask({ stack: 'other' }),
        /SSM GetParameter \/guardian-council\/other\/release\/bucket: ParameterNotFound/,
      );
      assert.match((await publish(undefined)).err, /2 releases are in/);
      assert.match((await publish('latest')).err, /"latest" is no SHA-256/);
      aws.refuse = (call) => (call.startsWith('S3 PUT') ? { status: 403, code: 'AccessDenied' } : undefined);
      assert.match(await ask({}), /S3 PutObject s3:\/\/releases\/runtimes\/[0-9a-f]{64}\.tar\.gz: AccessDenied/);
    });
  });

  it('list tells what is in the bucket, and what there is broken', async () => {
    await publish(first.sha256);
    aws.objects.set(bundleKey(second.sha256), { octets: Buffer.from('broken'), sha256: undefined });
    const { code, stdout } = await runMain(['release', 'list', '--json', ...WHERE]);
    assert.equal(code, 1);
    const found = new Map<string, { commit?: string; problem?: string }>(
      JSON.parse(stdout).releases.map((one: { release: string }) => [one.release, one]),
    );
    assert.equal(found.get(first.sha256)?.commit, 'c0'.repeat(20));
    assert.match(found.get(second.sha256)?.problem ?? '', /its SHA-256 is/);
  });

  describe('rollout', () => {
    beforeEach(async () => {
      await publish(first.sha256);
      await publish(second.sha256);
      aws.calls.length = 0;
    });

    it('brings a release to all hosts, which status then shows', async () => {
      const states = hosts();
      const { code, out, err } = await roll(first.sha256);
      assert.equal(code, 0, err);
      assert.equal(JSON.parse(out).ok, true);
      for (const role of RELEASE_ROLES) assert.equal(states.get(role)?.current, first.sha256);
      assert.equal(aws.parameters.get(`${BASE}/proven`), first.sha256);
      aws.parameters.set(BASE, first.sha256);
      const status = await runMain(['release', 'status', '--json', ...WHERE]);
      assert.equal(status.code, 0, status.stdout);
      assert.equal(JSON.parse(status.stdout).hosts.length, 4);
      aws.parameters.set(BASE, second.sha256);
      const behind = await runMain(['release', 'status', ...WHERE]);
      assert.equal(behind.code, 1);
      assert.match(behind.stdout, new RegExp(`not the ${second.sha256.slice(0, 12)} of the stack's file`));
    });

    it('takes hosts back, ends with 1 and says where and why', async () => {
      const states = hosts({ 'gatekeeper-primary': [second.sha256] });
      await roll(first.sha256);
      const { code, out, err } = await roll(second.sha256);
      assert.equal(code, 1);
      assert.match(err, /gatekeeper-primary: the gate is not passed: no answer by RAS/);
      assert.deepEqual(JSON.parse(out).hosts['gatekeeper-secondary'], { kind: 'returned' });
      for (const role of RELEASE_ROLES) {
        assert.equal(states.get(role)?.current, first.sha256, role);
        assert.equal(aws.parameters.get(`${BASE}/${role}`), first.sha256, role);
      }
    });

    it('touches nothing where the bundle, its Node.js or a host is not there', async () => {
      hosts();
      const changes = () => aws.calls.filter((call) => /PutParameter|SendCommand/.test(call));
      assert.match(
        (await roll('ab'.repeat(32))).err,
        /release (ab)+ is not in s3:\/\/releases: .* nothing was touched/,
      );
      aws.objects.delete(nodeKey(sha256Of(NODE)));
      assert.match((await roll(first.sha256)).err, /Node\.js 24\.0\.0 is not in s3:\/\/releases.* nothing was touched/);
      await publish(first.sha256);
      aws.instances.delete('mcu');
      assert.match((await roll(first.sha256)).err, /no running instance named mcu; nothing was touched/);
      assert.deepEqual(changes(), []);
    });

    it('waits where AWS throttles it', async () => {
      hosts();
      let refusals = 3;
      aws.refuse = (call) =>
        call === 'SSM PutParameter' && refusals-- > 0 ? { status: 400, code: 'ThrottlingException' } : undefined;
      assert.equal((await roll(first.sha256)).code, 0);
      assert.ok(refusals < 0);
    });

    for (const status of ['Failed', 'TimedOut', 'Undeliverable'] as const)
      it(`returns where a host's command ends as ${status}`, async () => {
        const states = hosts();
        await roll(first.sha256);
        const { execute } = aws;
        aws.execute = (id, script) =>
          id === idOf(1) && script.includes(second.sha256)
            ? { status, stderr: 'tar: No space left on device' }
            : execute(id, script);
        const { code, err } = await roll(second.sha256);
        assert.equal(code, 1);
        assert.match(err, new RegExp(`gatekeeper-primary: ${idOf(1)}: ${status}: tar: No space left on device`));
        assert.deepEqual(
          RELEASE_ROLES.map((role) => states.get(role)?.current),
          RELEASE_ROLES.map(() => first.sha256),
        );
      });

    describe('to a group of gateways', () => {
      const GATEWAYS = ['i-00000000000000011', 'i-00000000000000012', 'i-00000000000000013'] as const;

      /** Gateways beside the other hosts; what they run, by their ids. */
      function group(): { readonly current: Map<string, string>; readonly scripts: string[] } {
        hosts();
        aws.instances.delete('sip-gateway');
        aws.groups.set('sip-gateway', GATEWAYS);
        const current = new Map<string, string>(GATEWAYS.map((id) => [id, 'none']));
        const scripts: string[] = [];
        const { execute } = aws;
        aws.execute = (id, script) => {
          const runs = current.get(id);
          if (runs === undefined) return execute(id, script);
          const isSwitch = script.includes('/usr/local/sbin/council-release');
          if (isSwitch) current.set(id, aws.parameters.get(`${BASE}/sip-gateway`) ?? 'none');
          if (isSwitch) scripts.push(id);
          const state = { current: runs, ours: false, state: 'active', pid: 1, booting: false, leaving: false };
          return { status: 'Success', stdout: `${JSON.stringify({ ...state, probe: null })}\n` };
        };
        return { current, scripts };
      }

      it('stops at the one that cannot have it, and takes all back', async () => {
        const { current, scripts } = group();
        await roll(first.sha256);
        scripts.length = 0;
        const { execute } = aws;
        aws.execute = (id, script) =>
          id === GATEWAYS[1] && script.includes(second.sha256)
            ? { status: 'Failed', stderr: 'tar: No space left on device' }
            : execute(id, script);
        const { code, err } = await roll(second.sha256);
        assert.equal(code, 1);
        assert.ok(err.includes(`sip-gateway: ${GATEWAYS[1]}: Failed: tar: No space left on device`), err);
        assert.deepEqual(new Set(current.values()), new Set([first.sha256]));
        assert.deepEqual(scripts, [GATEWAYS[0], GATEWAYS[0]], 'there, and back; the third was not touched');
        assert.equal(aws.parameters.get(`${BASE}/sip-gateway`), first.sha256);
      });

      it('goes on where one has left the group since it was listed', async () => {
        const { current } = group();
        const { execute } = aws;
        aws.execute = (id, script) => {
          if (id === GATEWAYS[0]) aws.groups.set('sip-gateway', GATEWAYS.slice(0, 2));
          return execute(id, script);
        };
        const { code, err } = await roll(first.sha256);
        assert.equal(code, 0, err);
        assert.deepEqual([...current.values()], [first.sha256, first.sha256, 'none']);
      });

      it('brings it to each, one after the other, and status shows each', async () => {
        const { current, scripts } = group();
        const { code, out, err } = await roll(first.sha256);
        assert.equal(code, 0, err);
        assert.deepEqual(JSON.parse(out).hosts['sip-gateway'], { kind: 'released' });
        assert.deepEqual(scripts, GATEWAYS);
        // What a gateway that the group makes later reads at its first boot.
        assert.equal(aws.parameters.get(`${BASE}/sip-gateway`), first.sha256);
        aws.parameters.set(BASE, first.sha256);
        const status = await runMain(['release', 'status', '--json', ...WHERE]);
        assert.equal(status.code, 0, status.stdout);
        const shown: { role: string; instance: string }[] = JSON.parse(status.stdout).hosts;
        assert.deepEqual(
          shown.filter(({ role }) => role === 'sip-gateway').map(({ instance }) => instance),
          GATEWAYS,
        );
        current.set(GATEWAYS[2], second.sha256);
        const behind = await runMain(['release', 'status', ...WHERE]);
        assert.equal(behind.code, 1);
        assert.match(behind.stdout, /its current release is/);
      });

      it('status finds nothing wrong with one that leaves on the release before, and says that it leaves', async () => {
        group();
        await roll(first.sha256);
        aws.parameters.set(BASE, first.sha256);
        const { execute } = aws;
        const leaving = { current: second.sha256, ours: false, state: 'active', pid: 1, leaving: true, probe: null };
        aws.execute = (id, script) =>
          id === GATEWAYS[2] ? { status: 'Success', stdout: `${JSON.stringify(leaving)}\n` } : execute(id, script);
        const { code, stdout } = await runMain(['release', 'status', ...WHERE]);
        assert.equal(code, 0, stdout);
        assert.match(stdout, /leaves the group/);
      });
    });

    it('forget leaves no parameter of a host behind, and may be called twice', async () => {
      hosts();
      await roll(first.sha256);
      for (const _ of [1, 2]) assert.equal((await runMain(['release', 'forget', ...WHERE])).code, 0);
      assert.deepEqual([...aws.parameters.keys()], [`${BASE}/bucket`]);
    });
  });

  describe('spare', () => {
    const spareOf = (role: string, more: object = {}) =>
      called((console) => releaseSpare({ ...OPTIONS, role, ...more }, console, TIMES));

    it('asks no host before there is a release', async () => {
      hosts();
      const { code, out } = await spareOf('gatekeeper-secondary');
      assert.deepEqual([code, out], [0, 'gatekeeper-secondary can be spared: it is to run no release yet\n']);
      assert.deepEqual(aws.calls, ['SSM GetParameter']);
    });

    it('looks at both, and ends with 1 where only this one serves; it tells whom to bring up', async () => {
      const states = hosts();
      for (const role of RELEASE_ROLES) {
        aws.parameters.set(`${BASE}/${role}`, first.sha256);
        states.set(role, { current: first.sha256, pid: 1 });
      }
      assert.deepEqual(await spareOf('gatekeeper-secondary'), {
        ...{ code: 0, out: 'gatekeeper-secondary can be spared\n', err: '' },
      });
      aws.instances.delete('gatekeeper-primary');
      const reason = 'gatekeeper-secondary serves, and no instance of gatekeeper-primary is running';
      const { code, out, err } = await spareOf('gatekeeper-secondary', { json: true });
      assert.equal(code, 1);
      assert.deepEqual(JSON.parse(out), { stack: 'prod', role: 'gatekeeper-secondary', spare: false, reason });
      assert.ok(err.includes(`cannot be spared: ${reason}. Bring up what is out first`), err);
    });

    it('is told a gatekeeper, and a parameter that holds a release', async () => {
      assert.match((await spareOf('mcu')).err, /--role: must be gatekeeper-primary or gatekeeper-secondary/);
      aws.parameters.set(`${BASE}/gatekeeper-primary`, 'latest');
      assert.match((await spareOf('gatekeeper-primary')).err, /must hold none or a SHA-256/);
    });
  });

  describe('gate', () => {
    const gateOf = (host: string) => called((console) => releaseGate({ ...OPTIONS, host: [host] }, console, TIMES));

    it("asks nothing but EC2's checks before there is a release", async () => {
      hosts();
      const { code, out } = await gateOf(`gatekeeper-secondary=${idOf(0)}`);
      assert.equal(code, 0);
      assert.match(out, /it is to run no release yet/);
      assert.deepEqual(aws.calls, ['EC2 DescribeInstanceStatus', 'SSM GetParameter']);
    });

    it('is passed where the host serves with what it is to run, and not where it does not', async () => {
      const states = hosts({ 'gatekeeper-secondary': [second.sha256] });
      for (const [release, code] of [
        [first.sha256, 0],
        [second.sha256, 1],
      ] as const) {
        aws.parameters.set(`${BASE}/gatekeeper-secondary`, release);
        states.set('gatekeeper-secondary', { current: release, pid: 1 });
        const ended = await gateOf(`gatekeeper-secondary=${idOf(0)}`);
        assert.equal(ended.code, code, ended.err);
      }
    });

    it('is not passed while etcd could not do without the one that is touched next', async () => {
      hosts();
      aws.parameters.set(`${BASE}/gatekeeper-secondary`, first.sha256);
      const ask = (next: string, out: string) => {
        const voters = VOTERS.map((name) => ({ name, healthy: name !== out }));
        const probe = { serves: true, role: 'standby', release: first.sha256, voters, problems: [] };
        const state = { current: first.sha256, ours: true, state: 'active', pid: 1, probe };
        aws.execute = () => ({ status: 'Success', stdout: JSON.stringify(state) });
        const host = [`gatekeeper-secondary=${idOf(0)}`];
        return called((console) => releaseGate({ ...OPTIONS, host, next }, console, TIMES));
      };
      assert.equal((await ask('gatekeeper-primary', 'nobody')).code, 0);
      assert.equal((await ask('gatekeeper-primary', 'gatekeeper-primary')).code, 0, 'it is out already');
      const { code, err } = await ask('gatekeeper-primary', 'monitoring');
      assert.equal(code, 1);
      assert.match(err, /without gatekeeper-primary etcd decides nothing: of its 3 voters monitoring is out/);
      assert.match((await ask('mcu', 'nobody')).err, /--next: must be one of gatekeeper-secondary, /);
    });

    it('refuses a host that has no role of ours', async () => {
      assert.match((await gateOf('database=i-00000000000000001')).err, /--host: must be ROLE=INSTANCE-ID/);
      assert.match((await gateOf('mcu=$(reboot)')).err, /--host: must be ROLE=INSTANCE-ID/);
    });
  });
});
