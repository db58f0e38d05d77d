import { createHash } from 'node:crypto';
import { unchunked } from './aws-chunked.ts';
import { authorize, type Caller } from './caller.ts';
import { ApiError, notInTheLab } from './errors.ts';
import { type ApiAnswer, type ApiRequest, header } from './request.ts';
import type { StoredObject, World } from './world.ts';
import { xml } from './xml.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
/** Keys on one page of a list. */
const PAGE = 1000;
/** What is kept with an object and comes back with it. */
const KEPT =
  /^(content-(type|encoding|disposition|language)|cache-control|x-amz-meta-.+|x-amz-checksum-(sha256|sha1|crc32|crc32c|crc64nvme))$/;

/** Simple Storage Service, by paths (`/bucket/key`): objects in one piece, without versions. REST and XML. */
export async function s3(world: World, request: ApiRequest, caller: Caller): Promise<ApiAnswer> {
  const [, bucket = '', ...rest] = request.path.split('/');
  const key = rest.join('/');
  if (bucket === '') throw notInTheLab(`s3: ${request.method} ${request.path}`);
  if (!world.buckets.has(bucket))
    throw new ApiError('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404);
  const arn = `arn:aws:s3:::${bucket}`;
  const may = (action: string): void => authorize(world, caller, `s3:${action}`, key === '' ? arn : `${arn}/${key}`);
  if (key === '') return ofBucket(world, bucket, request, may);

  for (const part of ['uploads', 'uploadId', 'retention', 'tagging', 'acl', 'versionId'])
    if (request.query.has(part)) throw notInTheLab(`s3: ${request.method} of an object's ${part}`);
  switch (request.method) {
    case 'PUT': {
      may('PutObject');
      const before = world.buckets.head(bucket, key);
      if (header(request, 'if-none-match') === '*' && before !== undefined)
        throw new ApiError('PreconditionFailed', `${key} is there already`, 412);
      const { content, trailers } = unchunked(request);
      const headers = { ...request.headers, ...trailers };
      const kept = Object.entries(headers).flatMap(([name, value]) =>
        KEPT.test(name) && typeof value === 'string' && value !== 'aws-chunked' ? [[name, value]] : [],
      );
      verify(content, headers['x-amz-checksum-sha256']);
      const stored = await world.buckets.put(bucket, key, content, Object.fromEntries(kept));
      return { status: 200, headers: about(stored, false), body: '' };
    }
    case 'HEAD':
    case 'GET': {
      may('GetObject');
      const stored = world.buckets.head(bucket, key);
      if (stored === undefined) throw new ApiError('NoSuchKey', `The specified key does not exist: ${key}`, 404);
      return fetched(world, bucket, stored, request);
    }
    case 'DELETE':
      may('DeleteObject');
      await world.buckets.remove(bucket, key);
      return { status: 204, headers: {}, body: '' };
    default:
      throw notInTheLab(`s3: ${request.method} of an object`);
  }
}

function ofBucket(world: World, bucket: string, request: ApiRequest, may: (action: string) => void): ApiAnswer {
  may('ListBucket');
  if (request.method === 'HEAD') return { status: 200, headers: { 'x-amz-bucket-region': world.region }, body: '' };
  if (request.method === 'GET' && request.query.has('location'))
    return answer(xml('LocationConstraint', world.region, NAMESPACE));
  if (request.method !== 'GET' || [...request.query.keys()].some((name) => !LISTING.has(name)))
    throw notInTheLab(`s3: ${request.method} ${request.path}?${request.query}`);
  const prefix = request.query.get('prefix') ?? '';
  const after = request.query.get('continuation-token') ?? request.query.get('start-after') ?? '';
  const most = Math.min(PAGE, Number(request.query.get('max-keys') ?? PAGE));
  const all = world.buckets
    .list(bucket)
    .filter(({ key }) => key.startsWith(prefix) && key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = all.slice(0, most);
  const isTruncated = all.length > page.length;
  const contents = page.map(({ key, size, etag, modified }) => ({
    Key: key,
    LastModified: new Date(modified).toISOString(),
    ETag: `"${etag}"`,
    Size: size,
    StorageClass: 'STANDARD',
  }));
  return answer(
    xml(
      'ListBucketResult',
      {
        Name: bucket,
        Prefix: prefix,
        KeyCount: page.length,
        MaxKeys: most,
        IsTruncated: isTruncated,
        NextContinuationToken: isTruncated ? page.at(-1)?.key : undefined,
        Contents: contents,
      },
      NAMESPACE,
    ),
  );
}

const LISTING = new Set([
  'list-type',
  'prefix',
  'max-keys',
  'continuation-token',
  'start-after',
  'x-id',
  'encoding-type',
  'delimiter',
]);

const answer = (body: string): ApiAnswer => ({ status: 200, headers: { 'content-type': 'application/xml' }, body });

async function fetched(world: World, bucket: string, stored: StoredObject, request: ApiRequest): Promise<ApiAnswer> {
  const headers = about(stored, header(request, 'x-amz-checksum-mode') === 'ENABLED');
  if (request.method === 'HEAD')
    return { status: 200, headers: { ...headers, 'content-length': String(stored.size) }, body: '' };
  const content = await world.buckets.read(bucket, stored.key);
  const range = /^bytes=(\d+)-(\d*)$/.exec(header(request, 'range'));
  if (range === null) return { status: 200, headers, body: content };
  const from = Number(range[1]);
  const to = range[2] ? Math.min(Number(range[2]), content.length - 1) : content.length - 1;
  if (from > to) throw new ApiError('InvalidRange', `no octets ${range[0]} of ${content.length}`, 416);
  // Checksums are those of the whole object.
  const part = about(stored, false);
  return {
    status: 206,
    headers: { ...part, 'content-range': `bytes ${from}-${to}/${content.length}` },
    body: content.subarray(from, to + 1),
  };
}

/** Headers of an object; its checksums only where they are asked for. */
function about({ etag, modified, headers }: StoredObject, withChecksums: boolean): Readonly<Record<string, string>> {
  const kept = Object.entries(headers).filter(([name]) => withChecksums || !name.startsWith('x-amz-checksum-'));
  return {
    ...Object.fromEntries(kept),
    etag: `"${etag}"`,
    'last-modified': new Date(modified).toUTCString(),
    'accept-ranges': 'bytes',
  };
}

function verify(content: Buffer, sha256: string | readonly string[] | undefined): void {
  if (typeof sha256 !== 'string') return;
  if (createHash('sha256').update(content).digest('base64') !== sha256)
    throw new ApiError('BadDigest', 'The SHA-256 you specified did not match the content');
}
