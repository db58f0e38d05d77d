import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { AssociateAddressCommand, type EC2Client } from '@aws-sdk/client-ec2';

/** Where EC2 tells an instance about itself; no proxy is asked. */
const METADATA = 'http://169.254.169.254';
/** Milliseconds for one question to it. */
const PATIENCE = 1000;
/** Seconds that a token for it is asked for. */
const TOKEN_TIME = 60;

export interface ElasticIpArgs {
  /** `eipalloc-…` */
  readonly allocationId: string;
  /** Private address of the interface that it shall lead to; without it the interface's first. */
  readonly privateAddress?: string | undefined;
  /** Makes the client, once the region is known. It should make one try a call: claim() is what is repeated. */
  readonly client: (region: string) => EC2Client;
  /** `eni-…` and such as `eu-central-1`; what is missing is asked from the instance's metadata service (IMDSv2). */
  readonly networkInterfaceId?: string | undefined;
  readonly region?: string | undefined;
  /** Of the metadata service, for tests. */
  readonly metadata?: string | undefined;
}

interface Place {
  readonly client: EC2Client;
  readonly networkInterfaceId: string;
}

/**
 * An Elastic IP that goes to whoever leads: it is associated with this instance's network interface, whoever had it
 * before. EC2 settles what comes last, not who is right: a call that a former leader made late may take it back, so that
 * whoever leads has to claim it again after a while.
 */
export class ElasticIp {
  readonly #args: ElasticIpArgs;
  #place: Place | undefined;

  constructor(args: ElasticIpArgs) {
    this.#args = args;
  }

  /** @throws the SDK's error, or Error where the metadata service does not answer */
  async claim(signal?: AbortSignal): Promise<void> {
    this.#place ??= await this.#findPlace();
    const { allocationId, privateAddress } = this.#args;
    const { client, networkInterfaceId } = this.#place;
    const command = new AssociateAddressCommand({
      AllocationId: allocationId,
      NetworkInterfaceId: networkInterfaceId,
      ...(privateAddress !== undefined && { PrivateIpAddress: privateAddress }),
      AllowReassociation: true,
    });
    await client.send(command, signal === undefined ? {} : { abortSignal: signal });
  }

  describe(): string {
    const { allocationId, privateAddress } = this.#args;
    return `Elastic IP ${allocationId}${privateAddress === undefined ? '' : ` at ${privateAddress}`}`;
  }

  close(): void {
    this.#place?.client.destroy();
    this.#place = undefined;
  }

  async #findPlace(): Promise<Place> {
    const { client, networkInterfaceId, region, metadata = METADATA } = this.#args;
    if (region !== undefined && networkInterfaceId !== undefined) return { client: client(region), networkInterfaceId };
    const token = await ask(metadata, 'PUT', 'api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': `${TOKEN_TIME}` });
    const tell = (path: string): Promise<string> =>
      ask(metadata, 'GET', `meta-data/${path}`, { 'x-aws-ec2-metadata-token': token });
    const own = async (): Promise<string> => tell(`network/interfaces/macs/${await tell('mac')}/interface-id`);
    const [where, which] = await Promise.all([region ?? tell('placement/region'), networkInterfaceId ?? own()]);
    return { client: client(where), networkInterfaceId: which };
  }
}

/** @throws Error for everything but a 200 with a text, in time */
function ask(base: string, method: string, path: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const url = new URL(`/latest/${path}`, base);
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: Error): void =>
      reject(new Error(`the instance's metadata service does not tell ${path}: ${why}`, { cause }));
    const call: ClientRequest = request(url, { method, headers, agent: false });
    const timer = setTimeout(() => call.destroy(new Error(`no answer within ${PATIENCE} ms`)), PATIENCE);
    call.on('close', () => clearTimeout(timer));
    call.on('error', (error) => fail(error.message, error));
    call.on('response', (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      response.on('error', (error) => fail(error.message, error));
      response.on('end', () => {
        const value = text.trim();
        if (response.statusCode === 200 && value !== '') resolve(value);
        else fail(`status ${response.statusCode}`);
      });
    });
    call.end();
  });
}
