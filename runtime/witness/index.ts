export { decimal } from './decimal.ts';
export { type WitnessStream, witnessFileName } from './file-name.ts';
export { witnessFormat } from './format.ts';
export { quote, recoveredLine, timestamp, witnessLine } from './line.ts';
export type { WitnessRecord } from './record.ts';
export { hideSecrets, maskAddress, scrub } from './redact.ts';
