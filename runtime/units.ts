/**
 * Units that must not be mixed up, as branded numbers. A brand costs nothing at run time; the constructors below are
 * the only places that make one from a bare number.
 */

declare const UNIT: unique symbol;
type Unit<Name extends string> = number & { readonly [UNIT]: Name };

/** A duration or a point on the monotonic clock, in milliseconds. */
export type Milliseconds = Unit<'ms'>;

/** Milliseconds since 1970-01-01T00:00:00Z, by the wall clock. */
export type EpochMilliseconds = Unit<'epoch-ms'>;

/** Media bandwidth in one direction, in bit/s: what quotas are written in. */
export type BitsPerSecond = Unit<'bit/s'>;

/** H.225.0 `BandWidth`: units of 100 bit/s, both directions of a call together (H.225.0 clause 7.6). */
export type BandwidthUnits = Unit<'100 bit/s'>;

/** One moment by both clocks: timers run on the monotonic one, tokens and logs on the wall clock. */
export interface Instant {
  readonly monotonic: Milliseconds;
  readonly epoch: EpochMilliseconds;
}

export const milliseconds = (value: number): Milliseconds => value as Milliseconds;
export const epochMilliseconds = (value: number): EpochMilliseconds => value as EpochMilliseconds;
export const bitsPerSecond = (value: number): BitsPerSecond => value as BitsPerSecond;
export const bandwidthUnits = (value: number): BandwidthUnits => value as BandwidthUnits;

/** One direction's bit/s of a call that was granted `units`. */
export const oneWayRate = (units: BandwidthUnits): BitsPerSecond => bitsPerSecond((units * 100) / 2);

/** The most units a one-way quota of `rate` bit/s allows. */
export const unitsForOneWayRate = (rate: BitsPerSecond): BandwidthUnits => bandwidthUnits(Math.floor((rate * 2) / 100));
