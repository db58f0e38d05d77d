import type { Struct } from 'google-protobuf/google/protobuf/struct_pb.js';
import protobuf from 'google-protobuf/google/protobuf/struct_pb.js';
import { LabError } from '../errors.ts';
import { isList, isMap, UNKNOWN, type Value, type Values } from '../values.ts';

/** Under this key a map says that it is no map but one of the kinds below. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const OUTPUT = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const RESOURCE = '5cf8f73096256a8f31e491e813e4eb8e';

/**
 * What the engine sent, in plain values: secrets open (the engine closes the outputs of the same names again), unknowns as
 * UNKNOWN, nulls left out. Throws a LabError for assets and archives.
 */
export function fromStruct(struct: Struct | undefined): Values {
  const plain = struct === undefined ? {} : open(toValue(struct.toJavaScript()));
  return isMap(plain) ? plain : {};
}

export const toStruct = (values: Values): Struct => protobuf.Struct.fromJavaScript(JSON.parse(JSON.stringify(values)));

/** A message's JavaScript value is JSON already; this only tells the compiler, and drops what JSON has not. */
function toValue(value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map(toValue);
  if (typeof value !== 'object') return null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toValue(item)]));
}

function open(value: Value): Value {
  if (isList(value)) return value.map(open);
  if (!isMap(value)) return value;
  const kind = value[SIGNATURE];
  if (kind === SECRET || kind === OUTPUT) return value['value'] === undefined ? UNKNOWN : open(value['value']);
  if (kind === RESOURCE) return value['id'] ?? '';
  if (kind !== undefined) throw new LabError('the stand-in AWS provider takes no assets or archives');
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, open(item)]),
  );
}
