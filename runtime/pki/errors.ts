/** What certificates cannot be made of or with. Names what is wrong, and never holds a key. */
export class PkiError extends Error {
  override readonly name = 'PkiError';
  readonly code = 'PKI';
}
