import type { Cloud } from './cloud/cloud.ts';
import type { Failures } from './failures.ts';
import type { Machines } from './machines.ts';

export interface ProviderOptions {
  readonly cloud: Cloud;
  readonly failures?: Failures;
  readonly machines?: Machines;
  /** How long each create, update and delete takes at least, in ms; 0 if left out. */
  readonly latencyMs?: number | ((type: string, action: 'create' | 'update' | 'delete') => number);
  /** `absent`: as if the environment held no credentials. */
  readonly credentials?: 'present' | 'absent';
  /** On 127.0.0.1; 0, or left out, takes a free one. */
  readonly port?: number;
}

export interface RunningProvider {
  readonly port: number;
  close(): Promise<void>;
}
