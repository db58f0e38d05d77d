import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { oneGuardian } from '../config/registry-text.ts';
import { type CouncilOptions, council } from '../support/council-process.ts';
import { mountTmpfs } from '../support/tmpfs.ts';

/** What a service manager and its operator see of a gatekeeper that cannot start: a code and a sentence. */
describe('council gatekeeper does not start', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  /** Its exit code and its one sentence; anything more, such as a stack, fails. */
  async function refusal(args: readonly string[], options?: CouncilOptions): Promise<readonly [number | null, string]> {
    const registry = join(folder(), 'registry.yaml');
    if (!existsSync(registry)) writeFileSync(registry, oneGuardian());
    const given = ['--registry', registry, '--data-dir', join(folder(), 'data'), '--ras-port', '0', '--http-port', '0'];
    const { code, stdout, stderr } = await council(['gatekeeper', ...given, ...args], options);
    assert.equal(stdout, '');
    assert.match(stderr, /^council: [^\n]*\n$/);
    return [code, stderr.slice('council: '.length, -1)];
  }

  it('where a port is taken: the sentence names it and says what to do', async () => {
    const udp = createSocket('udp4').bind(0, '127.0.0.1');
    const tcp = createServer().listen(0, '127.0.0.1');
    await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
    const address = tcp.address();
    assert(typeof address === 'object' && address !== null);
    const ports = [udp.address().port, address.port];
    try {
      const [ras, http] = await Promise.all([
        refusal(['--ras-port', `${ports[0]}`]),
        refusal(['--http-port', `${ports[1]}`, '--data-dir', join(folder(), 'data-of-the-other')]),
      ]);
      const why =
        'the address is in use (EADDRINUSE); another program listens there, maybe another gatekeeper; stop it or choose another port (0: any free one)';
      assert.deepEqual(ras, [3, `cannot listen on 127.0.0.1 port ${ports[0]} for RAS (UDP): ${why}`]);
      assert.deepEqual(http, [3, `cannot listen on 127.0.0.1 port ${ports[1]} for metrics and health (TCP): ${why}`]);
    } finally {
      udp.close();
      tcp.close();
    }
  });

  it('where a file stands in the way of its folders', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, 'mine');
    const [code, sentence] = await refusal(['--data-dir', join(file, 'data')]);
    assert.equal(code, 3);
    assert.match(sentence, /file\/data\/keys\/.*: a part of the path is a file, not a folder \(ENOTDIR\)$/);
    assert.equal(readFileSync(file, 'utf8'), 'mine');
  });

  it('on a file system that takes no writing', async function () {
    const disk = mountTmpfs(this, 'ro');
    try {
      const [code, sentence] = await refusal(['--data-dir', disk.path]);
      assert.deepEqual(
        [code, sentence],
        [3, `${disk.path}/keys: cannot make the folder: the file system is read-only (EROFS)`],
      );
    } finally {
      disk.remove();
    }
  });

  it('where its log cannot be opened, though its key can be read', async () => {
    const key = join(folder(), 'gatekeeper.key');
    writeFileSync(key, `${'01'.repeat(32)}\n`, { mode: 0o600 });
    writeFileSync(join(folder(), 'data'), '');
    const [code, sentence] = await refusal(['--key-file', key]);
    assert.equal(code, 3);
    assert(sentence.startsWith(join(folder(), 'data/logs/h323_witness/h323_ras_')), sentence);
    assert.match(sentence, /cannot open the log: a part of the path is a file, not a folder \(ENOTDIR\)$/);
  });

  it('at an address of another machine, or with a key file that is not there', async () => {
    const [address, key] = await Promise.all([
      refusal(['--host', '192.0.2.1']),
      refusal(['--key-file', join(folder(), 'none.key')]),
    ]);
    const what = 'not an address of this machine (EADDRNOTAVAIL); choose an address of this machine';
    assert.deepEqual(address, [3, `cannot listen on 192.0.2.1 port 0 for RAS (UDP): ${what}`]);
    assert.deepEqual(key, [3, `${join(folder(), 'none.key')}: there is no such key file`]);
  });

  it('with a registry that is broken (1) or missing (3)', async () => {
    const broken = join(folder(), 'broken.yaml');
    writeFileSync(broken, oneGuardian({ quota: '1' }));
    const [one, none] = await Promise.all([
      refusal(['--registry', broken]),
      refusal(['--registry', join(folder(), 'none.yaml')]),
    ]);
    assert.equal(one[0], 1);
    assert.match(one[1], /broken\.yaml:5:26: guardians\[0\]\.bandwidth_quota_bps: must be a whole number/);
    assert.equal(none[0], 3);
    assert.match(none[1], /none\.yaml: cannot read the guardian registry/);
    assert(!existsSync(join(folder(), 'data')), 'something was made');
  });

  it('under the lab policy unless the command line itself asks for it', async () => {
    const file = join(folder(), 'council.yaml');
    writeFileSync(file, 'policy: open-lab\n');
    const [variable, key, elsewhere] = await Promise.all([
      refusal([], { env: { COUNCIL_POLICY: 'open-lab' } }),
      // What a stronger source says does not make it right.
      refusal(['--config', file, '--policy', 'signed']),
      refusal(['--policy', 'open-lab'], { env: { COUNCIL_HOST: '0.0.0.0' } }),
    ]);
    const only =
      'policy open-lab is accepted from the command line alone (--policy open-lab): no configuration may let unsigned terminals in';
    assert.deepEqual(variable, [2, `COUNCIL_POLICY: ${only}`]);
    assert.deepEqual(key, [2, `${file}:1: ${only}`]);
    assert.deepEqual(elsewhere, [
      2,
      'COUNCIL_HOST: host 0.0.0.0 is not loopback: open-lab admits anyone, so it leaves loopback only when --host is given on the command line',
    ]);
  });
});
