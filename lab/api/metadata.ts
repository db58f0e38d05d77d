/** Instance metadata (IMDS), version 2 alone: a token first, which only who may send a PUT can have. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hostAccessKey } from './caller.ts';
import { type ApiAnswer, header } from './request.ts';
import type { Instance, World } from './world.ts';

/** A folder of the tree, or a text in it. */
type Tree = string | { readonly [name: string]: Tree | undefined };

/** Tokens in force; the oldest goes when there are more. */
const MOST_TOKENS = 1000;
const LONGEST_LIFE = 21_600;

export class Metadata {
  readonly #world: World;
  /** Instance and end (epoch ms) by token. */
  readonly #tokens = new Map<string, { readonly id: string; readonly end: number }>();

  constructor(world: World) {
    this.#world = world;
  }

  /** @param from the private address that asks: a host hears of itself alone */
  answer(message: IncomingMessage, from: string): ApiAnswer {
    const host = this.#world.hosts.all().find(({ privateAddress }) => privateAddress === from);
    if (host === undefined) return plain(404, 'no instance has this address');
    const path = new URL(message.url ?? '/', 'http://lab').pathname;
    if (path === '/latest/api/token') return this.#token(host, message);
    const token = this.#tokens.get(header(message, 'x-aws-ec2-metadata-token'));
    if (token === undefined || token.id !== host.id || token.end < Date.now()) return plain(401, '401 - Unauthorized');
    if (message.method !== 'GET') return plain(405, '405 - Method Not Allowed');
    const names = path.split('/').filter(Boolean);
    const [version = '', ...rest] = names;
    if (!/^(latest|\d{4}-\d\d-\d\d)$/.test(version)) return names.length === 0 ? plain(200, 'latest') : missing();
    if (rest[0] === 'user-data')
      return host.userData.length === 0 ? missing() : { ...plain(200, ''), body: Buffer.from(host.userData) };
    let tree: Tree | undefined = treeOf(this.#world, host);
    for (const name of rest) tree = typeof tree === 'object' && Object.hasOwn(tree, name) ? tree[name] : undefined;
    return tree === undefined ? missing() : plain(200, typeof tree === 'string' ? tree : listing(tree));
  }

  #token({ id }: Instance, message: IncomingMessage): ApiAnswer {
    const seconds = Number(header(message, 'x-aws-ec2-metadata-token-ttl-seconds'));
    if (message.method !== 'PUT') return plain(405, '405 - Method Not Allowed');
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_LIFE) return plain(400, '400 - Bad Request');
    const token = randomBytes(40).toString('base64url');
    this.#tokens.set(token, { id, end: Date.now() + seconds * 1000 });
    const [oldest = ''] = this.#tokens.keys();
    if (this.#tokens.size > MOST_TOKENS) this.#tokens.delete(oldest);
    return plain(200, token, { 'x-aws-ec2-metadata-token-ttl-seconds': String(seconds) });
  }
}

function treeOf({ region, accountId }: World, host: Instance): Tree {
  const { roleName } = host;
  const credentials = {
    Code: 'Success',
    LastUpdated: new Date().toISOString(),
    Type: 'AWS-HMAC',
    AccessKeyId: hostAccessKey(host.id),
    // No secret: signatures are not verified in the lab.
    SecretAccessKey: 'lab',
    Token: 'lab',
    Expiration: new Date(Date.now() + 6 * 3_600_000).toISOString(),
  };
  const localName = `ip-${host.privateAddress.replaceAll('.', '-')}.${region}.compute.internal`;
  return {
    'meta-data': {
      'ami-id': host.imageId,
      hostname: localName,
      'instance-id': host.id,
      'instance-type': host.instanceType,
      'local-hostname': localName,
      'local-ipv4': host.privateAddress,
      mac: host.macAddress,
      'public-ipv4': host.publicAddress,
      'security-groups': host.securityGroups.join('\n'),
      placement: { 'availability-zone': host.availabilityZone, region },
      services: { domain: 'amazonaws.com', partition: 'aws' },
      ...(roleName === ''
        ? {}
        : {
            iam: {
              info: JSON.stringify({
                Code: 'Success',
                InstanceProfileArn: `arn:aws:iam::${accountId}:instance-profile/${roleName}`,
              }),
              'security-credentials': { [roleName]: JSON.stringify(credentials) },
            },
          }),
    },
    dynamic: {
      'instance-identity': {
        document: JSON.stringify({
          accountId,
          architecture: 'x86_64',
          availabilityZone: host.availabilityZone,
          imageId: host.imageId,
          instanceId: host.id,
          instanceType: host.instanceType,
          privateIp: host.privateAddress,
          region,
          version: '2017-09-30',
        }),
      },
    },
  };
}

const listing = (tree: Exclude<Tree, string>): string =>
  Object.entries(tree)
    .flatMap(([name, value]) => (value === undefined ? [] : [typeof value === 'string' ? name : `${name}/`]))
    .join('\n');

const plain = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): ApiAnswer => ({
  status,
  headers: { 'content-type': 'text/plain', ...headers },
  body,
});

const missing = (): ApiAnswer => plain(404, '404 - Not Found');
