/** Disks apart from a host's own, which outlive it: sparse files of this machine, shown to hosts as block devices. */
import { mkdir, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from './commands.ts';
import type { Machine } from './machine.ts';

const GIB = 2 ** 30;
/** Milliseconds that the kernel has to let go of a device whose host has ended. */
const PATIENCE = 10_000;

export interface VolumeSpec {
  /** `vol-…` */
  readonly volumeId: string;
  readonly sizeGb: number;
}

export class Volumes {
  readonly #folder: string;

  /** @param folder on a real disk: what is written to a volume is in a file there, and takes no more room than that */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Shows a volume to a host that runs, under the name that udev gives it on EC2, by its serial number: a container has
   * no udev. One that has grown shows its new size.
   */
  async attach({ volumeId, sizeGb }: VolumeSpec, machine: Machine): Promise<void> {
    const file = this.#file(volumeId);
    await mkdir(this.#folder, { recursive: true });
    const handle = await open(file, 'a');
    try {
      if ((await handle.stat()).size < sizeGb * GIB) await handle.truncate(sizeGb * GIB);
    } finally {
      await handle.close();
    }
    const [known] = await this.#devices(file);
    const device = known ?? (await run('losetup', ['--find', '--show', file])).trim();
    if (known !== undefined) await run('losetup', ['--set-capacity', known]);
    const numbers = (await run('stat', ['--format=%Hr %Lr', device])).trim();
    const link = `nvme-Amazon_Elastic_Block_Store_${volumeId.replace('vol-', 'vol')}`;
    const node = `/dev/${basename(device)}`;
    const script =
      `set -e; [ -b ${node} ] || mknod -m 0660 ${node} b ${numbers}; ` +
      `mkdir -p /dev/disk/by-id; ln -sfn ${node} /dev/disk/by-id/${link}`;
    const { status, stderr } = await machine.execute(['/bin/sh', '-c', script]);
    if (status !== 0) throw new Error(`volume ${volumeId} cannot be shown to its host: ${stderr.trim()}`);
  }

  /** Takes a volume off; its host does not run any more. @throws Error where something still uses it */
  async detach(volumeId: string): Promise<void> {
    const file = this.#file(volumeId);
    for (let waited = 0; waited < PATIENCE; waited += 50) {
      const devices = await this.#devices(file);
      if (devices.length === 0) return;
      // In use still, it goes with its last user: whoever gets the volume next must not have it beside that one.
      for (const device of devices) await run('losetup', ['--detach', device]).catch(() => {});
      await pause(50);
    }
    throw new Error(`volume ${volumeId} is in use, though its host has ended`);
  }

  /** Removes a volume, and what is on it; none of that id is no error. */
  async delete(volumeId: string): Promise<void> {
    await this.detach(volumeId);
    await rm(this.#file(volumeId), { force: true });
  }

  /** Removes all; no host runs any more. */
  async remove(): Promise<void> {
    const listed = await run('losetup', ['--list', '--noheadings', '--raw', '--output', 'NAME,BACK-FILE']);
    for (const line of listed.split('\n')) {
      const [device = '', ...words] = line.split(' ');
      if (words.join(' ').startsWith(`${this.#folder}/`)) await run('losetup', ['--detach', device]);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  #file(volumeId: string): string {
    if (!/^vol-[0-9a-f]{8,17}$/.test(volumeId)) throw new RangeError(`id of a volume: ${JSON.stringify(volumeId)}`);
    return join(this.#folder, `${volumeId}.img`);
  }

  /** The block devices that a file is behind: one at most, unless somebody else made more. */
  async #devices(file: string): Promise<readonly string[]> {
    const listed = await run('losetup', ['--associated', file, '--noheadings', '--raw', '--output', 'NAME']);
    return listed.split('\n').filter(Boolean);
  }
}
