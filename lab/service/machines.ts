import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Hosts, Instance, ScriptResult } from '../api/index.ts';
import type { AwsAccess, Fleet } from '../hosts/index.ts';
import type { Cloud, Machine, Machines, VolumeMapping } from '../provider/index.ts';
import { firewallOf, instanceOf, subnetCidr, volumesOf } from './hosts.ts';

const machines = z.array(
  z.object({
    instanceId: z.string(),
    name: z.string(),
    instanceType: z.string(),
    ami: z.string(),
    availabilityZone: z.string(),
    subnetId: z.string(),
    networkInterfaceId: z.string(),
    privateIp: z.string(),
    privateDns: z.string(),
    securityGroupIds: z.array(z.string()),
    roleName: z.string(),
    userData: z.base64().transform((text) => Buffer.from(text, 'base64')),
    tags: z.record(z.string(), z.string()),
  }),
);

export interface LabMachinesArgs {
  readonly cloud: Cloud;
  readonly fleet: Fleet;
  /** Where it keeps what its instances were booted with: a process that comes later goes on with them. */
  readonly file: string;
  readonly metadataPort: number;
  readonly access: AwsAccess;
  readonly log: (event: string, about: Readonly<Record<string, unknown>>) => void;
}

/** Instances that are hosts of the lab: what the account says about them becomes true on this machine. */
export class LabMachines implements Machines, Hosts {
  readonly #args: LabMachinesArgs;
  readonly #machines: Map<string, Machine>;
  #enforced: Promise<void> = Promise.resolve();

  constructor(args: LabMachinesArgs) {
    this.#args = args;
    const kept = existsSync(args.file) ? machines.parse(JSON.parse(readFileSync(args.file, 'utf8'))) : [];
    this.#machines = new Map(kept.map((machine) => [machine.instanceId, machine]));
  }

  async boot(machine: Machine): Promise<void> {
    const { cloud, fleet, access, log } = this.#args;
    const { instanceId: id, privateIp: privateAddress, subnetId, name } = machine;
    // Its metadata must be there before it asks.
    this.#machines.set(id, machine);
    this.#save();
    await fleet.boot({ id, privateAddress, subnetCidr: subnetCidr(cloud, subnetId) }, access);
    // One that is booted again has its volumes still.
    for (const volume of volumesOf(cloud, id)) await fleet.attach(volume, id);
    log('booted', { id, name, address: privateAddress });
    await this.firewallChanged();
  }

  async end(id: string): Promise<void> {
    await this.#args.fleet.end(id);
    if (this.#machines.delete(id)) this.#args.log('ended', { id });
    this.#save();
    await this.firewallChanged();
  }

  associate(): Promise<void> {
    return this.firewallChanged();
  }

  disassociate(): Promise<void> {
    return this.firewallChanged();
  }

  async attachVolume({ volumeId, instanceId, sizeGb }: VolumeMapping): Promise<void> {
    await this.#args.fleet.attach({ volumeId, sizeGb }, instanceId);
    this.#args.log('attached', { volumeId, instanceId, sizeGb });
  }

  async detachVolume({ volumeId, instanceId }: VolumeMapping): Promise<void> {
    await this.#args.fleet.detach(volumeId, instanceId);
    this.#args.log('detached', { volumeId, instanceId });
  }

  deleteVolume(volumeId: string): Promise<void> {
    return this.#args.fleet.deleteVolume(volumeId);
  }

  /** Rules come by the dozen: one turn takes all that came while the last was under way. */
  firewallChanged(): Promise<void> {
    const { cloud, fleet, metadataPort } = this.#args;
    const next = this.#enforced.then(() => fleet.enforce(firewallOf(cloud), metadataPort));
    this.#enforced = next.catch(() => {});
    return next;
  }

  all(): readonly Instance[] {
    return [...this.#machines.values()].map((machine) => instanceOf(this.#args.cloud, machine));
  }

  async isUp(id: string): Promise<boolean> {
    const machine = this.#args.fleet.machine(id);
    if ((await machine.leader()) === undefined) return false;
    // As EC2's status check: its system answers.
    return (await machine.execute(['test', '-S', '/run/systemd/private'])).status === 0;
  }

  execute(id: string, script: string, timeout: number): Promise<ScriptResult> {
    const { endpoint, region } = this.#args.access;
    const env = { AWS_ENDPOINT_URL: endpoint, AWS_DEFAULT_REGION: region };
    // It ends on the host itself: a shell outside could not end what it started there.
    const limited = ['timeout', '--kill-after=5', String(Math.ceil(timeout / 1000)), '/bin/sh', '-s'];
    return this.#args.fleet.machine(id).execute(limited, { input: script, env });
  }

  #save(): void {
    const list = [...this.#machines.values()].map((machine) => ({
      ...machine,
      userData: Buffer.from(machine.userData).toString('base64'),
    }));
    writeFileSync(`${this.#args.file}.new`, JSON.stringify(list), { mode: 0o600 });
    renameSync(`${this.#args.file}.new`, this.#args.file);
  }
}
