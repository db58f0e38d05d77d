import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface StoredParameter {
  readonly Name: string;
  Value: string;
  Type: string;
  Version: number;
}

/** A call as it came in. */
export interface SsmCall {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a call ends with instead: an AWS error, a connection that ends, or an answer that is lost after the deed. */
export type Fault = { readonly code: string; readonly message?: string } | 'hang up' | 'lose the answer';

/** Parameter Store on loopback, by its JSON protocol: no more of it than `council secrets` uses. */
export class SsmStandIn {
  readonly parameters = new Map<string, StoredParameter>();
  readonly calls: SsmCall[] = [];
  /** Asked before each call is carried out. */
  fault: (call: SsmCall) => Fault | undefined = () => undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => this.#take(request, response));
  }

  static async start(): Promise<SsmStandIn> {
    const server = createServer();
    const self = new SsmStandIn(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return self;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** Variables by which the AWS SDK comes here. */
  get environment(): Readonly<Record<string, string>> {
    return { AWS_ENDPOINT_URL: this.url, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'none' };
  }

  value(name: string): string | undefined {
    return this.parameters.get(name)?.Value;
  }

  put(name: string, value: string, type = 'SecureString'): void {
    this.parameters.set(name, { Name: name, Value: value, Type: type, Version: 1 });
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const call = {
        action: String(request.headers['x-amz-target']).replace('AmazonSSM.', ''),
        input: JSON.parse(body),
      };
      this.calls.push(call);
      const fault = this.fault(call);
      if (fault === 'hang up') return response.destroy();
      const answer =
        fault === undefined || fault === 'lose the answer'
          ? this.#answer(call)
          : { status: 400, body: { __type: fault.code, message: fault.message ?? 'no' } };
      if (fault === 'lose the answer') return response.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
      return response.end(JSON.stringify(answer.body));
    });
  }

  #answer({ action, input }: SsmCall): { status: number; body: object } {
    const error = (code: string): { status: number; body: object } => ({ status: 400, body: { __type: code } });
    const name = String(input['Name']);
    const present = this.parameters.get(name);
    switch (action) {
      case 'GetParametersByPath':
        return this.#page(`${String(input['Path'])}/`, Number(input['NextToken'] ?? 0));
      case 'GetParameter':
        return present === undefined ? error('ParameterNotFound') : { status: 200, body: { Parameter: present } };
      case 'PutParameter': {
        if (present !== undefined && input['Overwrite'] !== true) return error('ParameterAlreadyExists');
        const Version = (present?.Version ?? 0) + 1;
        this.parameters.set(name, { Name: name, Value: String(input['Value']), Type: String(input['Type']), Version });
        return { status: 200, body: { Version, Tier: 'Standard' } };
      }
      case 'DeleteParameter':
        return this.parameters.delete(name) ? { status: 200, body: {} } : error('ParameterNotFound');
      default:
        return error('UnknownOperationException');
    }
  }

  /** Ten at a time, as SSM gives them; pages may be empty before the last one. */
  #page(below: string, from: number): { status: number; body: object } {
    const all = [...this.parameters.values()].filter(({ Name }) => Name.startsWith(below));
    const next = from + 10;
    const more = next < all.length ? { NextToken: String(next) } : {};
    return { status: 200, body: { Parameters: all.slice(from, next), ...more } };
  }
}
