import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticIp, type ElasticIpArgs } from '../../runtime/adapters/elastic-ip.ts';

const ALLOCATION = 'eipalloc-0123456789abcdef0';
const DONE =
  '<AssociateAddressResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><return>true</return><associationId>eipassoc-1</associationId></AssociateAddressResponse>';
const DENIED =
  '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized</Message></Error></Errors><RequestID>r</RequestID></Response>';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = { readonly status: number; readonly body: string } | 'none';

interface StandIn {
  readonly seen: Seen[];
  answer: (seen: Seen) => Answer;
  url(): string;
}

/** Stands in for EC2 and for the metadata service: keeps what it was asked, and answers as told. Call inside `describe`. */
function standIn(): StandIn {
  let server: Server;
  const self: StandIn = {
    seen: [],
    answer: () => 'none',
    url() {
      const address = server.address();
      return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    },
  };
  beforeEach(async () => {
    self.seen.length = 0;
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        const seen = { method: request.method, url: request.url, headers: request.headers, body };
        self.seen.push(seen);
        const answer = self.answer(seen);
        if (answer !== 'none') response.writeHead(answer.status).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  return self;
}

describe('an Elastic IP', () => {
  const ec2 = standIn();
  const metadata = standIn();
  const regions: string[] = [];
  beforeEach(() => {
    regions.length = 0;
    ec2.answer = () => ({ status: 200, body: DONE });
    metadata.answer = ({ method, url }) => {
      const pages: Readonly<Record<string, string>> = {
        'PUT /latest/api/token': 'the-token',
        'GET /latest/meta-data/placement/region': 'eu-central-1',
        'GET /latest/meta-data/mac': '0a:00:00:00:00:01\n',
        'GET /latest/meta-data/network/interfaces/macs/0a:00:00:00:00:01/interface-id': 'eni-00000000000000001',
      };
      const body = pages[`${method} ${url}`];
      return body === undefined ? { status: 404, body: '' } : { status: 200, body };
    };
  });

  const client = (region: string): EC2Client => {
    regions.push(region);
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' };
    return new EC2Client({ region, endpoint: ec2.url(), credentials, maxAttempts: 1 });
  };
  const address = (more: Partial<ElasticIpArgs> = {}): ElasticIp =>
    new ElasticIp({ allocationId: ALLOCATION, client, metadata: metadata.url(), ...more });
  const given = { networkInterfaceId: 'eni-0000000000000000a', region: 'eu-west-1' } as const;
  const asked = (): Readonly<Record<string, string>> => Object.fromEntries(new URLSearchParams(ec2.seen.at(-1)?.body));

  it('is not claimed where EC2 refuses: its reason is told', async () => {
    ec2.answer = () => ({ status: 403, body: DENIED });
    await assert.rejects(address(given).claim(), { name: 'UnauthorizedOperation', message: /You are not authorized/ });
    assert.equal(ec2.seen.length, 1, 'one claim is one try');
  });

  it('is not claimed where the instance does not know itself', async () => {
    metadata.answer = () => ({ status: 403, body: 'IMDS is off' });
    await assert.rejects(address().claim(), {
      message: "the instance's metadata service does not tell api/token: status 403",
    });
    metadata.answer = () => 'none';
    await assert.rejects(address().claim(), { message: /does not tell api\/token: no answer within 1000 ms/ });
    assert.deepEqual([ec2.seen, regions], [[], []]);
  });

  it('is associated with this instance, whoever has it, found by IMDSv2 once', async () => {
    const floating = address();
    await floating.claim();
    await floating.claim();
    assert.deepEqual(asked(), {
      ...{ Action: 'AssociateAddress', Version: '2016-11-15', AllocationId: ALLOCATION },
      ...{ NetworkInterfaceId: 'eni-00000000000000001', AllowReassociation: 'true' },
    });
    assert.deepEqual([regions, ec2.seen.length], [['eu-central-1'], 2]);
    const [token, ...rest] = metadata.seen;
    assert.equal(token?.headers['x-aws-ec2-metadata-token-ttl-seconds'], '60');
    assert.deepEqual(
      rest.map(({ headers }) => headers['x-aws-ec2-metadata-token']),
      Array(3).fill('the-token'),
    );
    assert.equal(metadata.seen.length, 4);
    floating.close();
  });

  it('asks the instance for nothing that is given, and names the private address', async () => {
    const floating = address({ ...given, privateAddress: '10.20.1.11' });
    await floating.claim();
    assert.deepEqual(
      [asked()['NetworkInterfaceId'], asked()['PrivateIpAddress']],
      [given.networkInterfaceId, '10.20.1.11'],
    );
    assert.deepEqual([regions, metadata.seen], [[given.region], []]);
    assert.equal(floating.describe(), `Elastic IP ${ALLOCATION} at 10.20.1.11`);
    assert.equal(address().describe(), `Elastic IP ${ALLOCATION}`);
    floating.close();
  });

  it('is no longer asked for once nobody wants it', async () => {
    ec2.answer = () => 'none';
    const stop = new AbortController();
    const claim = address(given).claim(stop.signal);
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(claim, { name: 'AbortError' });
  });
});
