import type { Action } from '../failures.ts';

/** One thing that happened to one call. */
export interface Call {
  /** Counts from 1; the order in which things happened. */
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly action: Action;
  /** `begin` and then `end` or `fail`; a throttled attempt that is made again is a `retry` in between. */
  readonly phase: 'begin' | 'retry' | 'end' | 'fail';
  /** For example `aws:ec2/instance:Instance`. */
  readonly type: string;
  /** The resource's name in the program. */
  readonly name: string;
  readonly urn: string;
  /** What the call is about; '' at the begin of a create. */
  readonly id: string;
  /** With `retry` and `fail`. */
  readonly error?: string;
}
