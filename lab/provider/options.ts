import type { Cloud } from './cloud/cloud.ts';
import type { Failures } from './failures.ts';
import type { Latency } from './latency.ts';
import type { Machines } from './machines.ts';

export interface ProviderOptions {
  readonly cloud: Cloud;
  readonly failures?: Failures;
  readonly machines?: Machines;
  /** How long each call takes at least, half of it before AWS has done it and half after; reads answer at once if left out. */
  readonly latency?: Latency;
  /** `absent`: as if the environment held no credentials. */
  readonly credentials?: 'present' | 'absent';
  /** On 127.0.0.1; 0, or left out, takes a free one. */
  readonly port?: number;
}

export interface RunningProvider {
  readonly port: number;
  close(): Promise<void>;
}
