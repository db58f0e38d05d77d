import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { EtcdOptions } from '../adapters/etcd/options.ts';

/** Milliseconds; and octets, of which nobody has more to say. */
const PATIENCE = 1500;
const LONGEST = 8 * 1024 * 1024;

export interface Page {
  readonly status: number;
  readonly body: string;
}

/**
 * GET of `http://…` or `https://…`, the latter with the keys for etcd.
 * @throws Error where no whole answer came in time
 */
export function fetchPage(url: string, tls?: EtcdOptions['tls']): Promise<Page> {
  return new Promise((resolve, reject) => {
    const isSecure = url.startsWith('https:');
    const keys =
      tls === undefined ? {} : { ca: Buffer.from(tls.ca), cert: Buffer.from(tls.cert), key: Buffer.from(tls.key) };
    const signal = AbortSignal.timeout(PATIENCE);
    const request = isSecure
      ? httpsRequest(url, { agent: false, signal, ...keys })
      : httpRequest(url, { agent: false, signal });
    request.on('error', (error) =>
      reject(signal.aborted ? new Error(`no answer from ${url} within ${PATIENCE} ms`, { cause: error }) : error),
    );
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
        if (body.length > LONGEST) request.destroy(new Error(`${url} answers more than ${LONGEST} octets`));
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.end();
  });
}

/** The first sample of a metric in Prometheus's text format, whatever its labels; `undefined` where there is none. */
export function sample(text: string, name: string): number | undefined {
  const line = text
    .split('\n')
    .find((candidate) => candidate.startsWith(name) && /^[ {]/.test(candidate.slice(name.length)));
  const value = line === undefined ? Number.NaN : Number(line.slice(line.lastIndexOf(' ') + 1));
  return Number.isNaN(value) ? undefined : value;
}
