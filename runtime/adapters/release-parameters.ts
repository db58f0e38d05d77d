import { DeleteParametersCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { asked, CALLS, nameOf } from './aws-error.ts';

/** Parameters in SSM, as texts. Every method throws AwsError. */
export class Parameters {
  readonly #client: SSMClient;

  constructor(region: string) {
    this.#client = new SSMClient({ region, ...CALLS });
  }

  /** `undefined` for one that is not there. */
  async find(name: string): Promise<string | undefined> {
    const call = this.#client.send(new GetParameterCommand({ Name: name }));
    try {
      return (await call).Parameter?.Value;
    } catch (error) {
      if (nameOf(error) === 'ParameterNotFound') return undefined;
      return asked(`SSM GetParameter ${name}`, Promise.reject(error));
    }
  }

  async get(name: string): Promise<string> {
    const { Parameter } = await asked(
      `SSM GetParameter ${name}`,
      this.#client.send(new GetParameterCommand({ Name: name })),
    );
    return Parameter?.Value ?? '';
  }

  async put(name: string, value: string, description: string): Promise<void> {
    const command = new PutParameterCommand({
      Name: name,
      Value: value,
      Type: 'String',
      Overwrite: true,
      Description: description,
    });
    await asked(`SSM PutParameter ${name}`, this.#client.send(command));
  }

  /** Those that are not there are none the worse for it. */
  async remove(names: readonly string[]): Promise<void> {
    await asked(
      `SSM DeleteParameters ${names.join(' ')}`,
      this.#client.send(new DeleteParametersCommand({ Names: [...names] })),
    );
  }

  close(): void {
    this.#client.destroy();
  }
}
