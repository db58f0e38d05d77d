import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { callerOf } from './caller.ts';
import { ec2, sts } from './ec2.ts';
import { ApiError, notInTheLab } from './errors.ts';
import { Metadata } from './metadata.ts';
import { type ApiAnswer, type ApiRequest, header, readRequest } from './request.ts';
import { RunCommand } from './run-command.ts';
import { s3 } from './s3.ts';
import { ssm } from './ssm.ts';
import type { World } from './world.ts';
import { xml } from './xml.ts';

export interface ApiArgs {
  readonly world: World;
  /** Where both servers listen: an address that only hosts and this machine reach. */
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly metadataPort: number;
  /** Told of each request that was answered, for the lab's log. */
  readonly log: (entry: {
    readonly service: string;
    readonly what: string;
    readonly status: number;
    readonly from: string;
  }) => void;
}

export interface Api {
  /** URL for clients: AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  readonly metadataPort: number;
  close(): Promise<void>;
}

/** Serves the AWS API of the lab and the metadata of its instances. @throws Error when a port is taken */
export async function serveApi({ world, address, port, metadataPort, log }: ApiArgs): Promise<Api> {
  const commands = new RunCommand(world);
  const metadata = new Metadata(world);
  const note = (service: string, what: string, status: number, message: IncomingMessage): void =>
    log({ service, what, status, from: message.socket.remoteAddress ?? '' });

  const api = createServer((message, response) => {
    void readRequest(message)
      .then(async (request) => {
        const answer = await answered(world, commands, request);
        note(request.service, whatOf(request), answer.status, message);
        send(response, answer);
      })
      .catch((error: unknown) => {
        const answer = failure(message, error);
        note('', `${message.method} ${message.url}`, answer.status, message);
        send(response, answer);
      });
  });
  const imds = createServer((message, response) => {
    const answer = metadata.answer(message, message.socket.remoteAddress ?? '');
    note('imds', `${message.method} ${message.url}`, answer.status, message);
    send(response, answer);
  });
  await listen(api, address, port);
  try {
    await listen(imds, address, metadataPort);
  } catch (error) {
    await close(api);
    throw error;
  }
  return {
    endpoint: `http://${address}:${portOf(api)}`,
    metadataPort: portOf(imds),
    close: async () => {
      await Promise.all([close(api), close(imds)]);
    },
  };
}

const whatOf = (request: ApiRequest): string =>
  request.service === 's3'
    ? `${request.method} ${request.path}`
    : header(request, 'x-amz-target') || (new URLSearchParams(request.body.toString('utf8')).get('Action') ?? '');

async function answered(world: World, commands: RunCommand, request: ApiRequest): Promise<ApiAnswer> {
  try {
    const caller = callerOf(world, request.accessKey);
    switch (request.service) {
      case 'ssm':
        return await ssm(world, commands, request, caller);
      case 's3':
        return await s3(world, request, caller);
      case 'ec2':
        return await ec2(world, request, caller);
      case 'sts':
        return sts(world, request, caller);
      default:
        throw notInTheLab(`the service ${request.service}`);
    }
  } catch (error) {
    return refused(request.service, request.method, error);
  }
}

const failure = (message: IncomingMessage, error: unknown): ApiAnswer => refused('', message.method ?? '', error);

/** In the words of the service's protocol. What is no refusal is an error of the lab's own, and said so. */
function refused(service: string, method: string, error: unknown): ApiAnswer {
  const refusal =
    error instanceof ApiError
      ? error
      : new ApiError('InternalError', `the lab: ${error instanceof Error ? error.message : String(error)}`, 500);
  const { status, code, message } = refusal;
  if (method === 'HEAD') return { status, headers: {}, body: '' };
  if (service === 's3')
    return {
      status,
      headers: { 'content-type': 'application/xml' },
      body: xml('Error', { Code: code, Message: message }),
    };
  if (service === 'ec2')
    return {
      status,
      headers: { 'content-type': 'text/xml' },
      body: xml('Response', { Errors: { Error: { Code: code, Message: message } }, RequestID: 'lab' }),
    };
  if (service === 'sts')
    return {
      status,
      headers: { 'content-type': 'text/xml' },
      body: xml('ErrorResponse', { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: 'lab' }),
    };
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

function send(response: ServerResponse, { status, headers, body }: ApiAnswer): void {
  // A HEAD says how long the content would be.
  const length = headers['content-length'] === undefined ? { 'content-length': Buffer.byteLength(body) } : {};
  response.writeHead(status, { 'x-amzn-requestid': 'lab', ...headers, ...length });
  response.end(body);
}

const listen = (server: Server, address: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
