/** What a caller of a terminal can do about it: correct the arguments, end other calls, or start a new terminal. */
export type GuardianFault =
  | 'INVALID_SETTINGS'
  | 'INVALID_ADMISSION'
  | 'INVALID_BANDWIDTH'
  | 'TOO_MANY_CALLS'
  | 'CALL_EXISTS'
  | 'NOT_RUNNING';

/** A terminal cannot do what it was asked to; nothing was sent and nothing has changed. */
export class GuardianError extends Error {
  readonly code: GuardianFault;

  constructor(code: GuardianFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GuardianError';
    this.code = code;
  }
}
