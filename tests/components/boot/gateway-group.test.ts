/** How a gateway of a group comes to its addresses, and how it leaves, with stand-ins for what AWS and the kernel say. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleGatewayOfGroup } from './example-values.ts';
import { contentOf, withFolder } from './rendered.ts';

const VALUES = exampleGatewayOfGroup();

/** Runs a script with commands replaced by shell lines; what they were called with is in the folder's file `calls`. */
function run(folder: string, name: string, commands: Readonly<Record<string, string>>) {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [command, lines] of Object.entries(commands))
    writeFileSync(join(bin, command), `#!/bin/bash\necho "${command} $*" >>'${folder}/calls'\n${lines}\n`, {
      mode: 0o755,
    });
  const script = contentOf(VALUES, `/usr/local/sbin/${name}`)
    .replaceAll('/etc/', `${folder}/etc/`)
    .replaceAll('/usr/local/sbin/', `${bin}/`);
  const { status, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: `${bin}:${process.env['PATH']}`, GATEWAY_GROUP: 'guardian-council-prod-sip-gateway' },
  });
  return {
    status,
    stderr,
    calls: existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '',
  };
}

/** Answers of the instance metadata: by tokens alone, as IMDSv2 does. */
const metadata = (more = ''): string => `
case "$*" in
*-X\\ PUT*api/token) echo secret-token;;
*"X-aws-ec2-metadata-token: secret-token"*local-ipv4) echo 10.20.5.77;;
*"X-aws-ec2-metadata-token: secret-token"*public-ipv4) echo 203.0.113.9;;
*"X-aws-ec2-metadata-token: secret-token"*instance-id) echo i-0123456789abcdef0;;
${more}
*) exit 22;;
esac`;

describe('a gateway of a group', () => {
  it('puts its own addresses in their place, and its witness files apart from those of the others', async () => {
    await withFolder((folder) => {
      for (const path of [
        '/etc/guardian-council/rtpengine.conf',
        '/etc/default/prometheus-node-exporter',
        '/etc/guardian-council/host.env',
      ]) {
        mkdirSync(join(folder, path, '..'), { recursive: true });
        writeFileSync(join(folder, path), contentOf(VALUES, path));
      }
      const { status, stderr } = run(folder, 'council-address', { curl: metadata() });
      assert.equal(status, 0, stderr);
      const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
      assert.match(read('etc/guardian-council/rtpengine.conf'), /^interface = 10\.20\.5\.77!203\.0\.113\.9$/m);
      assert.match(read('etc/default/prometheus-node-exporter'), /^ARGS="--web\.listen-address=10\.20\.5\.77:9100 /);
      assert.match(read('etc/guardian-council/host.env'), /^WITNESS_PREFIX="sip-gateway\/i-0123456789abcdef0"$/m);
      assert.match(read('etc/guardian-council/host.env'), /^HOST_ROLE="sip-gateway"$/m);
    });
  });

  it('does not go on with addresses that it could not learn', async () => {
    await withFolder((folder) => {
      assert.notEqual(run(folder, 'council-address', { curl: 'exit 22' }).status, 0);
    });
  });

  const states = (folder: string, ...answers: readonly string[]): string => {
    writeFileSync(join(folder, 'states'), answers.map((answer) => `${answer}\n`).join(''));
    return `*target-lifecycle-state) head -n 1 '${folder}/states'; sed -i '1{$!d}' '${folder}/states';;`;
  };

  it('stays until the group has chosen it, and goes when its last call has ended and its logs are safe', async () => {
    await withFolder((folder) => {
      writeFileSync(join(folder, 'sockets'), 'a call\na call\n');
      const { status, stderr, calls } = run(folder, 'council-drain', {
        curl: metadata(states(folder, 'InService', 'InService', 'Terminated')),
        sleep: 'true',
        ss: `head -n 1 '${folder}/sockets'; sed -i 1d '${folder}/sockets'`,
        'council-witness': 'echo "TODAY=$TODAY QUIET=$QUIET" >>"$(dirname "$0")/../calls"',
        aws: 'true',
      });
      assert.equal(status, 0, stderr);
      const told = calls.split('\n').filter((call) => !call.startsWith('curl') && call !== '');
      assert.deepEqual(told, [
        ...['sleep 10', 'sleep 10'],
        ...['ss -Hlun sport >= :10000 and sport <= :20000', 'sleep 10'],
        ...['ss -Hlun sport >= :10000 and sport <= :20000', 'sleep 10'],
        'ss -Hlun sport >= :10000 and sport <= :20000',
        'council-witness ',
        'TODAY=none QUIET=-1',
        'aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE --lifecycle-hook-name drain --auto-scaling-group-name guardian-council-prod-sip-gateway --instance-id i-0123456789abcdef0',
      ]);
      assert.equal(stderr.match(/waiting for the last call to end/g)?.length, 2);
    });
  });

  it('lets itself go though the archive takes nothing, and says so; where AWS cannot be told, it fails and is run again', async () => {
    await withFolder((folder) => {
      const commands = {
        curl: metadata(states(folder, 'Terminated')),
        sleep: 'true',
        ss: 'true',
        'council-witness': 'exit 1',
      };
      const gone = run(folder, 'council-drain', { ...commands, aws: 'true' });
      assert.equal(gone.status, 0, gone.stderr);
      assert.match(gone.stderr, /not all witness files are in the archive/);
      assert.equal(run(folder, 'council-drain', { ...commands, aws: 'exit 255' }).status, 255);
      assert.match(contentOf(VALUES, '/etc/systemd/system/council-drain.service'), /^Restart=on-failure$/m);
    });
  });
});
