import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Api, serveApi, type World } from '../api/index.ts';
import { Fleet } from '../hosts/index.ts';
import { Cloud, type RunningProvider, startProvider } from '../provider/index.ts';
import { policiesOf } from './hosts.ts';
import { LabMachines } from './machines.ts';
import { ObjectStore } from './object-store.ts';
import { ParameterStore } from './parameter-store.ts';

/** Ports on the address that only hosts and this machine reach. */
const PORTS = { api: 4566, metadata: 4567 };

export interface LabArgs {
  /** First part of the names of all that it makes: a letter and at most seven more of a-z and 0-9. */
  readonly name: string;
  /** From 0 to 31; labs at the same time on one machine have different ones. */
  readonly number: number;
  /** All that it keeps; removed with it. */
  readonly folder: string;
  /** Images of machines, which outlive it. */
  readonly cache: string;
  readonly region: string;
  readonly log: (event: string, about: Readonly<Record<string, unknown>>) => void;
}

/** An account with hosts behind it, as Pulumi's engine and as hosts and tools see it. */
export class Lab {
  readonly cloud: Cloud;
  readonly fleet: Fleet;
  readonly machines: LabMachines;
  readonly api: Api;
  readonly provider: RunningProvider;
  readonly #folder: string;

  private constructor(parts: Pick<Lab, 'cloud' | 'fleet' | 'machines' | 'api' | 'provider'>, folder: string) {
    this.cloud = parts.cloud;
    this.fleet = parts.fleet;
    this.machines = parts.machines;
    this.api = parts.api;
    this.provider = parts.provider;
    this.#folder = folder;
  }

  /** Starts a lab, or goes on with one whose process has ended. */
  static async open({ name, number, folder, cache, region, log }: LabArgs): Promise<Lab> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const cloud = new Cloud({ file: join(folder, 'account.json') });
    const progress = (step: string): void => log('image', { step });
    const fleet = await Fleet.open({ lab: name, number, folder, cache, progress });
    const buckets = new ObjectStore(cloud, join(folder, 'buckets'));
    const endpoint = `http://${fleet.network.services}:${PORTS.api}`;
    const machines = new LabMachines({
      cloud,
      fleet,
      file: join(folder, 'machines.json'),
      metadataPort: PORTS.metadata,
      access: { endpoint, region },
      log,
    });
    const world: World = {
      accountId: cloud.account.accountId,
      region,
      hosts: machines,
      parameters: new ParameterStore(cloud, join(folder, 'parameters.json')),
      buckets,
      policiesOf: (role) => policiesOf(cloud, role),
    };
    cloud.onCall(({ action, phase, type }) => {
      if (action === 'delete' && phase === 'end' && type === 'aws:s3/bucket:Bucket') buckets.sweep();
    });
    const api = await serveApi({
      world,
      address: fleet.network.services,
      port: PORTS.api,
      metadataPort: PORTS.metadata,
      log: (entry) => log('asked', { ...entry }),
    });
    await machines.firewallChanged();
    const provider = await startProvider({ cloud, machines });
    return new Lab({ cloud, fleet, machines, api, provider }, folder);
  }

  /** Serves no longer; hosts run on. */
  async close(): Promise<void> {
    await this.provider.close();
    await this.api.close();
  }

  /** Ends everything, and removes it. */
  async remove(): Promise<void> {
    await this.close();
    await this.fleet.remove();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
