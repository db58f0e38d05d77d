/** No answer from a majority of the store in time. What was asked for may have happened nevertheless. */
export class StoreUnreachableError extends Error {
  override readonly name = 'StoreUnreachableError';
  readonly code = 'STORE_UNREACHABLE';
}

/** The store refuses, and will refuse again: credentials, quota, a transaction that it cannot take. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: 'PERMISSION' | 'QUOTA' | 'REFUSED';

  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A value in the store that this release cannot read. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly code = 'RECORD_UNREADABLE';
}
