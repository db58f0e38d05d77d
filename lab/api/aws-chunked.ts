import { ApiError } from './errors.ts';
import { type ApiRequest, header } from './request.ts';

export interface Unchunked {
  readonly content: Buffer;
  /** Headers that came behind the content, in small letters: checksums. */
  readonly trailers: Readonly<Record<string, string>>;
}

const END = Buffer.from('\r\n');

/**
 * The content of a body: AWS's clients may send it in pieces with a signature each, and a checksum behind
 * (`content-encoding: aws-chunked`; Amazon S3 API, "Signature calculations: transferring payload in multiple chunks").
 * Signatures of pieces are not verified.
 * @throws ApiError for pieces that are none
 */
export function unchunked(request: ApiRequest): Unchunked {
  const { body } = request;
  if (!header(request, 'x-amz-content-sha256').startsWith('STREAMING-')) return { content: body, trailers: {} };
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf(END, at);
    const [length = ''] = body.toString('latin1', at, Math.min(end, at + 200)).split(';');
    if (end < 0 || !/^[0-9a-f]{1,8}$/i.test(length)) throw broken();
    const size = Number.parseInt(length, 16);
    const start = end + END.length;
    if (size === 0) return { content: Buffer.concat(pieces), trailers: trailersOf(body.toString('latin1', start)) };
    if (start + size + END.length > body.length) throw broken();
    pieces.push(body.subarray(start, start + size));
    at = start + size + END.length;
  }
}

const broken = (): ApiError => new ApiError('IncompleteBody', 'the body is not in pieces as aws-chunked has them');

const trailersOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split('\r\n').flatMap((line) => {
      const [, name, value] = /^([\w-]+):\s*(.+)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]];
    }),
  );
