import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { removeGroups } from './control-groups.ts';
import type { GroupRule, Plug } from './firewall.ts';
import { type AwsAccess, ensureImage, hostFiles } from './image/index.ts';
import { parseNetwork } from './ipv4.ts';
import { Machine } from './machine.ts';
import { LabNetwork } from './network.ts';
import { type VolumeSpec, Volumes } from './volumes.ts';

const hostSpec = z.object({
  /** The instance's id. */
  id: z.string().regex(/^i-[0-9a-f]{8,17}$/),
  privateAddress: z.ipv4(),
  subnetCidr: z.cidrv4(),
});
export type HostSpec = z.infer<typeof hostSpec>;

export interface FleetArgs {
  /** A letter and at most seven more of a-z and 0-9. */
  readonly lab: string;
  /** From 0 to 31: which addresses the wire to this machine has. */
  readonly number: number;
  /** Where disks and logs of the hosts are: a real disk, not in memory. */
  readonly folder: string;
  /** Where images are kept from one lab to the next. */
  readonly cache: string;
  readonly progress: (step: string) => void;
}

/** Who reaches whom: public addresses by private ones, security groups by private addresses, and their rules. */
export interface Firewall {
  readonly publicAddresses: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly rules: readonly GroupRule[];
}

/** The hosts of a lab. What it does is on the disk and in the kernel: another process goes on with it. */
export class Fleet {
  readonly network: LabNetwork;
  readonly #args: FleetArgs;
  readonly #hosts = new Map<string, HostSpec>();
  readonly #volumes: Volumes;

  private constructor(args: FleetArgs) {
    this.#args = args;
    this.network = new LabNetwork(args.lab, args.number);
    this.#volumes = new Volumes(join(args.folder, 'volumes'));
  }

  /** Opens the network, and takes over the hosts that are there. Whatever a host needs, image included, comes with the first. */
  static async open(args: FleetArgs): Promise<Fleet> {
    const fleet = new Fleet(args);
    await mkdir(fleet.#folder(), { recursive: true });
    for (const id of await readdir(fleet.#folder())) {
      const text = await readFile(join(fleet.#folder(id), 'host.json'), 'utf8').catch(() => undefined);
      if (text === undefined) await rm(fleet.#folder(id), { recursive: true, force: true });
      else fleet.#hosts.set(id, hostSpec.parse(JSON.parse(text)));
    }
    await fleet.network.open();
    return fleet;
  }

  get hosts(): readonly HostSpec[] {
    return [...this.#hosts.values()];
  }

  /** Boots a new host, or powers one on again that has ended. */
  async boot(spec: HostSpec, access: AwsAccess): Promise<void> {
    const host = hostSpec.parse(spec);
    const { cache, progress } = this.#args;
    const image = await ensureImage({ cache, progress });
    await mkdir(this.#folder(host.id), { recursive: true });
    await writeFile(join(this.#folder(host.id), 'host.json'), JSON.stringify(host));
    this.#hosts.set(host.id, host);
    const { id, privateAddress, subnetCidr } = host;
    await this.network.unplug(id, privateAddress);
    await this.network.plug(id, { privateAddress, subnet: parseNetwork(subnetCidr) });
    const name = `ip-${privateAddress.replaceAll('.', '-')}`;
    await this.machine(id).boot(image, { ...hostFiles(access), '/etc/hostname': `${name}\n` });
  }

  /** Ends a host and removes all that it had; none of that id is no error. @param patience ms until it is forced */
  async end(id: string, patience?: number): Promise<void> {
    const host = this.#hosts.get(id);
    if (host === undefined) return;
    await this.machine(id).end(patience);
    await this.network.unplug(id, host.privateAddress);
    this.#hosts.delete(id);
  }

  /** Shows a volume to a host that runs; made empty where it is new. */
  attach(volume: VolumeSpec, id: string): Promise<void> {
    return this.#volumes.attach(volume, this.machine(id));
  }

  /** Takes a volume off a host, which is powered off first: nothing is half written. */
  async detach(volumeId: string, id: string): Promise<void> {
    if (this.#hosts.has(id)) await this.machine(id).stop();
    await this.#volumes.detach(volumeId);
  }

  deleteVolume(volumeId: string): Promise<void> {
    return this.#volumes.delete(volumeId);
  }

  /** Puts rules and public addresses in force, for the hosts that are there. */
  async enforce({ publicAddresses, groups, rules }: Firewall, metadataPort: number): Promise<void> {
    const plugs = this.hosts.map(
      ({ id, privateAddress }): Plug => ({
        port: this.network.port(id),
        privateAddress,
        publicAddress: publicAddresses.get(privateAddress),
        groups: groups.get(privateAddress) ?? [],
      }),
    );
    await this.network.enforce({ plugs, rules, metadataPort });
  }

  machine(id: string): Machine {
    const { lab } = this.#args;
    const name = `council-${lab}`;
    return new Machine({ lab: name, id, folder: this.#folder(id), namespace: this.network.namespace(id) });
  }

  /** Ends all hosts and removes everything: disks, volumes, network, control groups. Images stay in the cache. */
  async remove(): Promise<void> {
    await Promise.all(this.hosts.map(({ id }) => this.end(id, 5000)));
    await this.#volumes.remove();
    await this.network.remove();
    await removeGroups(this.network.name);
    await rm(this.#folder(), { recursive: true, force: true });
  }

  #folder(id = ''): string {
    return join(this.#args.folder, 'hosts', id);
  }
}
