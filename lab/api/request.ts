import type { IncomingMessage } from 'node:http';
import { ApiError } from './errors.ts';

/** Octets of a request's body: more than any release, and what is held in memory at once. */
const LARGEST_BODY = 256 * 1024 ** 2;

/** A request to the API, read whole. */
export interface ApiRequest {
  readonly method: string;
  /** Decoded, beginning with a slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** The service that the signature is made for: `ssm`, `s3`, `sts`, `ec2`; '' where there is none. */
  readonly service: string;
  /** '' where there is none. Signatures themselves are not verified. */
  readonly accessKey: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const CREDENTIAL = /Credential=([^/,\s]{1,128})\/\d{8}\/[a-z0-9-]{1,32}\/([a-z0-9-]{1,32})\/aws4_request/;

/** @throws ApiError for a body that is too large and for a path that is none */
export async function readRequest(message: IncomingMessage): Promise<ApiRequest> {
  const url = new URL(message.url ?? '/', 'http://lab');
  const credential = CREDENTIAL.exec(message.headers.authorization ?? '');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const octets = Buffer.from(chunk);
    size += octets.length;
    if (size > LARGEST_BODY) throw new ApiError('EntityTooLarge', `a body of more than ${LARGEST_BODY} octets`, 413);
    chunks.push(octets);
  }
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    throw new ApiError('InvalidURI', `no path: ${url.pathname.slice(0, 200)}`);
  }
  return {
    method: message.method ?? 'GET',
    path,
    query: url.searchParams,
    headers: message.headers,
    body: Buffer.concat(chunks),
    service: credential?.[2] ?? '',
    accessKey: credential?.[1] ?? '',
  };
}

/** A header's text, '' where there is none. */
export function header({ headers }: Pick<ApiRequest, 'headers'>, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}
