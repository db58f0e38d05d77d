import { type ServiceError, status } from '@grpc/grpc-js';
import { StoreError, StoreUnreachableError } from '../../ha/index.ts';

/** How grpc-js words that a call never left: there was no connection to send it on. */
const NEVER_SENT = /^(No connection established|Name resolution failed)/;

/** True where the call provably reached no server, so that it may be made again elsewhere. */
export const neverSent = (error: ServiceError): boolean =>
  error.code === status.UNAVAILABLE && NEVER_SENT.test(error.details);

/** etcd has no such lease, member or key. */
export const isNotFound = (error: unknown): boolean => refusal(error)?.code === status.NOT_FOUND;

/** What was asked for is of a revision that etcd has forgotten. */
export const isCompacted = (error: unknown): boolean => {
  const { code, details = '' } = refusal(error) ?? {};
  return code === status.OUT_OF_RANGE && details.includes('has been compacted');
};

/** What etcd said where it refused. */
const refusal = (error: unknown): ServiceError | undefined =>
  error instanceof StoreError && isServiceError(error.cause) ? error.cause : undefined;

export const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;

/** What grpc-js says, without the time and the empty notes that it adds. */
const plain = (details: string): string =>
  details
    .replace(/\. Resolution note: $/, '')
    .replace(/\s*\(\d{4}-[^()]*Z\)$/, '')
    .trim();

const REFUSALS: ReadonlySet<number> = new Set([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
  status.DATA_LOSS,
]);

/**
 * The store's error for what gRPC reports. What may get better by asking again, or elsewhere, is a
 * StoreUnreachableError, and so is all that leaves open whether it happened.
 */
export function storeError(error: ServiceError, endpoint: string): StoreError | StoreUnreachableError {
  const { code, details } = error;
  const message = `etcd at ${endpoint}: ${plain(details) || status[code]}`;
  const refused = (kind: StoreError['code']): StoreError => new StoreError(kind, message, { cause: error });
  if (code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED) return refused('PERMISSION');
  // Authentication is on, and neither a token nor the certificate names a user.
  if (code === status.INVALID_ARGUMENT && details.includes('user name is empty')) return refused('PERMISSION');
  if (code === status.RESOURCE_EXHAUSTED && details.includes('database space exceeded')) return refused('QUOTA');
  // Either end found a message larger than it takes.
  if (code === status.RESOURCE_EXHAUSTED && /larger than max/i.test(details)) return refused('REFUSED');
  if (REFUSALS.has(code)) return refused('REFUSED');
  return new StoreUnreachableError(message, { cause: error });
}
