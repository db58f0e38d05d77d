import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { secretFilesOf } from '../../../components/boot/index.ts';
import { skipLoudly } from '../../support/skip.ts';
import { EXAMPLES, exampleValues } from './example-values.ts';
import { contentOf, filesOf, isInstalled, judge, withFolder } from './rendered.ts';

const NAMES = [
  '/council',
  'council-address',
  'council-drain',
  'council-gateways',
  'council-data',
  'council-secrets',
  'council-release',
  'council-witness',
  'council-backup-result',
  'council-first-boot',
];

/**
 * Runs a script of the primary gatekeeper with its folders below `folder`, secrets owned by whoever runs the test, and
 * `aws` replaced by shell lines.
 */
function run(folder: string, name: string, aws: string): { status: number | null; output: string } {
  const uid = String(process.getuid?.() ?? 0);
  const script = contentOf(exampleValues('gatekeeper-primary'), `/usr/local/sbin/${name}`)
    .replaceAll('/etc/guardian-council', join(folder, 'etc'))
    .replaceAll('/opt/guardian-council', join(folder, 'opt'))
    .replaceAll('/var/lib/guardian-council', join(folder, 'state'))
    .replaceAll('/var/lib/council-witness', join(folder, 'shipped'))
    .replaceAll(/\]=\w+/g, `]=${uid}`)
    .replaceAll(':-root}', `:-${uid}}`);
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'aws'), `#!/bin/bash\necho "aws $*" >>'${folder}/calls'\n${aws}\n`, { mode: 0o755 });
  writeFileSync(join(bin, 'sleep'), '#!/bin/bash\nkill $PPID\n', { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    env: {
      PATH: `${bin}:${process.env['PATH']}`,
      HOST_ROLE: 'gatekeeper-primary',
      WITNESS_PREFIX: 'gatekeeper-primary',
      SECRETS_PATH: '/council/secrets',
      RELEASE_PARAMETER: '/council/release',
      RELEASE_BUCKET: 'releases',
      WITNESS_BUCKET: 'witness',
    },
  });
  return { status, output: `${stdout}${stderr}` };
}

const FAILS = 'exit 255';

describe('the scripts of a host', () => {
  for (const { name, values } of EXAMPLES) {
    const scripts = [...filesOf(values)].filter(([path]) => path.startsWith('/usr/local/sbin/'));

    it(`of ${name} stop at the first failure and can be read by bash`, () => {
      assert.ok(scripts.length > 0);
      for (const [path, { content, permissions }] of scripts) {
        assert.ok(
          NAMES.some((known) => path.endsWith(known)),
          path,
        );
        assert.ok(content.startsWith('#!/bin/bash\nset -euo pipefail\n'), path);
        assert.equal(permissions, '0755');
        judge('bash', ['-n'], content);
      }
    });

    it(`of ${name} are accepted by shellcheck`, function () {
      if (!isInstalled('shellcheck')) skipLoudly(this, 'shellcheck is not installed (apt-get install shellcheck)');
      for (const [, { content }] of scripts) judge('shellcheck', ['-'], content);
    });
  }

  describe('council-secrets', () => {
    beforeEach(function () {
      if (!isInstalled('jq')) skipLoudly(this, 'jq is not installed (apt-get install jq)');
    });

    const parameters = (...entries: readonly (readonly [name: string, value: string])[]): string =>
      `cat <<'END'\n${JSON.stringify({ Parameters: entries.map(([Name, Value]) => ({ Name, Value })) })}\nEND`;
    /** Whatever a gatekeeper waits for, each with a value of its own, and what is added. */
    const complete = (more: Readonly<Record<string, string>> = {}, without?: string): string => {
      const made = Object.entries(secretFilesOf('gatekeeper-primary', 'jitsi')).flatMap(([owner, files]) =>
        files.made.map((file) => `${owner}/${file}`),
      );
      const values = Object.fromEntries(made.filter((file) => file !== without).map((file) => [file, `of ${file}`]));
      const entries = Object.entries({ ...values, ...more });
      return parameters(...entries.map(([file, value]) => [`/council/secrets/${file}`, value] as const));
    };

    it('waits while there are none', async () => {
      await withFolder((folder) => {
        const { status, output } = run(folder, 'council-secrets', parameters());
        assert.notEqual(status, 0);
        assert.match(output, /waiting for all secrets below \/council\/secrets$/m);
        assert.deepEqual(readdirSync(join(folder, 'etc/secrets')), []);
      });
    });

    it('takes none while one of those that it needs is still to be written', async () => {
      await withFolder((folder) => {
        const { status, output } = run(folder, 'council-secrets', complete({}, 'gatekeeper/etcd-client.key'));
        assert.notEqual(status, 0);
        assert.match(output, /waiting for all secrets/);
        assert.deepEqual(readdirSync(join(folder, 'etc/secrets')), []);
      });
    });

    it('writes each for its owner alone, octet by octet', async () => {
      await withFolder((folder) => {
        const pem = '-----BEGIN X-----\nline one\nline "two" $HOME `id` \\n\n-----END X-----\n';
        const answer = complete({ 'etcd/ca.crt': pem, 'gatekeeper/gatekeeper.key': 'ab' });
        assert.deepEqual(run(folder, 'council-secrets', answer), { status: 0, output: '' });
        const file = join(folder, 'etc/secrets/etcd/ca.crt');
        assert.equal(readFileSync(file, 'utf8'), pem);
        assert.equal(statSync(file).mode & 0o777, 0o600);
        assert.equal(statSync(join(folder, 'etc/secrets/etcd')).mode & 0o777, 0o700);
        assert.equal(readFileSync(join(folder, 'etc/secrets/gatekeeper/gatekeeper.key'), 'utf8'), 'ab');
      });
    });

    it('leaves out names that lead elsewhere', async () => {
      await withFolder((folder) => {
        const names = ['etcd/../../escaped', 'etcd/.hidden', 'flat', 'a/b/c'];
        const { status, output } = run(
          folder,
          'council-secrets',
          complete(Object.fromEntries(names.map((name) => [name, 'x']))),
        );
        assert.equal(status, 0, output);
        assert.equal(output.match(/left out/g)?.length, names.length);
        assert.deepEqual(readdirSync(join(folder, 'etc/secrets')).toSorted(), ['.complete', 'etcd', 'gatekeeper']);
        assert.deepEqual(readdirSync(join(folder, 'etc/secrets/etcd')).toSorted(), [
          'ca.crt',
          'member.crt',
          'member.key',
        ]);
        assert.deepEqual(readdirSync(join(folder, 'etc')), ['secrets']);
      });
    });

    for (const [what, aws] of [
      ['SSM is out of reach', FAILS],
      ['one is missing there', complete({ 'etcd/ca.crt': 'new' }, 'etcd/member.key')],
    ] as const)
      it(`keeps those of the last boot while ${what}`, async () => {
        await withFolder((folder) => {
          run(folder, 'council-secrets', complete({ 'etcd/ca.crt': 'kept' }));
          const { status, output } = run(folder, 'council-secrets', aws);
          assert.equal(status, 0);
          assert.match(output, /those of the last boot stay/);
          assert.equal(readFileSync(join(folder, 'etc/secrets/etcd/ca.crt'), 'utf8'), 'kept');
        });
      });
  });

  describe('council-release', () => {
    beforeEach(function () {
      if (!isInstalled('jq')) skipLoudly(this, 'jq is not installed (apt-get install jq)');
    });

    interface Published {
      readonly sha256: string;
      readonly node: string;
      readonly aws: string;
    }

    /** Makes a `.tar.gz` of a folder; gives its SHA-256. */
    function archive(file: string, folder: string): string {
      mkdirSync(dirname(file), { recursive: true });
      judge('tar', ['-czf', file, '--mtime=@0', '-C', folder, ...readdirSync(folder)]);
      return createHash('sha256').update(readFileSync(file)).digest('hex');
    }

    /** A release in the bucket with its Node.js, and what answers for AWS. */
    function release(folder: string, content = 'hello'): Published {
      const put = (path: string, text: string, mode = 0o644): void => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text, { mode });
      };
      put('runtime-tree/package/bin/node', '#!/bin/sh\necho v24.0.0\n', 0o755);
      put('runtime-tree/package/LICENSE', 'licence');
      const node = archive(join(folder, 'draft.tar.gz'), join(folder, 'runtime-tree'));
      mkdirSync(join(folder, 'bucket/runtimes'), { recursive: true });
      renameSync(join(folder, 'draft.tar.gz'), join(folder, `bucket/runtimes/${node}.tar.gz`));
      put(`tree-${content}/runtime/hello`, content);
      put(`tree-${content}/release.json`, JSON.stringify({ node: { sha256: node } }));
      const sha256 = archive(join(folder, 'draft.tar.gz'), join(folder, `tree-${content}`));
      mkdirSync(join(folder, 'bucket/releases'), { recursive: true });
      renameSync(join(folder, 'draft.tar.gz'), join(folder, `bucket/releases/${sha256}.tar.gz`));
      return {
        sha256,
        node,
        aws: `case $1 in ssm) echo ${sha256};; s3) cp "${folder}/bucket/\${4#s3://releases/}" "$5";; esac`,
      };
    }

    const MISSING =
      'echo "An error occurred (ParameterNotFound) when calling the GetParameter operation:" >&2; exit 254';

    /** What is there, drafts included, the lock aside. */
    const found = (folder: string): string[] =>
      readdirSync(join(folder, 'opt'))
        .filter((name) => name !== '.lock')
        .toSorted();

    for (const [what, aws] of [
      ['none', 'echo none'],
      ['no parameter', MISSING],
    ] as const)
      it(`runs nothing, and fails at nothing, while there is ${what}`, async () => {
        await withFolder((folder) => {
          assert.deepEqual(run(folder, 'council-release', aws), { status: 0, output: 'no release is wanted yet\n' });
          assert.deepEqual(found(folder), []);
        });
      });

    it('keeps what it runs where its parameter was taken away', async () => {
      await withFolder((folder) => {
        const { sha256, aws } = release(folder);
        run(folder, 'council-release', aws);
        assert.equal(run(folder, 'council-release', MISSING).status, 0);
        assert.equal(readlinkSync(join(folder, 'opt/current')), sha256);
      });
    });

    it('fails where the parameter holds something else', async () => {
      await withFolder((folder) => {
        const { status, output } = run(folder, 'council-release', 'echo ../../etc');
        assert.equal(status, 1);
        assert.match(output, /\/council\/release must hold none or 64 hex digits/);
      });
    });

    const damages: Readonly<Record<string, (file: string) => void>> = {
      'is another one': (file) => writeFileSync(file, 'another'),
      'was cut short': (file) => truncateSync(file, statSync(file).size - 1),
      'has one octet changed': (file) => {
        const octets = readFileSync(file);
        octets[octets.length - 5] = (octets[octets.length - 5] ?? 0) ^ 1;
        writeFileSync(file, octets);
      },
      'is gone': (file) => rmSync(file),
    };
    for (const [what, damage] of Object.entries(damages))
      for (const [which, path] of [
        ['a bundle', ({ sha256 }: Published) => `releases/${sha256}`],
        ['a Node.js', ({ node }: Published) => `runtimes/${node}`],
      ] as const)
        it(`refuses ${which} that ${what}, leaves nothing behind and runs on with what it had`, async () => {
          await withFolder((folder) => {
            const before = release(folder, 'before');
            run(folder, 'council-release', before.aws);
            // The one before brought the same Node.js.
            if (which === 'a Node.js') rmSync(join(folder, `opt/node-${before.node}`), { recursive: true });
            const kept = found(folder);
            const next = release(folder, 'next');
            damage(join(folder, `bucket/${path(next)}.tar.gz`));
            const { status, output } = run(folder, 'council-release', next.aws);
            assert.notEqual(status, 0);
            assert.match(output, /FAILED|cannot stat/);
            assert.deepEqual(found(folder), kept);
            assert.equal(readlinkSync(join(folder, 'opt/current')), before.sha256);
          });
        });

    it('fetches, verifies, unpacks and switches; a second time it fetches nothing', async () => {
      await withFolder((folder) => {
        const { sha256, node, aws } = release(folder);
        for (const _ of [1, 2])
          assert.deepEqual(run(folder, 'council-release', aws), {
            status: 0,
            output: `the current release is ${sha256}\n`,
          });
        assert.equal(readlinkSync(join(folder, 'opt/current')), sha256);
        assert.equal(readFileSync(join(folder, 'opt/current/runtime/hello'), 'utf8'), 'hello');
        assert.equal(statSync(join(folder, 'opt', sha256)).mode & 0o055, 0o055, 'others can read it');
        assert.deepEqual(found(folder), [sha256, 'current', `node-${node}`].toSorted());
        const calls = readFileSync(join(folder, 'calls'), 'utf8').split('\n');
        assert.deepEqual(
          calls.flatMap((call) => /^aws s3 cp --only-show-errors (\S+) /.exec(call)?.[1] ?? []),
          [`s3://releases/releases/${sha256}.tar.gz`, `s3://releases/runtimes/${node}.tar.gz`],
        );
      });
    });

    it('brings the Node.js that the release names, that program alone, and once for all releases that name it', async () => {
      await withFolder((folder) => {
        const first = release(folder, 'first');
        run(folder, 'council-release', first.aws);
        const second = release(folder, 'second');
        assert.equal(second.node, first.node);
        assert.equal(run(folder, 'council-release', second.aws).status, 0);
        const program = join(folder, 'opt/current/node');
        assert.equal(judge('bash', ['-c', program]), 'v24.0.0\n');
        assert.deepEqual(readdirSync(join(folder, `opt/node-${first.node}`), { recursive: true }).toSorted(), [
          'bin',
          'bin/node',
        ]);
        const calls = readFileSync(join(folder, 'calls'), 'utf8');
        assert.equal(calls.match(/runtimes\//g)?.length, 1);
      });
    });

    for (const [what, manifest] of [
      ['names no Node.js', {}],
      ['names one that leads elsewhere', { node: { sha256: '../../etc' } }],
    ] as const)
      it(`refuses a bundle that ${what}`, async () => {
        await withFolder((folder) => {
          const { aws } = release(folder);
          mkdirSync(join(folder, 'odd'));
          writeFileSync(join(folder, 'odd/release.json'), JSON.stringify(manifest));
          const odd = archive(join(folder, 'odd.tar.gz'), join(folder, 'odd'));
          renameSync(join(folder, 'odd.tar.gz'), join(folder, `bucket/releases/${odd}.tar.gz`));
          assert.notEqual(run(folder, 'council-release', aws.replace(/echo [0-9a-f]+/, `echo ${odd}`)).status, 0);
          assert.deepEqual(found(folder), []);
        });
      });

    it('keeps the current one where the disk is full while the next one is unpacked', async () => {
      await withFolder((folder) => {
        const before = release(folder, 'before');
        run(folder, 'council-release', before.aws);
        const kept = found(folder);
        const next = release(folder, 'next');
        const full = join(folder, 'bin/tar');
        writeFileSync(full, '#!/bin/bash\necho "tar: Cannot write: No space left on device" >&2\nexit 2\n', {
          mode: 0o755,
        });
        const { status, output } = run(folder, 'council-release', next.aws);
        assert.equal(status, 2);
        assert.match(output, /No space left/);
        assert.deepEqual(found(folder), kept);
        assert.equal(readlinkSync(join(folder, 'opt/current')), before.sha256);
        rmSync(full);
        assert.equal(run(folder, 'council-release', next.aws).status, 0);
        assert.equal(readlinkSync(join(folder, 'opt/current')), next.sha256);
      });
    });

    it('takes away what a host left that lost its power meanwhile', async () => {
      await withFolder((folder) => {
        const { sha256, node, aws } = release(folder);
        mkdirSync(join(folder, 'opt/.draft.abc123/tree'), { recursive: true });
        run(folder, 'council-release', aws);
        assert.deepEqual(found(folder), [sha256, 'current', `node-${node}`].toSorted());
      });
    });

    it('goes back to an earlier one without fetching it again', async () => {
      await withFolder((folder) => {
        const first = release(folder, 'first');
        const second = release(folder, 'second');
        run(folder, 'council-release', first.aws);
        run(folder, 'council-release', second.aws);
        rmSync(join(folder, 'bucket'), { recursive: true });
        assert.equal(run(folder, 'council-release', first.aws).status, 0);
        assert.equal(readFileSync(join(folder, 'opt/current/runtime/hello'), 'utf8'), 'first');
      });
    });

    it('keeps the four releases that were current last, and the Node.js that each of them needs', async () => {
      await withFolder((folder) => {
        const at = (path: string): string => join(folder, 'opt', path);
        const all = Array.from({ length: 6 }, (_, index) => release(folder, `number ${index}`));
        const odd = release(folder, 'with a Node.js of its own');
        for (const [index, { sha256, aws }] of [odd, ...all].entries()) {
          assert.equal(run(folder, 'council-release', aws).status, 0);
          // Whole seconds apart, as in life; but the first one is gone back to.
          utimesSync(at(sha256), index, index);
          if (index === 0) {
            const own = `node-${'0'.repeat(64)}`;
            mkdirSync(at(`${own}/bin`), { recursive: true });
            rmSync(at(`${sha256}/node`));
            symlinkSync(`../${own}/bin/node`, at(`${sha256}/node`));
          } else utimesSync(at(odd.sha256), index + 0.5, index + 0.5);
        }
        const kept = [odd, ...all.slice(-3)];
        const nodes = [`node-${odd.node}`, `node-${'0'.repeat(64)}`];
        assert.deepEqual(found(folder), [...kept.map(({ sha256 }) => sha256), ...nodes, 'current'].toSorted());
        for (const { aws } of all.slice(0, 5)) assert.equal(run(folder, 'council-release', aws).status, 0);
        assert.ok(!found(folder).includes(`node-${'0'.repeat(64)}`), 'nobody needs it any more');
        assert.ok(found(folder).includes(`node-${odd.node}`));
      });
    });

    it('keeps the current one while SSM is out of reach, and fails where there is none', async () => {
      await withFolder((folder) => {
        assert.equal(run(folder, 'council-release', FAILS).status, 1);
        const { sha256, aws } = release(folder);
        run(folder, 'council-release', aws);
        assert.equal(run(folder, 'council-release', FAILS).status, 0);
        assert.equal(readlinkSync(join(folder, 'opt/current')), sha256);
      });
    });
  });

  describe('council-witness', () => {
    it('has nothing to do before there are logs', async () => {
      await withFolder((folder) => {
        assert.deepEqual(run(folder, 'council-witness', FAILS), { status: 0, output: '' });
        assert.equal(existsSync(join(folder, 'calls')), false);
      });
    });

    const age = (file: string, minutes: number): void => {
      const then = Date.now() / 1000 - minutes * 60;
      utimesSync(file, then, then);
    };
    const callsIn = (folder: string): string[] =>
      existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];
    const sent = (file: string): string =>
      `aws s3api put-object --bucket witness --key gatekeeper-primary/${file} --body ${file} --checksum-algorithm SHA256`;

    function logs(folder: string, names: readonly string[]): void {
      for (const name of names) {
        const file = join(folder, 'state/logs', name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, '{}\n');
        age(file, 60);
      }
    }

    it("ships what is finished below the host's name, each file once, never today's", async () => {
      await withFolder((folder) => {
        const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
        const finished = ['h323_witness/h323_ras_20261119.jsonl', 'ha/failover_20261119.jsonl'];
        logs(folder, [...finished, `h323_witness/h323_ras_${today}.jsonl`, 'notes.txt']);
        for (const _ of [1, 2])
          assert.deepEqual(run(folder, 'council-witness', 'echo "{}"'), { status: 0, output: '' });
        assert.deepEqual(callsIn(folder), finished.map(sent));
      });
    });

    it('waits for a file that was just written, and follows no link', async () => {
      await withFolder((folder) => {
        logs(folder, ['ha/failover_20261119.jsonl']);
        age(join(folder, 'state/logs/ha/failover_20261119.jsonl'), 1);
        symlinkSync('/etc/passwd', join(folder, 'state/logs/ha/failover_20261118.jsonl'));
        assert.equal(run(folder, 'council-witness', FAILS).status, 0);
        assert.deepEqual(callsIn(folder), []);
      });
    });

    it('fails where the archive does not take a file, and sends it again the next time', async () => {
      await withFolder((folder) => {
        logs(folder, ['ha/failover_20261119.jsonl']);
        assert.notEqual(run(folder, 'council-witness', FAILS).status, 0);
        assert.equal(run(folder, 'council-witness', 'exit 0').status, 0);
        assert.equal(callsIn(folder).length, 2);
      });
    });
  });
});
