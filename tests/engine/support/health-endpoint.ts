import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Cloud } from '../../../lab/provider/index.ts';

const INSTANCE = 'aws:ec2/instance:Instance';

/** A gate that is `refused` an answer fails at once; real ones wait for many minutes for a machine that is not well. */
export type Health = 'ok' | 'refused';

/**
 * What the program's health gates ask of AWS: EC2's DescribeInstanceStatus, about a stand-in's instances, and SSM's Parameter
 * Store and S3, which hold nothing, as before the first release. And what written procedures ask: which resources have a tag.
 */
export class HealthEndpoint {
  readonly url: string;
  /** Instance ids, in the order in which somebody asked. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #health = new Map<string, Health>();

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(cloud: Cloud): Promise<HealthEndpoint> {
    const server = createServer((request, response) => {
      text(request).then((body) => {
        // S3, in whose buckets there is nothing.
        if (request.method === 'HEAD' || request.method === 'GET') {
          response.writeHead(404).end();
          return;
        }
        const target = request.headers['x-amz-target'];
        const answer =
          typeof target !== 'string'
            ? endpoint.#status(cloud, new URLSearchParams(body))
            : target.startsWith('ResourceGroupsTaggingAPI')
              ? tagged(cloud, body)
              : ssm(target);
        response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
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
    this.#health.set(name, health);
  }

  #status(cloud: Cloud, query: URLSearchParams): Answer {
    const id = query.get('InstanceId.1') ?? '';
    if (query.get('Action') !== 'DescribeInstanceStatus')
      return refusal('InvalidAction', `${query.get('Action')} is not known here`);
    this.asked.push(id);
    const instance = cloud.find(INSTANCE, id);
    if (instance === undefined) return refusal('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
    if (this.#health.get(instance.name) === 'refused')
      return refusal('UnauthorizedOperation', 'You are not authorized to perform this operation.');
    return {
      status: 200,
      type: 'text/xml',
      body:
        '<DescribeInstanceStatusResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>test</requestId>' +
        `<instanceStatusSet><item><instanceId>${id}</instanceId>` +
        '<instanceState><code>16</code><name>running</name></instanceState>' +
        '<systemStatus><status>ok</status></systemStatus>' +
        '<instanceStatus><status>ok</status></instanceStatus></item></instanceStatusSet>' +
        '</DescribeInstanceStatusResponse>',
    };
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const refusal = (code: string, message: string): Answer => ({
  status: 400,
  type: 'text/xml',
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`,
});

function ssm(target: string): Answer {
  const type = 'application/x-amz-json-1.1';
  switch (target.split('.').at(-1)) {
    case 'GetParametersByPath':
    case 'GetParameters':
      return { status: 200, type, body: '{"Parameters": []}' };
    case 'DeleteParameters':
      return { status: 200, type, body: '{"DeletedParameters": [], "InvalidParameters": []}' };
    default:
      return { status: 400, type, body: '{"__type": "ParameterNotFound", "message": "there is none"}' };
  }
}

const Wanted = z.object({ TagFilters: z.tuple([z.object({ Key: z.string(), Values: z.tuple([z.string()]) })]) });

/** The ARNs of everything with a tag. Roles are not among them: the real one leaves IAM out, too. */
function tagged(cloud: Cloud, body: string): Answer {
  const {
    TagFilters: [
      {
        Key,
        Values: [value],
      },
    ],
  } = Wanted.parse(JSON.parse(body));
  const found = cloud.everything().filter(({ type, outputs }) => {
    const tags = Object.entries(outputs['tagsAll'] ?? {});
    return !type.startsWith('aws:iam/') && tags.some(([key, text]) => key === Key && text === value);
  });
  const list = found.map(({ outputs }) => ({ ResourceARN: outputs['arn'] }));
  return { status: 200, type: 'application/x-amz-json-1.1', body: JSON.stringify({ ResourceTagMappingList: list }) };
}
