/**
 * The script that mounts a voter's data volume, run against loop devices, each boot in a mount namespace of its own.
 * What it does not prove: that EBS's volumes appear under the name that the script looks for.
 */
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { dataScript } from '../../../components/boot/data-volume.ts';
import type { HostRole } from '../../../components/hosts.ts';
import { skipLoudly } from '../../support/skip.ts';
import { exampleValues } from './example-values.ts';
import { isInstalled, judge, withFolder } from './rendered.ts';

const MIB = 1024 ** 2;
const TOOLS = ['losetup', 'unshare', 'mkfs.ext4', 'e2fsck', 'resize2fs', 'blkid'];

/** A volume of 100 MiB, attached as a loop device. */
class Volume {
  readonly file: string;
  readonly device: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.file = join(folder, 'volume');
    closeSync(openSync(this.file, 'w'));
    truncateSync(this.file, 100 * MIB);
    this.device = judge('losetup', ['--find', '--show', this.file]).trim();
    for (const name of ['data', 'etcd', 'state']) mkdirSync(join(folder, name), { recursive: true });
    symlinkSync(this.device, join(folder, 'nvme-vol0123456789abcdef0'));
  }

  detach(): void {
    judge('losetup', ['--detach', this.device]);
  }

  /** Runs the script as a boot would, and then more in the same boot; whoever runs the test is etcd and council. */
  boot(more = 'true', role: HostRole = 'gatekeeper-primary'): SpawnSyncReturns<string> {
    const script = dataScript(exampleValues(role))
      .replaceAll('/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_', `${this.#folder}/nvme-`)
      .replaceAll('/var/lib/council-data', join(this.#folder, 'data'))
      .replaceAll('/var/lib/etcd', join(this.#folder, 'etcd'))
      .replaceAll('/var/lib/guardian-council', join(this.#folder, 'state'))
      .replace('etcd etcd', 'etcd nobody')
      .replace('state council', 'state nobody');
    return spawnSync('unshare', ['--mount', 'bash', '-c', `${script}\ncd ${this.#folder}\n${more}`], {
      encoding: 'utf8',
    });
  }

  /** A boot that must succeed; gives what it printed at its end. */
  up(more?: string, role?: HostRole): string {
    const { status, stdout, stderr } = this.boot(more, role);
    assert.equal(status, 0, stderr);
    return stdout;
  }

  /** A boot that must refuse the volume, and leave every octet of it alone. */
  refuses(reason: RegExp, role?: HostRole): void {
    const before = readFileSync(this.file);
    const { status, stderr } = this.boot('echo reached', role);
    assert.equal(status, 1, stderr);
    assert.match(stderr, reason);
    assert.match(stderr, /vol-0123456789abcdef0 .*; it is left as it is/);
    assert.ok(before.equals(readFileSync(this.file)), 'the volume has changed');
  }
}

const withVolume = (use: (volume: Volume) => void): Promise<void> =>
  withFolder((folder) => {
    const volume = new Volume(folder);
    try {
      use(volume);
    } finally {
      volume.detach();
      rmSync(volume.file);
    }
  });

describe('the data volume of a voter', function () {
  this.timeout(60_000);

  before(function () {
    const missing = TOOLS.filter((tool) => !isInstalled(tool));
    if (missing.length > 0)
      skipLoudly(this, `${missing.join(', ')} not installed (apt-get install e2fsprogs util-linux)`);
    if (process.getuid?.() !== 0) skipLoudly(this, 'mounting needs root');
    const probe = spawnSync('losetup', ['--find'], { encoding: 'utf8' });
    if (probe.status !== 0) skipLoudly(this, `no loop devices: ${probe.stderr.trim()}`);
    const namespace = spawnSync('unshare', ['--mount', 'true'], { encoding: 'utf8' });
    if (namespace.status !== 0) skipLoudly(this, `no mount namespaces: ${namespace.stderr.trim()}`);
  });

  it('gets a file system when it is blank, and comes back with its data in every later boot', () =>
    withVolume((volume) => {
      volume.up('echo member >etcd/wal; echo line >state/witness.jsonl');
      assert.equal(
        volume.up('cat etcd/wal state/witness.jsonl; stat -c %U etcd state'),
        'member\nline\nnobody\nnobody\n',
      );
      assert.match(judge('blkid', ['-p', volume.device]), /LABEL="council-gk1".* TYPE="ext4"/);
    }));

  it('holds nothing that could run as somebody else, or be a device', () =>
    withVolume((volume) => {
      assert.match(volume.up('findmnt -no OPTIONS data'), /nosuid,nodev,noatime/);
    }));

  it('gives what is on it to its user, whatever number that one had on the image before', () =>
    withVolume((volume) => {
      volume.up('mkdir etcd/council && touch etcd/council/db && chown -R 4711 etcd/council');
      assert.equal(volume.up('stat -c %U etcd/council etcd/council/db'), 'nobody\nnobody\n');
    }));

  it('is used whole in the first boot after it has grown', () =>
    withVolume((volume) => {
      const before = Number(volume.up('stat -f -c "%b" data'));
      truncateSync(volume.file, 200 * MIB);
      judge('losetup', ['--set-capacity', volume.device]);
      assert.ok(Number(volume.up('stat -f -c "%b" data')) > before * 1.8);
    }));

  it('is mounted once, however often it is asked for', () =>
    withVolume((volume) => {
      const script = 'findmnt -rno TARGET | grep -c "$PWD"';
      assert.equal(volume.up(script), '3\n');
    }));

  it('is repaired after a machine that lost its power, and only as far as that is safe', () =>
    withVolume((volume) => {
      volume.up('echo member >etcd/wal');
      judge('debugfs', ['-w', '-R', 'ssv state 0', volume.device]);
      assert.equal(volume.up('cat etcd/wal'), 'member\n');
    }));

  it('of another voter is refused', () =>
    withVolume((volume) => {
      volume.up();
      volume.refuses(/is not council-gk2, but: ext4 council-gk1/, 'gatekeeper-secondary');
      volume.refuses(/is not council-mon, but: ext4 council-gk1/, 'monitoring');
    }));

  it('with another file system, or without a label, is refused', () =>
    withVolume((volume) => {
      judge('mkfs.ext4', ['-q', volume.device]);
      volume.refuses(/is not council-gk1, but: ext4 /);
      judge('mkswap', ['-L', 'council-gk1', '--force', volume.device]);
      volume.refuses(/is not council-gk1, but: swap council-gk1/);
    }));

  it('with partitions is refused', () =>
    withVolume((volume) => {
      judge('sfdisk', ['--quiet', '--no-reread', '--no-tell-kernel', volume.device], ',,L\n');
      volume.refuses(/is not council-gk1, but: /);
    }));

  it('with octets that nobody knows is refused, wherever in its beginning they are', () =>
    withVolume((volume) => {
      const file = openSync(volume.file, 'r+');
      writeSync(file, 'x', 63 * MIB);
      closeSync(file);
      volume.refuses(/is not blank, and holds nothing known/);
    }));

  it('that cannot be repaired without a person is refused', () =>
    withVolume((volume) => {
      volume.up('echo member >etcd/wal');
      // An inode that is in use and gone from its folder's: e2fsck asks before it does anything about that.
      judge('debugfs', ['-w', '-R', 'clri <2>', volume.device]);
      const { status, stderr } = volume.boot('echo reached');
      assert.equal(status, 1, stderr);
      assert.match(stderr, /needs to be repaired by hand \(e2fsck\); it is left as it is/);
    }));

  it('is waited for', async () => {
    await withVolume((volume) => {
      const { file, device } = volume;
      const script = dataScript(exampleValues('gatekeeper-primary'))
        .replaceAll('/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_', `${file}-`)
        .replaceAll('/var/lib/council-data', `${file}-data`)
        // Attached while it sleeps for the first time.
        .replace('sleep 5', `ln -s ${device} ${file}-vol0123456789abcdef0`)
        .replace(/^while read[\s\S]*$/m, '');
      const { status, stderr } = spawnSync('unshare', ['--mount', 'bash', '-c', script], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.match(stderr, /^waiting for the data volume vol-0123456789abcdef0$/m);
    });
  });
});
