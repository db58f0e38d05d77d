export type { Limits } from './bit-reader.ts';
export { type Codec, compile, DATAGRAM_LIMITS } from './compile.ts';
export { type PerDecodeCode, PerDecodeError, PerEncodeError } from './errors.ts';
export * from './schema.ts';
