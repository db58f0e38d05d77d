/** A bundle cannot be used: it is not what it is called, not whole, or holds what no bundle may hold. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly code = 'BUNDLE_INVALID';
}

/** A release cannot be built, published or brought to the hosts, for a reason that an operator can mend. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
  readonly code = 'RELEASE_REFUSED';
}
