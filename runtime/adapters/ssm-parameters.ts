import {
  DeleteParameterCommand,
  GetParameterCommand,
  type Parameter,
  PutParameterCommand,
  paginateGetParametersByPath,
  SSMClient,
} from '@aws-sdk/client-ssm';

/** Tries of one call, with the SDK's growing pauses between them: a put may be throttled at three a second. */
const TRIES = 10;
/** More than a stack ever has; a store that has more is not one of ours. */
const MOST = 1000;

/** What a parameter is; its value is a secret. */
export interface SsmParameter {
  readonly name: string;
  readonly value: string;
  readonly isEncrypted: boolean;
}

/** Parameter Store does not do what it was asked for. Names the call and the parameter, and holds no value. */
export class SsmError extends Error {
  override readonly name = 'SsmError';
  /** The error's name as AWS has it, such as `AccessDeniedException`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Parameters of one region as SecureStrings. Credentials, region and endpoint are found as the AWS SDK finds them. */
export class SsmParameters {
  readonly #client: SSMClient;

  constructor(region: string, client = new SSMClient({ region, maxAttempts: TRIES })) {
    this.#client = client;
  }

  /**
   * All parameters below a path, decrypted.
   * @throws SsmError
   */
  async below(path: string): Promise<readonly SsmParameter[]> {
    const found: SsmParameter[] = [];
    const input = { Path: path, Recursive: true, WithDecryption: true };
    await this.#call('GetParametersByPath', path, [], async () => {
      for await (const { Parameters = [] } of paginateGetParametersByPath({ client: this.#client }, input)) {
        found.push(...Parameters.flatMap(parameterOf));
        if (found.length > MOST) throw new SsmError('TooMany', `${path}: more than ${MOST} parameters`);
      }
    });
    return found;
  }

  /**
   * Writes one that must not be there yet. A call that SSM carried out though its answer was lost is no failure.
   * @throws SsmError; `ParameterAlreadyExists` where another value is there
   */
  async create(name: string, value: string): Promise<void> {
    try {
      await this.#put(name, value, false);
    } catch (error) {
      if (!(error instanceof SsmError) || error.code !== 'ParameterAlreadyExists') throw error;
      if ((await this.#read(name)) === value) return;
      throw new SsmError(
        error.code,
        `${name} is there meanwhile: somebody else writes. Nothing of it was changed; look, and begin again`,
      );
    }
  }

  /** @throws SsmError */
  async replace(name: string, value: string): Promise<void> {
    await this.#put(name, value, true);
  }

  /** Whether it was there or not. @throws SsmError */
  async remove(name: string): Promise<void> {
    try {
      await this.#call('DeleteParameter', name, [], () =>
        this.#client.send(new DeleteParameterCommand({ Name: name })),
      );
    } catch (error) {
      if (!(error instanceof SsmError) || error.code !== 'ParameterNotFound') throw error;
    }
  }

  close(): void {
    this.#client.destroy();
  }

  async #put(name: string, value: string, isOverwrite: boolean): Promise<void> {
    const input = { Name: name, Value: value, Type: 'SecureString', Overwrite: isOverwrite } as const;
    await this.#call('PutParameter', name, [value], () => this.#client.send(new PutParameterCommand(input)));
  }

  async #read(name: string): Promise<string | undefined> {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    const answer = await this.#call('GetParameter', name, [], () => this.#client.send(command));
    return answer.Parameter?.Value;
  }

  /** Errors are told anew: those of the SDK hold the answer, and answers may quote what they refuse. */
  async #call<T>(action: string, name: string, secrets: readonly string[], run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof SsmError) throw error;
      const code = error instanceof Error ? error.name : 'Unknown';
      const text = error instanceof Error ? error.message : '';
      const quotes = secrets.some((secret) => secret.split('\n').some((line) => line !== '' && text.includes(line)));
      const why = quotes ? 'the reason quotes the value and is not shown' : text || 'no reason is given';
      throw new SsmError(code, `ssm:${action} on ${name}: ${code}: ${why}`);
    }
  }
}

function parameterOf({ Name, Value, Type }: Parameter): SsmParameter[] {
  if (Name === undefined || Value === undefined) return [];
  return [{ name: Name, value: Value, isEncrypted: Type === 'SecureString' }];
}
