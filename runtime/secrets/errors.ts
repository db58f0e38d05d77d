/** Secrets that are not as they must be for what was asked. Names parameters, and never holds a value. */
export class SecretsError extends Error {
  override readonly name = 'SecretsError';
  readonly code = 'SECRETS';
}

/** Something that was given, or said about the stack, cannot be used. Holds no value either. */
export class SecretsInputError extends Error {
  override readonly name = 'SecretsInputError';
  readonly code = 'SECRETS_INPUT';
}
