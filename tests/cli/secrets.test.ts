import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXAMPLES } from '../components/boot/example-values.ts';
import { contentOf, filesOf, isInstalled } from '../components/boot/rendered.ts';
import { runMain } from '../support/run-main.ts';
import { exampleManifest, GIVEN } from '../support/secrets-lab.ts';
import { skipLoudly } from '../support/skip.ts';
import { SsmStandIn } from '../support/ssm-stand-in.ts';

const AT = '/guardian-council/prod/secrets';

describe('council secrets', function () {
  this.timeout(60_000);
  const environment = new Map<string, string | undefined>();
  let ssm: SsmStandIn;
  let folder: string;
  let outputs: string;
  let values: string;

  beforeEach(async () => {
    ssm = await SsmStandIn.start();
    for (const [name, value] of Object.entries(ssm.environment)) {
      environment.set(name, process.env[name]);
      process.env[name] = value;
    }
    folder = mkdtempSync(join(tmpdir(), 'council-secrets-'));
    outputs = join(folder, 'outputs.json');
    values = join(folder, 'values.json');
    writeFileSync(outputs, JSON.stringify({ region: 'eu-central-1', secrets: exampleManifest() }));
    writeFileSync(values, JSON.stringify(Object.fromEntries(GIVEN)), { mode: 0o600 });
  });
  afterEach(() => {
    ssm.stop();
    for (const [name, value] of environment)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: readonly string[]) => runMain(['secrets', ...args, '--stack-outputs', outputs]);
  const init = () => run('init', '--values', values);
  const stored = (): Readonly<Record<string, string>> =>
    Object.fromEntries([...ssm.parameters.values()].map(({ Name, Value }) => [Name, Value]));

  it('refuses a command line that names no stack, two of them, or what cannot be rotated', async () => {
    for (const [args, says] of [
      [['init'], 'which stack? Give --stack or --stack-outputs'],
      [['check', '--stack', 'staging', '--stack-outputs', outputs], 'is of the stack prod'],
      [['rotate', 'everything', '--stack-outputs', outputs], 'everything cannot be rotated; one of etcd-ca, '],
      [['rotate', 'etcd-ca', '--stack-outputs', outputs], 'give --step, one of trust, issue, retire'],
      [
        ['rotate', 'etcd-ca', '--step', 'announce', '--stack-outputs', outputs],
        'give --step, one of trust, issue, retire',
      ],
      [['rotate', 'gatekeeper-key', '--stack-outputs', outputs], 'give --step, one of announce, issue, retire'],
      [
        ['rotate', 'gatekeeper-key', '--step', 'trust', '--stack-outputs', outputs],
        'give --step, one of announce, issue, retire',
      ],
      [
        ['rotate', 'gatekeeper-key', '--step', 'issue', '--interrupt-admission', '--stack-outputs', outputs],
        'or, for a key that has leaked, --interrupt-admission, which stops all admission',
      ],
      [['check', '--ahead', 'soon', '--stack-outputs', outputs], '--ahead: must be a whole number'],
      [['check', '--stack', 'nope'], 'there is no stack nope'],
    ] as const) {
      const { code, stdout, stderr } = await runMain(['secrets', ...args]);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.ok(stderr.includes(says), stderr);
    }
    assert.ok(ssm.calls.every(({ action }) => action === 'GetParametersByPath'));
  });

  it('refuses values that others can read', async () => {
    chmodSync(values, 0o644);
    const { code, stderr } = await init();
    assert.equal(code, 2);
    assert.ok(stderr.includes(`run: chmod 600 '${values}'`), stderr);
    assert.equal(ssm.parameters.size, 0);
  });

  it('makes nothing in a dry run, and everything otherwise, as SecureStrings, once', async () => {
    const dry = await run('init', '--values', values, '--dry-run');
    assert.deepEqual([dry.code, ssm.parameters.size], [0, 0]);
    const { code, stdout } = await init();
    assert.equal(code, 0);
    assert.equal(stdout.replaceAll('created ', 'would create '), dry.stdout);
    assert.equal(ssm.parameters.size, 26);
    for (const { Name, Type, Value } of ssm.parameters.values()) {
      assert.equal(Type, 'SecureString', Name);
      assert.ok(Value.length <= 4096, Name);
    }
    assert.ok(
      ssm.calls.filter(({ action }) => action === 'PutParameter').every(({ input }) => input['Overwrite'] === false),
    );
    const before = stored();
    const again = await init();
    assert.deepEqual(
      [again.code, again.stdout],
      [0, 'nothing to do: the stack prod has 26 parameters in eu-central-1\n'],
    );
    assert.deepEqual(stored(), before);
  });

  it('says what only people know, and ends with 1 until it is there', async () => {
    const { code, stderr } = await run('init', '--json');
    assert.equal(code, 1);
    assert.match(stderr, /alertmanager\/slack-url is missing; only people know it: give --values/);
    const check = await run('check', '--json');
    assert.equal(check.code, 1);
    const { findings }: { findings: { name: string; state: string }[] } = JSON.parse(check.stdout);
    assert.deepEqual(
      findings.flatMap(({ name, state }) => (state === 'missing' ? [name] : [])),
      [`${AT}/monitoring/alertmanager/slack-url`, `${AT}/monitoring/alertmanager/pagerduty-key`],
    );
    assert.equal((await init()).code, 0);
    assert.equal((await run('check')).code, 0);
  });

  it('outlasts throttling and a lost answer', async () => {
    let calls = 0;
    ssm.fault = ({ action }) => {
      calls += 1;
      if (action === 'PutParameter' && calls % 9 === 0) return 'lose the answer';
      return calls % 5 === 0 ? { code: 'ThrottlingException', message: 'Rate exceeded' } : undefined;
    };
    assert.equal((await init()).code, 0);
    ssm.fault = () => undefined;
    assert.equal((await run('check')).code, 0);
  });

  it('says how far it came, and goes on from there', async () => {
    ssm.fault = ({ action }) =>
      action === 'PutParameter' && ssm.parameters.size === 11
        ? { code: 'AccessDeniedException', message: 'not authorized to perform: ssm:PutParameter' }
        : undefined;
    const { code, stderr } = await init();
    assert.equal(code, 3);
    assert.match(stderr, /^council: 11 of 26 are done; the same command goes on from there$/m);
    assert.match(stderr, /ssm:PutParameter on \/guardian-council\/prod\/\S+: AccessDeniedException: not authorized/);
    ssm.fault = () => undefined;
    assert.equal((await init()).code, 0);
    assert.equal((await run('check')).code, 0);
  });

  it('overwrites nothing that somebody else wrote meanwhile', async () => {
    const name = `${AT}/mcu/root/jitsi.env`;
    ssm.fault = ({ action, input }) => {
      if (action === 'PutParameter' && input['Name'] === name && !ssm.parameters.has(name)) ssm.put(name, 'of another');
      return undefined;
    };
    const { code, stderr } = await init();
    assert.equal(code, 3);
    assert.ok(stderr.includes(`${name} is there meanwhile: somebody else writes`), stderr);
    assert.equal(ssm.value(name), 'of another');
  });

  it('is refused without credentials', async () => {
    const kept = { ...process.env };
    Object.assign(process.env, {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SHARED_CREDENTIALS_FILE: '/none',
      AWS_CONFIG_FILE: '/none',
    });
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
    try {
      const { code, stderr } = await run('check');
      assert.equal(code, 3);
      assert.match(stderr, /CredentialsProviderError/);
    } finally {
      for (const name of ['AWS_EC2_METADATA_DISABLED', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE'])
        if (kept[name] === undefined) delete process.env[name];
        else process.env[name] = kept[name];
    }
  });

  it('shows no secret: not on its output, not in an error that quotes it, not in the list of processes', async () => {
    const commandLines = new Set<string>();
    let refusals = 3;
    ssm.fault = ({ action, input }) => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
        try {
          commandLines.add(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
        } catch {
          // It has ended meanwhile.
        }
      if (action !== 'PutParameter' || ssm.parameters.size % 8 !== 7 || refusals === 0) return undefined;
      refusals -= 1;
      return { code: 'ValidationException', message: `Value '${String(input['Value'])}' failed to satisfy constraint` };
    };
    const said: string[] = [];
    const note = async (work: Promise<{ stdout: string; stderr: string }>): Promise<void> => {
      const { stdout, stderr } = await work;
      said.push(stdout, stderr);
    };
    for (let at = 0; at < 4; at += 1) await note(init());
    assert.match(said.join(''), /ValidationException: the reason quotes the value and is not shown/);
    const secretValues = (): readonly string[] =>
      Object.entries(stored()).flatMap(([name, value]) => (name.endsWith('.pub') ? [] : [value]));
    const first = secretValues();
    await note(run('check'));
    await note(run('check', '--json'));
    for (const step of ['trust', 'issue', 'retire']) await note(run('rotate', 'etcd-ca', '--step', step, '--json'));
    for (const what of ['grafana', 'jitsi', 'etcd-certificates']) await note(run('rotate', what));
    for (const step of ['announce', 'issue', 'retire']) await note(run('rotate', 'gatekeeper-key', '--step', step));
    await note(run('rotate', 'gatekeeper-key', '--step', 'announce', '--json'));
    const announced = secretValues();
    await note(run('check'));
    await note(run('rotate', 'gatekeeper-key', '--interrupt-admission', '--json'));
    const text = [...said, ...commandLines].join('\n');
    assert.ok(said.join('').length > 1000);
    const secrets = [...first, ...announced, ...secretValues()].flatMap((value) =>
      value.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-----')),
    );
    assert.ok(secrets.length > 100);
    for (const secret of secrets) assert.ok(!text.includes(secret), 'a secret is shown');
  });

  it('replaces the key of the gatekeepers in steps, and says in each which public keys terminals need', async () => {
    await init();
    const known = async (): Promise<{ gatekeeperPublicKey: string; gatekeeperPublicKeys: string[] }> => {
      const { code, stdout } = await run('check', '--json');
      assert.equal(code, 0, stdout);
      return JSON.parse(stdout);
    };
    const step = (name: string, ...more: readonly string[]) => run('rotate', 'gatekeeper-key', '--step', name, ...more);
    const { gatekeeperPublicKey: old, gatekeeperPublicKeys: only } = await known();
    assert.deepEqual(only, [old]);
    const before = stored();
    const early = await step('issue');
    assert.deepEqual([early.code, stored()], [1, before]);
    assert.match(early.stderr, /pki\/gatekeeper\/next\.key is missing; the step announce comes first/);

    const dry = await step('announce', '--dry-run', '--json');
    assert.deepEqual([JSON.parse(dry.stdout).publicKeys, stored()], [[], before], 'of a key that is not made');
    const announced = await step('announce');
    assert.equal(announced.code, 0);
    const { gatekeeperPublicKey: inForce, gatekeeperPublicKeys: both } = await known();
    assert.deepEqual([inForce, both[0], both.length], [old, old, 2]);
    assert.ok(announced.stdout.includes(`both public keys, one a line`), announced.stdout);
    assert.ok(announced.stdout.includes(`  ${both[0]}\n  ${both[1]}\n`), announced.stdout);
    assert.ok((await run('check')).stdout.includes(`terminals need these public keys now:\n  ${both.join('\n  ')}\n`));

    const issued = await step('issue');
    assert.ok(
      issued.stdout.includes(`Only when both say that they sign with ${both[1]}: --step retire`),
      issued.stdout,
    );
    assert.deepEqual(await known().then((now) => [now.gatekeeperPublicKey, now.gatekeeperPublicKeys]), [both[1], both]);
    const { publicKeys, formerPublicKey } = JSON.parse((await step('retire', '--json')).stdout);
    assert.deepEqual([publicKeys, formerPublicKey], [[both[1]], both[1]]);
    assert.deepEqual((await known()).gatekeeperPublicKeys, [both[1]]);

    const urgent = await run('rotate', 'gatekeeper-key', '--interrupt-admission');
    const { gatekeeperPublicKeys: last } = await known();
    assert.ok(last.length === 1 && !both.includes(last[0] ?? ''));
    assert.ok(
      urgent.stdout.includes(`has to be given the new public key alone, and to forget all others:\n  ${last[0]}\n`),
    );
  });

  it('takes new values of people for Alertmanager, and no others with them', async () => {
    await init();
    writeFileSync(values, JSON.stringify({ 'alertmanager/slack-url': 'https://hooks.example/another' }));
    const { code, stdout } = await run('rotate', 'alertmanager', '--values', values);
    assert.equal(code, 0);
    assert.ok(stdout.startsWith(`replaced ${AT}/monitoring/alertmanager/slack-url\n\nOn the monitoring host`), stdout);
    assert.equal(ssm.value(`${AT}/monitoring/alertmanager/slack-url`), 'https://hooks.example/another');
    assert.equal((await run('rotate', 'jitsi-certificate', '--values', values)).code, 2);
  });

  for (const { name, values: host } of EXAMPLES)
    if (filesOf(host).has('/usr/local/sbin/council-secrets'))
      it(`writes what ${name} reads at boot, octet by octet, and nothing that it leaves out`, async function () {
        if (!isInstalled('jq')) skipLoudly(this, 'jq is not installed (apt-get install jq)');
        await init();
        const path = `${AT}/${host.role}`;
        const own = [...ssm.parameters.values()].filter(({ Name }) => Name.startsWith(`${path}/`));
        const bin = join(folder, 'bin');
        mkdirSync(bin);
        writeFileSync(join(folder, 'answer'), JSON.stringify({ Parameters: own }));
        writeFileSync(join(bin, 'aws'), `#!/bin/bash\ncat '${folder}/answer'\n`, { mode: 0o755 });
        const user = String(process.getuid?.() ?? 0);
        const script = contentOf(host, '/usr/local/sbin/council-secrets')
          .replaceAll('/etc/guardian-council', join(folder, 'etc'))
          .replaceAll(/\]=\w+/g, `]=${user}`)
          .replaceAll(':-root}', `:-${user}}`);
        const env = { PATH: `${bin}:${process.env['PATH']}`, SECRETS_PATH: path };
        const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8', env });
        assert.deepEqual([status, stdout, stderr], [0, '', '']);
        for (const { Name, Value } of own)
          assert.equal(readFileSync(join(folder, 'etc/secrets', Name.slice(path.length)), 'utf8'), Value, Name);
      });
});
