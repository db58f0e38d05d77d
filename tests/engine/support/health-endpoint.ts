import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Cloud } from '../../../lab/provider/index.ts';

const INSTANCE = 'aws:ec2/instance:Instance';

/** EC2's own words for a status check. */
export type Health = 'ok' | 'impaired' | 'initializing';

/** What the program's health gates ask: EC2's API, as far as DescribeInstanceStatus, about a stand-in's instances. */
export class HealthEndpoint {
  readonly url: string;
  /** Instance ids, in the order in which somebody asked. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #sick = new Map<string, Health>();

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(cloud: Cloud): Promise<HealthEndpoint> {
    const server = createServer((request, response) => {
      text(request).then((body) => {
        const answer = endpoint.#answer(cloud, new URLSearchParams(body));
        response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const endpoint = new HealthEndpoint(server, `http://127.0.0.1:${port}`);
    return endpoint;
  }

  /** From now on the instances of that name in the program are in this health. */
  set(name: string, health: Health): void {
    this.#sick.set(name, health);
  }

  #answer(cloud: Cloud, query: URLSearchParams): { status: number; body: string } {
    const id = query.get('InstanceId.1') ?? '';
    if (query.get('Action') !== 'DescribeInstanceStatus')
      return refusal('InvalidAction', `${query.get('Action')} is not known here`);
    this.asked.push(id);
    const instance = cloud.find(INSTANCE, id);
    if (instance === undefined) return refusal('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
    const health = this.#sick.get(instance.name) ?? 'ok';
    return {
      status: 200,
      body:
        '<DescribeInstanceStatusResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>test</requestId>' +
        `<instanceStatusSet><item><instanceId>${id}</instanceId>` +
        '<instanceState><code>16</code><name>running</name></instanceState>' +
        '<systemStatus><status>ok</status></systemStatus>' +
        `<instanceStatus><status>${health}</status></instanceStatus></item></instanceStatusSet>` +
        '</DescribeInstanceStatusResponse>',
    };
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const refusal = (code: string, message: string): { status: number; body: string } => ({
  status: 400,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`,
});
