import assert from 'node:assert/strict';
import { unchunked } from '../../../lab/api/aws-chunked.ts';
import { ApiError } from '../../../lab/api/index.ts';

const request = (body: string, type = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') => ({
  method: 'PUT',
  path: '/b/k',
  query: new URLSearchParams(),
  headers: { 'x-amz-content-sha256': type },
  body: Buffer.from(body),
  service: 's3',
  accessKey: 'K',
});

describe('a body in pieces', () => {
  it('is put together, with the headers behind it', () => {
    const { content, trailers } = unchunked(
      request('5\r\nhello\r\n6;chunk-signature=ab\r\n world\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n'),
    );
    assert.equal(content.toString(), 'hello world');
    assert.deepEqual(trailers, { 'x-amz-checksum-crc32': 'AAAAAA==' });
  });

  it('is left as it is where it is whole', () => {
    assert.equal(unchunked(request('5\r\nhello', 'UNSIGNED-PAYLOAD')).content.toString(), '5\r\nhello');
  });

  for (const body of ['', '5\r\nhel', 'zz\r\nhello\r\n0\r\n\r\n', '5hello', '-1\r\n\r\n', '5\r\nhello\r\n'])
    it(`is refused as ${JSON.stringify(body)}`, () =>
      assert.throws(
        () => unchunked(request(body)),
        (error: unknown) => error instanceof ApiError && error.code === 'IncompleteBody',
      ));
});
