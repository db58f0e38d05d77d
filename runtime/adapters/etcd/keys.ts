/** Keys are text here and octets (UTF-8) in etcd, which orders them by their octets. */
export const toKey = (key: string): Uint8Array => Buffer.from(key, 'utf8');

export const fromKey = (key: Uint8Array): string => Buffer.from(key).toString('utf8');

/** etcd's own sign for "all keys", and for "to the end of all keys". */
const ZERO = Uint8Array.of(0);

/** The range of all keys that begin with `prefix`: from `key` on, before `rangeEnd`. */
export function prefixRange(prefix: string): { readonly key: Uint8Array; readonly rangeEnd: Uint8Array } {
  if (prefix === '') return { key: ZERO, rangeEnd: ZERO };
  const key = toKey(prefix);
  const rangeEnd = Uint8Array.from(key);
  // UTF-8 has no octet 0xff, so the last one can always be counted up.
  rangeEnd[rangeEnd.length - 1] = (key[key.length - 1] ?? 0) + 1;
  return { key, rangeEnd };
}

/** The least key after this one. */
export const keyAfter = (key: Uint8Array): Uint8Array => Buffer.concat([key, ZERO]);
