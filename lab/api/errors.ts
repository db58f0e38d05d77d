/** A refusal, with the code that AWS gives and what it says. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  /** HTTP's. */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** What the lab does not speak; named, so that nobody takes it for a failure of AWS. */
export const notInTheLab = (what: string): ApiError =>
  new ApiError('NotImplemented', `the lab's AWS API does not know ${what}`, 501);
