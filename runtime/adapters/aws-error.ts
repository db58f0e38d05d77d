/** AWS refused, or could not be asked. The message says what was asked of which service, and what to do where we know. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** AWS's own, such as `AccessDenied`; `CredentialsProviderError` where there are no credentials. */
  readonly code: string;

  /** @param asked what was asked, such as `S3 HeadObject releases/…` */
  constructor(asked: string, cause: unknown) {
    const code = nameOf(cause);
    const hint = HINTS[code];
    super(
      `${asked}: ${code}: ${cause instanceof Error ? cause.message : cause}${hint === undefined ? '' : ` (${hint})`}`,
      {
        cause,
      },
    );
    this.code = code;
  }
}

const HINTS: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'give AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`',
  ExpiredTokenException: 'log in again',
  ExpiredToken: 'log in again',
  NoSuchBucket: 'is that the bucket of this stack, and this its region?',
  ParameterNotFound: 'is that the name of the stack, and this its region? it is there after the first `pulumi up`',
};

export const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'Error';
  // Some services tell a 404 or a refused connection in other words than their exceptions.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return error.name === 'Error' || error.name === 'TimeoutError' ? (code ?? error.name) : error.name;
};

/** Tries and times (ms) of every call; a throttled one is repeated more and more slowly. */
export const CALLS = {
  maxAttempts: 8,
  retryMode: 'adaptive',
  requestHandler: { connectionTimeout: 5000, requestTimeout: 60_000 },
} as const;

/** @throws AwsError in the place of whatever the SDK throws */
export async function asked<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new AwsError(what, error);
  }
}
