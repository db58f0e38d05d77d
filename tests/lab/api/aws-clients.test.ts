import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { DescribeInstanceStatusCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  GetCommandInvocationCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { hostAccessKey } from '../../../lab/api/caller.ts';
import { type Api, serveApi } from '../../../lab/api/index.ts';
import { until } from '../../support/until.ts';
import { instance, type MemoryWorld, memoryWorld } from '../support/memory-world.ts';

const HOST = instance();
const SECRETS = '/guardian-council/lab/secrets/gatekeeper-primary';
const ARN = 'arn:aws:ssm:eu-central-1:*:parameter';
const POLICIES = {
  [HOST.roleName]: [
    {
      Effect: 'Allow',
      Action: ['ssm:GetParameter', 'ssm:GetParametersByPath'],
      Resource: [`${ARN}${SECRETS}`, `${ARN}${SECRETS}/*`],
    },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::releases/*' },
  ],
};

/** The error's name, as AWS's clients give it. */
const named =
  (name: string) =>
  (error: unknown): boolean =>
    error instanceof Error && error.name === name;

describe("the lab's AWS API, asked by AWS's own clients", () => {
  let api: Api;
  let world: MemoryWorld;

  beforeEach(async () => {
    world = memoryWorld([HOST], POLICIES);
    api = await serveApi({ world, address: '127.0.0.1', port: 0, metadataPort: 0, log: () => {} });
  });
  afterEach(() => api.close());

  const options = (accessKeyId = 'LABOPERATOR') => ({
    endpoint: api.endpoint,
    region: 'eu-central-1',
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey: 'lab' },
  });
  const asHost = () => options(hostAccessKey(HOST.id));

  describe('parameters', () => {
    it('are not there until they are put, and not put over without being told', async () => {
      const ssm = new SSMClient(options());
      const get = new GetParameterCommand({ Name: '/a/b' });
      await assert.rejects(ssm.send(get), named('ParameterNotFound'));
      const put = { Name: '/a/b', Value: 'one', Type: 'SecureString' } as const;
      assert.equal((await ssm.send(new PutParameterCommand(put))).Version, 1);
      await assert.rejects(ssm.send(new PutParameterCommand(put)), named('ParameterAlreadyExists'));
      assert.equal((await ssm.send(new PutParameterCommand({ ...put, Value: 'two', Overwrite: true }))).Version, 2);
      assert.equal((await ssm.send(get)).Parameter?.Value, 'two');
    });

    it('may have 4,096 octets, and no more', async () => {
      const ssm = new SSMClient(options());
      const put = { Name: '/a', Type: 'String' } as const;
      await assert.rejects(
        ssm.send(new PutParameterCommand({ ...put, Value: 'x'.repeat(4097) })),
        named('ValidationException'),
      );
      await ssm.send(new PutParameterCommand({ ...put, Value: 'x'.repeat(4096) }));
    });

    it('below a path come ten at a time', async () => {
      for (let one = 10; one < 22; one += 1)
        world.parameters.put(`${SECRETS}/etcd/${one}`, 'SecureString', String(one));
      world.parameters.put(`${SECRETS}-not/etcd/1`, 'SecureString', 'of another host');
      const ssm = new SSMClient(asHost());
      const ask = { Path: SECRETS, Recursive: true, WithDecryption: true };
      const first = await ssm.send(new GetParametersByPathCommand(ask));
      assert.equal(first.Parameters?.length, 10);
      const second = await ssm.send(new GetParametersByPathCommand({ ...ask, NextToken: first.NextToken }));
      assert.deepEqual(
        second.Parameters?.map(({ Value }) => Value),
        ['20', '21'],
      );
      assert.equal(second.NextToken, undefined);
    });

    it("of another host are none of a host's business, nor may it put its own", async () => {
      world.parameters.put('/guardian-council/lab/secrets/monitoring/etcd/member.key', 'SecureString', 'key');
      const ssm = new SSMClient(asHost());
      const other = new GetParameterCommand({ Name: '/guardian-council/lab/secrets/monitoring/etcd/member.key' });
      await assert.rejects(ssm.send(other), (error: Error) => {
        assert.equal(error.name, 'AccessDenied');
        assert.match(
          error.message,
          /gatekeeper-primary-role\/i-0123456789abcdef0 is not authorized to perform: ssm:GetParameter/,
        );
        return true;
      });
      const put = new PutParameterCommand({ Name: `${SECRETS}/etcd/x`, Value: 'x', Type: 'String' });
      await assert.rejects(ssm.send(put), named('AccessDenied'));
    });
  });

  describe('objects', () => {
    const CONTENT = Buffer.from('the release');

    it('come back with their octets, whole and in part, and what they were put with', async () => {
      const s3 = new S3Client(options());
      await s3.send(
        new PutObjectCommand({
          Bucket: 'releases',
          Key: 'releases/a b.tar.gz',
          Body: CONTENT,
          ChecksumAlgorithm: 'SHA256',
        }),
      );
      const where = { Bucket: 'releases', Key: 'releases/a b.tar.gz' };
      const whole = await s3.send(new GetObjectCommand(where));
      assert.equal(await whole.Body?.transformToString(), 'the release');
      const part = await s3.send(new GetObjectCommand({ ...where, Range: 'bytes=4-6' }));
      assert.equal(await part.Body?.transformToString(), 'rel');
      assert.equal(part.ContentRange, 'bytes 4-6/11');
      const head = await s3.send(new HeadObjectCommand({ ...where, ChecksumMode: 'ENABLED' }));
      assert.equal(head.ContentLength, 11);
      assert.equal(head.ChecksumSHA256, createHash('sha256').update(CONTENT).digest('base64'));
      const list = await s3.send(new ListObjectsV2Command({ Bucket: 'releases', Prefix: 'releases/' }));
      assert.deepEqual(
        list.Contents?.map(({ Key, Size }) => [Key, Size]),
        [['releases/a b.tar.gz', 11]],
      );
    });

    it('are not put over where that is not wanted', async () => {
      const s3 = new S3Client(options());
      const put = { Bucket: 'releases', Key: 'a', Body: CONTENT, IfNoneMatch: '*' };
      await s3.send(new PutObjectCommand(put));
      await assert.rejects(s3.send(new PutObjectCommand(put)), named('PreconditionFailed'));
    });

    it('that are damaged on the way are refused', async () => {
      const s3 = new S3Client(options());
      const put = { Bucket: 'releases', Key: 'a', Body: CONTENT, ChecksumSHA256: Buffer.alloc(32).toString('base64') };
      await assert.rejects(s3.send(new PutObjectCommand(put)), named('BadDigest'));
    });

    it('are fetched by a host that may, and put by none', async () => {
      await world.buckets.put('releases', 'a', CONTENT, {});
      const s3 = new S3Client(asHost());
      const got = await s3.send(new GetObjectCommand({ Bucket: 'releases', Key: 'a' }));
      assert.equal(await got.Body?.transformToString(), 'the release');
      await assert.rejects(
        s3.send(new PutObjectCommand({ Bucket: 'releases', Key: 'b', Body: 'x' })),
        named('AccessDenied'),
      );
    });

    it('of a bucket that is not there are not there either', () =>
      assert.rejects(
        new S3Client(options()).send(new GetObjectCommand({ Bucket: 'other', Key: 'a' })),
        named('NoSuchBucket'),
      ));
  });

  describe('commands on hosts', () => {
    const send = (more = {}) =>
      new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        InstanceIds: [HOST.id],
        Parameters: { commands: ['uname', 'exit 3'], executionTimeout: ['60'] },
        ...more,
      });

    it('run as one script, and tell how they ended', async () => {
      world.outcome = { status: 3, stdout: 'Linux\n', stderr: 'oh\n' };
      const ssm = new SSMClient(options());
      const { Command } = await ssm.send(send());
      const asked = { CommandId: Command?.CommandId ?? '', InstanceId: HOST.id };
      const result = await until(async () => {
        const invocation = await ssm.send(new GetCommandInvocationCommand(asked));
        return invocation.Status === 'InProgress' ? undefined : invocation;
      });
      assert.deepEqual(world.ran, [{ id: HOST.id, script: 'uname\nexit 3\n', timeout: 60_000 }]);
      assert.deepEqual(
        [result?.Status, result?.ResponseCode, result?.StandardOutputContent, result?.StandardErrorContent],
        ['Failed', 3, 'Linux\n', 'oh\n'],
      );
    });

    it('are refused for a host that does not run, and for an unknown document', async () => {
      const ssm = new SSMClient(options());
      await assert.rejects(ssm.send(send({ DocumentName: 'Other' })), named('InvalidDocument'));
      await assert.rejects(ssm.send(send({ InstanceIds: ['i-0000000000000000f'] })), named('InvalidInstanceId'));
      world.isUp = false;
      await assert.rejects(ssm.send(send()), named('InvalidInstanceId'));
      assert.deepEqual(world.ran, []);
    });

    it('are not for hosts to send', () => assert.rejects(new SSMClient(asHost()).send(send()), named('AccessDenied')));
  });

  it('tells how instances are', async () => {
    const ec2 = new EC2Client(options());
    const ask = new DescribeInstanceStatusCommand({ InstanceIds: [HOST.id] });
    const up = await ec2.send(ask);
    assert.deepEqual(
      up.InstanceStatuses?.map((one) => [one.InstanceId, one.InstanceStatus?.Status, one.SystemStatus?.Status]),
      [[HOST.id, 'ok', 'ok']],
    );
    world.isUp = false;
    assert.deepEqual((await ec2.send(ask)).InstanceStatuses ?? [], []);
    const gone = new DescribeInstanceStatusCommand({ InstanceIds: ['i-0000000000000000f'] });
    await assert.rejects(ec2.send(gone), named('InvalidInstanceID.NotFound'));
  });

  it('says what it does not know, and to whom it does not speak', async () => {
    const unsigned = await fetch(`${api.endpoint}/releases/a`);
    assert.equal(unsigned.status, 403);
    const { status, headers } = await fetch(api.endpoint, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=K/20260101/eu-central-1/dynamodb/aws4_request' },
    });
    assert.deepEqual([status, headers.get('x-amzn-errortype')], [501, 'NotImplemented']);
    const ghost = new SSMClient(options(hostAccessKey('i-0000000000000000f')));
    await assert.rejects(ghost.send(new GetParameterCommand({ Name: '/a' })), named('InvalidClientTokenId'));
  });
});
