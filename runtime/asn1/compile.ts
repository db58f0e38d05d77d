import type { Limits } from './bit-reader.ts';
import { CodeBuilder } from './code-builder.ts';
import { decodeExpression } from './decode-source.ts';
import { encodeStatement } from './encode-source.ts';
import { PerDecodeError, PerEncodeError } from './errors.ts';
import { PerReader } from './reader.ts';
import { EXTENSIONS, type Schema } from './schema.ts';
import { PerWriter } from './writer.ts';

/** Aligned PER (X.691, BASIC-PER ALIGNED) of one type. */
export interface Codec<T> {
  /**
   * The encoding, in a buffer of the caller's own.
   * @throws PerEncodeError naming the component where the value does not fit the type.
   */
  encode(value: T): Buffer;
  /**
   * The value. Octet strings in it are views into `bytes`.
   * @throws PerDecodeError naming the component where `bytes` is no encoding of the type, or one past the limits.
   */
  decode(bytes: Uint8Array): T;
}

/** Fit for datagrams; a UDP payload is never longer. */
export const DATAGRAM_LIMITS: Limits = { depth: 16, elements: 2048, octets: 65_535 };

/**
 * Compiles a schema to straight-line code. The generated source depends on the schema alone, never on input.
 * `name` is what paths in errors begin with.
 */
export function compile<T>(name: string, schema: Schema<T>, limits: Limits = DATAGRAM_LIMITS): Codec<T> {
  const decoder = new CodeBuilder();
  const read = decoder.build(`function (r) { return ${decodeExpression(decoder, schema)}; }`, { EXTENSIONS }) as (
    reader: PerReader,
  ) => T;
  const encoder = new CodeBuilder();
  const write = encoder.build(`function (w, v) { ${encodeStatement(encoder, schema, 'v')} }`, { EXTENSIONS }) as (
    writer: PerWriter,
    value: T,
  ) => void;
  const reader = new PerReader(limits);
  const writer = new PerWriter();
  return {
    decode(bytes) {
      try {
        reader.start(bytes);
        const value = read(reader);
        reader.finish();
        return value;
      } catch (error) {
        throw error instanceof PerDecodeError ? error.within(name) : error;
      }
    },
    encode(value) {
      writer.reset();
      try {
        write(writer, value);
      } catch (error) {
        throw error instanceof PerEncodeError ? error.within(name) : error;
      }
      return writer.finish();
    },
  };
}
