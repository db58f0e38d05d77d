import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PortInUseError } from './port-error.ts';

export interface Health {
  readonly ok: boolean;
  /** Sent as JSON. Everybody who can reach the port can read it. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the pages say, asked at each request. */
export interface HttpHandlers {
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  health(): Health;
  ready(): Health;
}

interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly allow?: string;
}

const TEXT = 'text/plain; charset=utf-8';

/** Milliseconds. A scraper that cannot send its few header lines in this time is no scraper. */
const TIMES = { headers: 5_000, request: 10_000, answer: 10_000 };

/**
 * GET and HEAD of `/metrics`, `/healthz` and `/readyz` (200, or 503 when not ok); nothing else. Each connection carries
 * one request and is closed, so none is left behind when the service stops.
 */
export class HttpServer {
  private readonly server: Server;
  private readonly handlers: HttpHandlers;

  constructor(handlers: HttpHandlers) {
    this.handlers = handlers;
    const limits = { headersTimeout: TIMES.headers, requestTimeout: TIMES.request, maxHeaderSize: 8192 };
    this.server = createServer(
      { ...limits, connectionsCheckingInterval: 1000, keepAlive: false },
      (request, response) => {
        this.answer(request, response).catch(() => response.destroy());
      },
    );
    this.server.maxConnections = 64;
    this.server.maxRequestsPerSocket = 1;
  }

  /**
   * Starts to listen; port 0 takes any free one.
   * @throws PortInUseError (the promise is rejected with it)
   */
  listen(host: string, port: number): Promise<{ readonly port: number }> {
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void => reject(new PortInUseError('metrics and health (TCP)', host, port, cause));
      this.server.once('error', fail);
      this.server.listen(port, host, () => {
        this.server.off('error', fail);
        this.server.on('error', () => {}); // such as EMFILE on accept: the next connection may do better
        const address = this.server.address();
        resolve({ port: typeof address === 'object' && address !== null ? address.port : port });
      });
    });
  }

  /** Stops at once, also answers under way. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {});
    request.resume();
    const page = await this.page(request);
    const headers: Record<string, string | number> = {
      'content-type': page.contentType,
      'content-length': Buffer.byteLength(page.body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    };
    if (page.allow !== undefined) headers['allow'] = page.allow;
    response.writeHead(page.status, headers);
    response.end(request.method === 'HEAD' ? undefined : page.body);
  }

  private async page(request: IncomingMessage): Promise<Page> {
    const path = request.url?.split('?', 1)[0];
    const known = path === '/metrics' || path === '/healthz' || path === '/readyz';
    if (!known) return { status: 404, contentType: TEXT, body: 'not found\n' };
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { status: 405, contentType: TEXT, body: 'only GET and HEAD\n', allow: 'GET, HEAD' };
    }
    try {
      if (path === '/healthz') return healthPage(this.handlers.health());
      if (path === '/readyz') return healthPage(this.handlers.ready());
      return { status: 200, ...(await inTime(this.handlers.metrics())) };
    } catch (error) {
      const late = error instanceof AnswerLate;
      return { status: late ? 503 : 500, contentType: TEXT, body: late ? 'timed out\n' : 'internal error\n' };
    }
  }
}

function healthPage({ ok, body }: Health): Page {
  return { status: ok ? 200 : 503, contentType: 'application/json', body: `${JSON.stringify(body)}\n` };
}

class AnswerLate extends Error {}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AnswerLate()), TIMES.answer);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
