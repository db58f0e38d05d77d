/** What of S3, Systems Manager and EC2 our commands call, in this process and in memory; signatures are not looked at. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

interface StoredObject {
  readonly octets: Buffer;
  readonly sha256: string | undefined;
}

/** How a script ended on a host. */
export interface ScriptResult {
  readonly status: 'Success' | 'Failed' | 'TimedOut' | 'Undeliverable' | 'InProgress';
  readonly stdout?: string;
  readonly stderr?: string;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
}

export class PretendedAws {
  readonly objects = new Map<string, StoredObject>();
  readonly parameters = new Map<string, string>();
  /** Ids of running instances by the tag `Name`. */
  readonly instances = new Map<string, string>();
  /** Ids of running instances of auto-scaling groups, by the tag `Name` that they share. */
  readonly groups = new Map<string, readonly string[]>();
  /** All calls, such as `SSM PutParameter`, in their order. */
  readonly calls: string[] = [];
  bucket = 'releases';
  /** What EC2's status checks say. */
  checks = 'ok';
  /** Carries out a script on an instance. */
  execute: (id: string, script: string) => ScriptResult = () => ({ status: 'Success' });
  /** Lets an Elastic IP lead to an interface. */
  associate: (allocationId: string, interfaceId: string) => void = () => {};
  /** Refuses a call; undefined lets it be. */
  refuse: (call: string) => Refusal | undefined = () => undefined;
  readonly #commands = new Map<string, ScriptResult>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(Buffer.from(part));
    const body = Buffer.concat(parts);
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return this.#ssm(target.replace('AmazonSSM.', ''), body, response);
    if (request.url === '/' && request.method === 'POST')
      return this.#ec2(new URLSearchParams(body.toString()), response);
    this.#s3(request, body, response);
  }

  #isRefused(call: string, response: ServerResponse, xml: boolean): boolean {
    this.calls.push(call);
    const refusal = this.refuse(call);
    if (refusal === undefined) return false;
    const { status, code } = refusal;
    response.writeHead(status, { 'content-type': xml ? 'application/xml' : 'application/x-amz-json-1.1' });
    response.end(
      xml
        ? `<Error><Code>${code}</Code><Message>told to</Message></Error>`
        : JSON.stringify({ __type: code, message: 'told to' }),
    );
    return true;
  }

  #ssm(operation: string, body: Buffer, response: ServerResponse): void {
    if (this.#isRefused(`SSM ${operation}`, response, false)) return;
    const input: Readonly<Record<string, unknown>> = JSON.parse(body.toString());
    const tell = (value: unknown, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(value));
    };
    const text = (name: string): string => String(input[name]);
    switch (operation) {
      case 'GetParameter': {
        const Value = this.parameters.get(text('Name'));
        if (Value === undefined) return tell({ __type: 'ParameterNotFound', message: '' }, 400);
        return tell({ Parameter: { Name: input['Name'], Value } });
      }
      case 'PutParameter':
        this.parameters.set(text('Name'), text('Value'));
        return tell({ Version: 1 });
      case 'DeleteParameters':
        for (const name of Array.isArray(input['Names']) ? input['Names'] : []) this.parameters.delete(String(name));
        return tell({});
      case 'SendCommand': {
        const [id] = Array.isArray(input['InstanceIds']) ? input['InstanceIds'].map(String) : [];
        if (id === undefined || ![...this.instances.values(), ...this.groups.values()].flat().includes(id))
          return tell({ __type: 'InvalidInstanceId', message: `${id} is not there` }, 400);
        const commandId = randomUUID();
        this.#commands.set(commandId, this.execute(id, scriptOf(input['Parameters'])));
        return tell({ Command: { CommandId: commandId } });
      }
      case 'GetCommandInvocation': {
        const { status, stdout = '', stderr = '' } = this.#commands.get(text('CommandId')) ?? { status: 'Failed' };
        return tell({
          Status: status === 'Undeliverable' ? 'Failed' : status,
          StatusDetails: status,
          StandardOutputContent: stdout,
          StandardErrorContent: stderr,
        });
      }
      default:
        return tell({ __type: 'UnknownOperation', message: operation }, 400);
    }
  }

  #ec2(form: URLSearchParams, response: ServerResponse): void {
    const action = form.get('Action') ?? '';
    if (this.#isRefused(`EC2 ${action}`, response, true)) return;
    if (action === 'AssociateAddress')
      this.associate(form.get('AllocationId') ?? '', form.get('NetworkInterfaceId') ?? '');
    const items =
      action === 'DescribeInstances'
        ? [
            ...[...this.instances].map(([name, id]) => instanceItem(id, { Name: name })),
            ...[...this.groups].flatMap(([name, ids]) =>
              ids.map((id) => instanceItem(id, { Name: name, 'aws:autoscaling:groupName': `council-${name}` })),
            ),
          ]
        : [
            `<item><instanceState><name>running</name></instanceState><systemStatus><status>${this.checks}</status></systemStatus><instanceStatus><status>${this.checks}</status></instanceStatus></item>`,
          ];
    const set = action === 'DescribeInstances' ? 'reservationSet' : 'instanceStatusSet';
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(`<${action}Response><${set}>${items.join('')}</${set}></${action}Response>`);
  }

  #s3(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    const { method = '' } = request;
    if (this.#isRefused(`S3 ${method} ${key}`, response, true)) return;
    const end = (status: number, headers: Record<string, string> = {}, content: string | Buffer = ''): void => {
      response.writeHead(status, { ...headers, 'content-length': String(headers['content-length'] ?? content.length) });
      response.end(content);
    };
    const error = (status: number, code: string): void =>
      end(
        status,
        { 'content-type': 'application/xml' },
        method === 'HEAD' ? '' : `<Error><Code>${code}</Code></Error>`,
      );
    if (bucket !== this.bucket) return error(404, 'NoSuchBucket');
    const found = this.objects.get(key);
    if (method === 'PUT') {
      if (request.headers['if-none-match'] === '*' && found !== undefined) return error(412, 'PreconditionFailed');
      const sha256 = request.headers['x-amz-checksum-sha256'];
      this.objects.set(key, { octets: body, sha256: typeof sha256 === 'string' ? sha256 : undefined });
      return end(200);
    }
    if (key === '') {
      const prefix = url.searchParams.get('prefix') ?? '';
      const keys = [...this.objects].filter(([name]) => name.startsWith(prefix));
      const contents = keys.map(
        ([name, { octets }]) => `<Contents><Key>${name}</Key><Size>${octets.length}</Size></Contents>`,
      );
      return end(
        200,
        { 'content-type': 'application/xml' },
        `<ListBucketResult>${contents.join('')}</ListBucketResult>`,
      );
    }
    if (found === undefined) return error(404, 'NoSuchKey');
    const checksum = found.sha256 === undefined ? {} : { 'x-amz-checksum-sha256': found.sha256 };
    if (method === 'HEAD') return end(200, { ...checksum, 'content-length': String(found.octets.length) });
    end(200, checksum, found.octets);
  }
}

/** An instance in an answer of EC2's. */
function instanceItem(id: string, tags: Readonly<Record<string, string>>): string {
  const set = Object.entries(tags).map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`);
  return `<item><instancesSet><item><instanceId>${id}</instanceId><tagSet>${set.join('')}</tagSet></item></instancesSet></item>`;
}

function scriptOf(parameters: unknown): string {
  if (typeof parameters !== 'object' || parameters === null || !('commands' in parameters)) return '';
  return Array.isArray(parameters.commands) ? parameters.commands.join('\n') : '';
}
