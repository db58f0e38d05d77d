import type { EpochMilliseconds } from '../units.ts';
import { type WitnessStream, witnessFileName } from './file-name.ts';
import { recoveredLine } from './line.ts';

/** All that a file writer must know of a log: what its files are called, and how it keeps a torn line. */
export const witnessFormat = (stream: WitnessStream) => ({
  fileName: (at: EpochMilliseconds): string => witnessFileName(stream, at),
  recoveredLine,
});
