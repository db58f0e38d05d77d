/** A refusal as AWS words it. `message` is the API's own sentence; `describe` gives what Pulumi's AWS provider prints. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** The API's error code, for example `InvalidSubnet.Conflict`. */
  readonly code: string;
  /** The HTTP status of the answer. */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }

  /** @param operation service and operation, for example `EC2: RunInstances` */
  describe(operation: string): string {
    return (
      `operation error ${operation}, https response error StatusCode: ${this.status}, ` +
      `api error ${this.code}: ${this.message}`
    );
  }
}

/** The stand-in was asked for something that it does not do; never AWS's own refusal. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
