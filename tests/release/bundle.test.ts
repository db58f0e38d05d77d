import assert from 'node:assert/strict';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { BundleError, type BundleFile, readBundle, writeBundle } from '../../runtime/release/index.ts';

const NODE = { version: '24.0.0', platform: 'linux-x64', sha256: 'ab'.repeat(32), size: 1 };
const FACTS = {
  version: '1.2.3',
  commit: 'c0'.repeat(20),
  committedAt: '2026-11-21T18:00:00.000Z',
  dirty: false,
  node: NODE,
};

const file = (path: string, text: string, executable = false): BundleFile => ({
  path,
  octets: Buffer.from(text),
  executable,
});
const FILES = [file('runtime/cli/council.mjs', 'run', true), file('package.json', '{}'), file('LICENSE', 'free')];

interface Entry {
  readonly name: string;
  readonly text?: string;
  readonly type?: 'file' | 'symlink' | 'link' | 'directory' | 'fifo';
  readonly mode?: number;
  readonly uid?: number;
  readonly linkname?: string;
}

/** A bundle made by somebody else. */
async function forged(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, text = '', type = 'file', mode = 0o644, uid = 0, linkname } of entries)
    archive.entry({ name, type, mode, uid, gid: 0, ...(linkname !== undefined && { linkname }) }, text);
  archive.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of archive) {
    assert.ok(part instanceof Uint8Array);
    parts.push(part);
  }
  return gzipSync(Buffer.concat(parts));
}

/** The manifest that fits these files, as text. */
async function manifestOf(files: readonly BundleFile[]): Promise<string> {
  const { manifest } = await writeBundle(FACTS, files);
  return JSON.stringify(manifest);
}

const refused = (octets: Uint8Array, message: RegExp, expected?: string): Promise<void> =>
  assert.rejects(readBundle(octets, expected), (error) => {
    assert.ok(error instanceof BundleError, String(error));
    assert.match(error.message, message);
    return true;
  });

describe('a bundle', () => {
  it('has one SHA-256, in whatever order its files are given', async () => {
    const one = await writeBundle(FACTS, FILES);
    const other = await writeBundle(FACTS, FILES.toReversed());
    assert.equal(other.sha256, one.sha256);
    // What every machine has to come to; another format or another release of a library changes it.
    assert.equal(one.sha256, '4cbf37e528c8428cc93fe9d29bbedf9936a9b3385f4f41ce9b63af3e52d7f224');
    assert.equal(gunzipSync(one.octets).length % 512, 0);
    assert.deepEqual([...one.octets.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3], 'no name, no time');
  });

  for (const [what, facts, files] of [
    ['content', FACTS, [file('runtime/cli/council.mjs', 'ran', true), ...FILES.slice(1)]],
    ['mode', FACTS, [file('runtime/cli/council.mjs', 'run'), ...FILES.slice(1)]],
    ['commit', { ...FACTS, commit: 'c1'.repeat(20) }, FILES],
    ['date', { ...FACTS, committedAt: '2026-11-21T18:00:01.000Z' }, FILES],
    ['dirt', { ...FACTS, dirty: true }, FILES],
    ['Node.js', { ...FACTS, node: { ...NODE, sha256: 'cd'.repeat(32) } }, FILES],
  ] as const)
    it(`has another SHA-256 where the ${what} is another`, async () => {
      assert.notEqual((await writeBundle(facts, files)).sha256, (await writeBundle(FACTS, FILES)).sha256);
    });

  it('says what is in it, and is read as it was written', async () => {
    const bundle = await writeBundle(FACTS, FILES);
    const { manifest, sha256 } = await readBundle(bundle.octets, bundle.sha256);
    assert.equal(sha256, bundle.sha256);
    assert.deepEqual(manifest, bundle.manifest);
    assert.deepEqual(Object.keys(manifest.files), ['LICENSE', 'package.json', 'runtime/cli/council.mjs']);
    assert.deepEqual(manifest.files['LICENSE'], {
      sha256: 'ad95d5fa651ba86d8923fe1238d24a4f1988a752acfe426ac72ac7c04471bc17',
      size: 4,
      executable: false,
    });
  });

  for (const path of [
    '../etc/passwd',
    '/etc/passwd',
    'a/../../b',
    './a',
    'a//b',
    '.hidden',
    'a/.git',
    'a b',
    'a\nb',
    '',
  ])
    it(`is not written with the path ${JSON.stringify(path)}`, async () => {
      await assert.rejects(writeBundle(FACTS, [file(path, '')]), BundleError);
    });

  it('is not written with a path twice', async () => {
    await assert.rejects(writeBundle(FACTS, [file('a', '1'), file('a', '2')]), /a is there twice/);
  });

  describe('is refused', () => {
    it('by another name than its own', async () => {
      const { octets } = await writeBundle(FACTS, FILES);
      await refused(octets, /its SHA-256 is [0-9a-f]{64}, and not abab/, 'ab'.repeat(32));
    });

    it('with one octet changed, wherever that is', async () => {
      const { octets, sha256 } = await writeBundle(FACTS, FILES);
      for (let at = 0; at < octets.length; at += 7) {
        const damaged = Uint8Array.from(octets);
        damaged[at] = (damaged[at] ?? 0) ^ 0x10;
        await refused(damaged, /its SHA-256 is/, sha256);
      }
    });

    it('cut short, even where no SHA-256 is at hand', async () => {
      const { octets } = await writeBundle(FACTS, FILES);
      for (const length of [0, 5, 20, octets.length >> 1, octets.length - 1])
        await refused(octets.subarray(0, length), /not a whole gzip file/);
    });

    it('as a tar file that was cut short before it was compressed', async () => {
      const { octets } = await writeBundle(FACTS, FILES);
      const archive = gunzipSync(octets);
      await refused(gzipSync(archive.subarray(0, 1000)), /not a whole tar file|release\.json/);
    });

    it('where it would unpack to more than any release of ours', async () => {
      await refused(gzipSync(Buffer.alloc(257 * 1024 ** 2)), /not a whole gzip file/);
    });

    for (const [what, entry, message] of [
      ['a path that leads out', { name: '../../etc/cron.d/x' }, /"\.\.\/\.\.\/etc\/cron\.d\/x" leads out of it/],
      ['an absolute path', { name: '/etc/passwd' }, /leads out of it/],
      [
        'a symbolic link',
        { name: 'link', type: 'symlink', linkname: '/etc/shadow' },
        /"link" is no file but a symlink/,
      ],
      ['a hard link', { name: 'link', type: 'link', linkname: 'LICENSE' }, /"link" is no file but a link/],
      ['a folder', { name: 'folder', type: 'directory', mode: 0o755 }, /"folder" is no file but a directory/],
      ['a pipe', { name: 'pipe', type: 'fifo' }, /"pipe" is no file but a fifo/],
      ['a set-user-id program', { name: 'su', mode: 0o4755 }, /"su" has the mode 4755/],
      ["somebody's own file", { name: 'own', uid: 1000 }, /"own" does not belong to root/],
      ['a file that is not listed', { name: 'more' }, /more is not in its manifest/],
    ] as const)
      it(`with ${what}`, async () => {
        const text = await manifestOf([file('LICENSE', 'free')]);
        await refused(
          await forged([{ name: 'release.json', text }, { name: 'LICENSE', text: 'free' }, entry]),
          message,
        );
      });

    for (const [what, entries, message] of [
      ['a file that differs', [{ name: 'LICENSE', text: 'fred' }], /LICENSE is not as its manifest says/],
      [
        'a file that can be run',
        [{ name: 'LICENSE', text: 'free', mode: 0o755 }],
        /LICENSE is not as its manifest says/,
      ],
      ['a file missing', [], /LICENSE is missing/],
      [
        'a file twice',
        [
          { name: 'LICENSE', text: 'free' },
          { name: 'LICENSE', text: 'free' },
        ],
        /LICENSE is there twice/,
      ],
    ] as const)
      it(`with ${what}`, async () => {
        const text = await manifestOf([file('LICENSE', 'free')]);
        await refused(await forged([{ name: 'release.json', text }, ...entries]), message);
      });

    for (const [what, change, message] of [
      ['no JSON', () => '{', /release\.json is not JSON/],
      ['another format', (text: string) => text.replace('"format":1', '"format":2'), /release\.json: format/],
      [
        'no full commit',
        (text: string) => text.replace('c0c0', 'c0'),
        /release\.json: commit: must be a full commit id/,
      ],
      ['no SHA-256 of Node.js', (text: string) => text.replace(NODE.sha256, '../../x'), /release\.json: node\.sha256/],
      ['more than we know', (text: string) => text.replace('{', '{"extra":1,'), /release\.json: the whole/],
    ] as const)
      it(`with a manifest that has ${what}`, async () => {
        const text = change(await manifestOf([file('LICENSE', 'free')]));
        await refused(
          await forged([
            { name: 'release.json', text },
            { name: 'LICENSE', text: 'free' },
          ]),
          message,
        );
      });

    it('without a manifest in the first place', async () => {
      await refused(await forged([{ name: 'LICENSE', text: 'free' }]), /its first file is not release\.json/);
    });
  });
});
