import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  checkSecrets,
  type Inventory,
  isFine,
  parseGiven,
  parseManifest,
  planInit,
  rotateAuthority,
  rotateCertificates,
  rotateGrafana,
  SecretText,
} from '../../runtime/secrets/index.ts';
import { applied, EMPTY, exampleManifest, GIVEN, newKey, toolsAt } from '../support/secrets-lab.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const DAY = 86_400_000;
const tools = toolsAt(NOW);
const manifest = exampleManifest();
const AT = '/guardian-council/prod/secrets';
const PKI = '/guardian-council/prod/pki/etcd';
const whole = async (): Promise<Inventory> => applied(EMPTY, (await planInit(manifest, EMPTY, GIVEN, tools)).changes);
const check = (inventory: Inventory, now = NOW) => checkSecrets(manifest, inventory, { now, ahead: 60 * DAY });
const bad = (inventory: Inventory, now = NOW) =>
  check(inventory, now)
    .filter((finding) => !isFine(finding))
    .map(({ name, state, problems }) => `${name.split('/').slice(-3).join('/')}: ${problems.join('; ') || state}`);
const put = (inventory: Inventory, name: string, text: string): Inventory =>
  new Map(inventory).set(name, { name, value: new SecretText(text), isEncrypted: true });
const without = (inventory: Inventory, ...names: readonly string[]): Inventory =>
  new Map([...inventory].filter(([name]) => !names.includes(name)));

describe('a secret', () => {
  it('shows itself to nobody who does not ask for it', () => {
    const secret = new SecretText('hunter2');
    for (const shown of [String(secret), `${JSON.stringify({ secret })}`, inspect(secret), inspect({ a: [secret] })])
      assert.ok(shown.includes('[secret]') && !shown.includes('hunter2'), shown);
    assert.equal(secret.reveal(), 'hunter2');
  });
});

describe('the manifest of secrets', () => {
  it('is refused with every problem and its key', () => {
    const broken = { ...manifest, region: 'home', networks: ['10.0.0.0/40'], hosts: { mcu: { address: 'x' } } };
    assert.throws(
      () => parseManifest(JSON.stringify({ secrets: broken }), 'outputs.json'),
      (error) => {
        assert(error instanceof Error);
        for (const key of [
          'secrets.region: ',
          'secrets.networks.0: ',
          'secrets.hosts.mcu.address: ',
          'secrets.hosts.mcu.path: ',
        ])
          assert.ok(error.message.includes(key), error.message);
        return true;
      },
    );
    assert.throws(() => parseManifest('{', 'stdin'), { code: 'SECRETS_INPUT', message: 'stdin: is not JSON' });
  });
});

describe('values of people', () => {
  const ALLOWED = [...GIVEN.keys(), 'jitsi/cert.crt'];

  it('are refused without being shown', () => {
    const text = JSON.stringify({
      'alertmanager/slack-url': 'http://sesame',
      'alertmanager/pagerduty-key': 5,
      'jitsi/cert.crt': 'sesame',
      'etcd/ca.crt': 'sesame',
    });
    assert.throws(
      () => parseGiven(text, 'v.json', ALLOWED),
      (error) => {
        assert(error instanceof Error);
        assert.equal(
          error.message,
          `v.json:
  alertmanager/slack-url: must be an https:// address; what was given is not shown
  alertmanager/pagerduty-key: must be a text
  jitsi/cert.crt: must be PEM of at most 4096 characters; what was given is not shown
  "etcd/ca.crt": no host of the stack takes it; they take ${ALLOWED.join(', ')}`,
        );
        return true;
      },
    );
    assert.throws(() => parseGiven('sesame', 'v.json', ALLOWED), {
      message: 'v.json: is not JSON; what it holds is not shown',
    });
  });

  it('are taken without the newline that files end with', () => {
    const values = parseGiven('{"alertmanager/slack-url": "https://hooks.example/x\\n"}', 'v.json', ALLOWED);
    assert.deepEqual([...values], [['alertmanager/slack-url', 'https://hooks.example/x']]);
  });

  it('take the key of the canary as a key file of a terminal, which is no PEM', () => {
    const allowed = ['gatekeeper/canary.key'];
    const key = 'ab'.repeat(32);
    const values = parseGiven(JSON.stringify({ 'gatekeeper/canary.key': `${key}\n` }), 'v.json', allowed);
    assert.deepEqual([...values], [['gatekeeper/canary.key', key]]);
    assert.throws(() => parseGiven(JSON.stringify({ 'gatekeeper/canary.key': 'sesame' }), 'v.json', allowed), {
      message: 'v.json:\n  gatekeeper/canary.key: must be 64 hex digits; what was given is not shown',
    });
  });
});

describe('council secrets init, as a plan', function () {
  this.timeout(60_000);

  it('makes everything that hosts read, encrypted, and nothing else beside the authority', async () => {
    const { changes, missing } = await planInit(manifest, EMPTY, GIVEN, tools);
    assert.deepEqual(missing, []);
    assert.ok(changes.every(({ kind }) => kind === 'create'));
    const read = Object.values(manifest.hosts).flatMap(({ path, made, given }) =>
      [...made, ...given].map((file) => `${path}/${file}`),
    );
    assert.deepEqual(changes.map(({ name }) => name).sort(), [...read, `${PKI}/ca.crt`, `${PKI}/ca.key`].sort());
    assert.deepEqual(bad(applied(EMPTY, changes)), []);
  });

  it('writes what people gave first, since a host begins when it has all that is made for it', async () => {
    const { changes } = await planInit(manifest, EMPTY, GIVEN, tools);
    assert.deepEqual(
      changes.slice(0, 2).map(({ name }) => name),
      [`${AT}/monitoring/alertmanager/slack-url`, `${AT}/monitoring/alertmanager/pagerduty-key`],
    );
  });

  it('says what only people can give, and makes the rest', async () => {
    const { changes, missing } = await planInit(manifest, EMPTY, new Map(), tools);
    assert.deepEqual(missing, [
      `${AT}/monitoring/alertmanager/slack-url`,
      `${AT}/monitoring/alertmanager/pagerduty-key`,
    ]);
    assert.equal(changes.length, 24);
  });

  it('goes on from wherever it broke off, and never touches what is there', async () => {
    const { changes } = await planInit(manifest, EMPTY, GIVEN, tools);
    for (let done = 0; done <= changes.length; done += 3) {
      const half = applied(EMPTY, changes.slice(0, done));
      const rest = (await planInit(manifest, half, GIVEN, tools)).changes;
      assert.deepEqual(
        rest.map(({ name }) => name),
        changes.slice(done).map(({ name }) => name),
        `after ${done}`,
      );
      assert.ok(rest.every(({ kind }) => kind === 'create'));
      assert.deepEqual(bad(applied(half, rest)), [], `after ${done}`);
    }
  });

  it('gives both gatekeepers one key, whichever of them has it', async () => {
    const inventory = await whole();
    const [one, other] = ['primary', 'secondary'].map((role) => `${AT}/gatekeeper-${role}/gatekeeper/gatekeeper.key`);
    assert.ok(one !== undefined && other !== undefined);
    const key = inventory.get(one)?.value.reveal();
    const { changes } = await planInit(manifest, without(inventory, one), GIVEN, tools);
    assert.deepEqual(
      changes.map((change) => change.kind === 'create' && change.value.reveal()),
      [key],
    );
    const split = put(inventory, other, `${'ab'.repeat(32)}\n`);
    assert.equal(bad(split).filter((line) => line.includes('the gatekeepers have different keys')).length, 2);
  });

  it('refuses a certificate without its key, and an authority without its own', async () => {
    const inventory = await whole();
    await assert.rejects(planInit(manifest, without(inventory, `${AT}/monitoring/etcd/member.key`), GIVEN, tools), {
      code: 'SECRETS',
      message: /monitoring\/etcd\/member\.key is missing.*rotate etcd-certificates/,
    });
    await assert.rejects(planInit(manifest, without(inventory, `${PKI}/ca.key`), GIVEN, tools), {
      message: /pki\/etcd\/ca\.key is missing.*rotate etcd-ca --step trust/,
    });
  });

  it('refuses a file that it cannot make, by name', async () => {
    const { monitoring } = manifest.hosts;
    assert.ok(monitoring);
    const newer = { ...manifest, hosts: { monitoring: { ...monitoring, made: ['grafana/oauth-secret'] } } };
    await assert.rejects(planInit(newer, EMPTY, GIVEN, tools), {
      message: /monitoring\/grafana\/oauth-secret: .*does not know/,
    });
  });
});

describe('council secrets check', () => {
  it('finds what is missing, not encrypted, unused, or not what it must be', async () => {
    const inventory = await whole();
    const plain = inventory.get(`${AT}/mcu/root/jitsi.env`);
    assert.ok(plain);
    assert.deepEqual(bad(new Map(inventory).set(plain.name, { ...plain, isEncrypted: false })), [
      'mcu/root/jitsi.env: it is not encrypted: its type is not SecureString',
    ]);
    assert.deepEqual(bad(without(inventory, `${AT}/monitoring/etcd/ca.crt`)), ['monitoring/etcd/ca.crt: missing']);
    assert.deepEqual(bad(put(inventory, `${AT}/monitoring/etcd/member.key`, newKey())), [
      'monitoring/etcd/member.key: it is not the key of its certificate',
    ]);
    assert.deepEqual(bad(put(inventory, `${AT}/monitoring/grafana/renderer-token`, 'x'.repeat(32))), [
      "monitoring/root/renderer.env: its token is not Grafana's",
    ]);
    assert.deepEqual(bad(put(inventory, `${AT}/mcu/root/jitsi.env`, 'JVB_AUTH_PASSWORD=\n')), [
      'mcu/root/jitsi.env: it lacks a password of the parts of Jitsi',
    ]);
    assert.deepEqual(bad(put(inventory, `${AT}/monitoring/etcd/ca.crt`, 'no PEM')), [
      'monitoring/etcd/ca.crt: it must hold one to 8 certificates in PEM and nothing else',
    ]);
    const stray = put(inventory, `${AT}/mcu/root/left-over`, 'x');
    assert.deepEqual(check(stray).at(-1), { name: `${AT}/mcu/root/left-over`, state: 'unused', problems: [] });
    assert.deepEqual(bad(stray), []);
  });

  it('finds a certificate of another host, of another purpose, and of a stranger', async () => {
    const inventory = await whole();
    const text = (name: string): string => inventory.get(`${AT}/${name}`)?.value.reveal() ?? '';
    const own = `${AT}/monitoring/etcd/member.crt`;
    const lines = bad(put(inventory, own, text('gatekeeper-primary/etcd/member.crt')));
    assert.match(
      lines.join('\n'),
      /member\.crt: it is not for the address 10\.20\.32\.11; it is not for the name monitoring/,
    );
    const client = bad(
      put(inventory, `${AT}/gatekeeper-primary/etcd/member.crt`, text('gatekeeper-primary/gatekeeper/etcd-client.crt')),
    );
    assert.match(client.join('\n'), /it is not for servers and clients/);
    const stranger = applied(EMPTY, (await planInit(manifest, EMPTY, GIVEN, tools)).changes).get(own);
    assert.match(
      bad(put(inventory, own, stranger?.value.reveal() ?? '')).join('\n'),
      /no authority in .*gatekeeper-primary\/etcd\/ca\.crt has signed it/,
    );
  });

  it('tells two months before a certificate ends, and when it has', async () => {
    const inventory = await whole();
    const certificates = ['member', 'member', 'etcd-client', 'etcd-client', 'member'];
    assert.deepEqual(bad(inventory, new Date(NOW.getTime() + 660 * DAY)), []);
    const soon = check(inventory, new Date(NOW.getTime() + 675 * DAY)).filter(({ state }) => state === 'expiring');
    assert.deepEqual([soon.length, soon[0]?.until], [certificates.length, '2028-11-20']);
    assert.equal(
      bad(inventory, new Date(NOW.getTime() + 731 * DAY)).filter((line) => line.endsWith('it ended on 2028-11-20'))
        .length,
      5,
    );
    assert.match(
      bad(inventory, new Date(NOW.getTime() - DAY)).join('\n'),
      /it is not valid before 2026-11-21T11:55:00\.000Z/,
    );
  });
});

describe('council secrets rotate', function () {
  this.timeout(60_000);

  it('refuses a step of the authority’s rotation before its turn', async () => {
    const inventory = await whole();
    for (const step of ['issue', 'retire'] as const)
      await assert.rejects(rotateAuthority(manifest, inventory, step, tools), { message: /no rotation has begun/ });
    const trusting = applied(inventory, await rotateAuthority(manifest, inventory, 'trust', tools));
    await assert.rejects(rotateAuthority(manifest, trusting, 'retire', tools), {
      message: /still of the old authority: .*give the step issue first/,
    });
    await assert.rejects(rotateCertificates(manifest, trusting, undefined, tools), {
      message: /the authority is being rotated/,
    });
    const half = put(trusting, `${AT}/monitoring/etcd/ca.crt`, inventory.get(`${PKI}/ca.crt`)?.value.reveal() ?? '');
    await assert.rejects(rotateAuthority(manifest, half, 'issue', tools), {
      message: `the new authority is not in ${AT}/monitoring/etcd/ca.crt: give the step trust again`,
    });
    await assert.rejects(rotateCertificates(manifest, inventory, 'mcu2', tools), {
      message: /no host mcu2 has secrets; these have: gatekeeper-primary/,
    });
  });

  it('replaces the authority, and every step can be given again wherever it broke off', async () => {
    let inventory = await whole();
    const before = inventory.get(`${PKI}/ca.crt`)?.value.reveal();
    for (const step of ['trust', 'issue', 'retire'] as const) {
      const changes = await rotateAuthority(manifest, inventory, step, tools);
      const done = applied(inventory, changes);
      for (let at = 1; at < changes.length; at += 3) {
        const half = applied(inventory, changes.slice(0, at));
        const again = applied(half, await rotateAuthority(manifest, half, step, tools));
        assert.deepEqual(bad(again), [], `${step}, again after ${at} of ${changes.length}`);
        assert.deepEqual([...again.keys()].sort(), [...done.keys()].sort());
      }
      inventory = done;
      assert.deepEqual(bad(inventory), [], step);
    }
    assert.notEqual(inventory.get(`${PKI}/ca.crt`)?.value.reveal(), before);
    assert.equal(
      inventory.get(`${AT}/monitoring/etcd/ca.crt`)?.value.reveal(),
      inventory.get(`${PKI}/ca.crt`)?.value.reveal(),
    );
    assert.ok(!inventory.has(`${PKI}/next-ca.crt`) && !inventory.has(`${PKI}/next-ca.key`));
  });

  it('gives one host alone new certificates, with new keys', async () => {
    const inventory = await whole();
    const changes = await rotateCertificates(manifest, inventory, 'monitoring', tools);
    assert.deepEqual(
      changes.map(({ kind, name }) => `${kind} ${name}`),
      [`replace ${AT}/monitoring/etcd/member.key`, `replace ${AT}/monitoring/etcd/member.crt`],
    );
    assert.deepEqual(bad(applied(inventory, changes)), []);
  });

  it('keeps what belongs together together: Grafana’s and its renderer’s token', async () => {
    const inventory = await whole();
    const grafana = rotateGrafana(manifest, inventory, tools);
    assert.deepEqual(
      grafana.map(({ name }) => name.split('/').slice(-2).join('/')),
      ['grafana/admin-password', 'grafana/renderer-token', 'root/renderer.env'],
    );
    assert.deepEqual(bad(applied(inventory, grafana)), []);
  });
});
