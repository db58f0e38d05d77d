import { createHash } from 'node:crypto';
import type { Instance, Parameter, ScriptResult, StoredObject, World } from '../../../lab/api/index.ts';

/** A host of whom only what a test says is of interest. */
export const instance = (more: Partial<Instance> = {}): Instance => ({
  id: 'i-0123456789abcdef0',
  name: 'gatekeeper-primary',
  imageId: 'ami-00000000000001ab0',
  instanceType: 'c7i.large',
  availabilityZone: 'eu-central-1a',
  subnetId: 'subnet-1',
  vpcId: 'vpc-1',
  networkInterfaceId: 'eni-1',
  macAddress: '02:00:00:00:00:01',
  privateAddress: '127.0.0.1',
  publicAddress: '203.0.113.10',
  securityGroups: ['sg-1'],
  roleName: 'gatekeeper-primary-role',
  userData: Buffer.from('#cloud-config\n'),
  tags: { Name: 'gatekeeper-primary' },
  ...more,
});

export interface MemoryWorld extends World {
  /** Scripts that were run, each with its host. */
  readonly ran: { readonly id: string; readonly script: string; readonly timeout: number }[];
  /** What the next scripts come to. */
  outcome: ScriptResult | Error;
  isUp: boolean;
}

/** An account in memory, with one bucket, `releases`. */
export function memoryWorld(
  hosts: readonly Instance[],
  policies: Readonly<Record<string, readonly object[]>> = {},
): MemoryWorld {
  const parameters = new Map<string, Parameter>();
  const objects = new Map<string, { readonly about: StoredObject; readonly content: Buffer }>();
  const world: MemoryWorld = {
    accountId: '123456789012',
    region: 'eu-central-1',
    ran: [],
    outcome: { status: 0, stdout: '', stderr: '' },
    isUp: true,
    hosts: {
      all: () => hosts,
      isUp: async () => world.isUp,
      execute: async (id, script, timeout) => {
        world.ran.push({ id, script, timeout });
        if (world.outcome instanceof Error) throw world.outcome;
        return world.outcome;
      },
    },
    parameters: {
      all: () => [...parameters.values()],
      get: (name) => parameters.get(name),
      put: (name, type, value) => {
        const version = (parameters.get(name)?.version ?? 0) + 1;
        const parameter = { name, type, value, version, modified: 1_700_000_000_000 };
        parameters.set(name, parameter);
        return parameter;
      },
      remove: (name) => {
        parameters.delete(name);
      },
    },
    buckets: {
      has: (bucket) => bucket === 'releases',
      list: () => [...objects.values()].map(({ about }) => about),
      head: (_bucket, key) => objects.get(key)?.about,
      read: async (_bucket, key, from = 0, length?: number) => {
        const content = objects.get(key)?.content ?? Buffer.alloc(0);
        return content.subarray(from, length === undefined ? undefined : from + length);
      },
      put: async (_bucket, key, content, headers) => {
        const etag = createHash('md5').update(content).digest('hex');
        const about = { key, size: content.length, etag, modified: 1_700_000_000_000, headers };
        objects.set(key, { about, content });
        return about;
      },
      remove: async (_bucket, key) => {
        objects.delete(key);
      },
    },
    policiesOf: (role) => (policies[role] ?? []).map((Statement) => JSON.stringify({ Statement })),
  };
  return world;
}
