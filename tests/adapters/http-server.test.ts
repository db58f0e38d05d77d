import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { type HttpHandlers, HttpServer } from '../../runtime/adapters/http-server.ts';
import { PortInUseError } from '../../runtime/adapters/port-error.ts';

const METRICS = { contentType: 'text/plain; version=0.0.4; charset=utf-8', body: 'h323_gatekeeper_up{role="ü"} 1\n' };

interface Reply {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

describe('HttpServer', () => {
  const servers: HttpServer[] = [];
  const sockets: Socket[] = [];

  async function start(handlers: Partial<HttpHandlers> = {}): Promise<number> {
    const server = new HttpServer({
      metrics: async () => METRICS,
      health: () => ({ ok: true, body: { status: 'up' } }),
      ready: () => ({ ok: true, body: { registry: 'da44d8902aad3302' } }),
      ...handlers,
    });
    servers.push(server);
    return (await server.listen('127.0.0.1', 0)).port;
  }

  function ask(port: number, path: string, method = 'GET', body = ''): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const asked = request({ port, path, method, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
        response.on('error', reject);
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }

  /** All that the server sends on a connection on which we send `text`, until it closes it. */
  async function raw(port: number, text: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    let got = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      got += part;
    });
    socket.on('error', () => {});
    socket.write(text);
    await new Promise((resolve) => socket.once('close', resolve));
    return got;
  }

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) await server.close();
  });

  for (const path of ['/', '/metrics/', '/Metrics', '/healthz/x', '//metrics', '/..%2fmetrics', '/favicon.ico']) {
    it(`has no ${path}`, async () => {
      const { status, body } = await ask(await start(), path);
      assert.deepEqual([status, body], [404, 'not found\n']);
    });
  }

  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
    it(`does not ${method}`, async () => {
      const { status, headers } = await ask(await start(), '/metrics', method, method === 'POST' ? 'a=1' : '');
      assert.deepEqual([status, headers['allow']], [405, 'GET, HEAD']);
    });
  }

  it('serves metrics, with or without a query', async () => {
    const port = await start();
    for (const path of ['/metrics', '/metrics?name[]=up']) {
      const { status, headers, body } = await ask(port, path);
      assert.deepEqual([status, body, headers['content-type']], [200, METRICS.body, METRICS.contentType]);
      assert.equal(headers['content-length'], String(Buffer.byteLength(METRICS.body)));
      assert.deepEqual([headers['cache-control'], headers['x-content-type-options']], ['no-store', 'nosniff']);
    }
  });

  it('answers HEAD with the headers alone', async () => {
    const { status, headers, body } = await ask(await start(), '/metrics', 'HEAD');
    assert.deepEqual([status, headers['content-length'], body], [200, String(Buffer.byteLength(METRICS.body)), '']);
  });

  it('says 200 or 503 for health and readiness, with why', async () => {
    const port = await start({ ready: () => ({ ok: false, body: { reason: 'draining' } }) });
    const [health, ready] = [await ask(port, '/healthz'), await ask(port, '/readyz')];
    assert.deepEqual([health.status, health.body], [200, '{"status":"up"}\n']);
    assert.deepEqual(
      [ready.status, ready.body, ready.headers['content-type']],
      [503, '{"reason":"draining"}\n', 'application/json'],
    );
  });

  it('says 500 and nothing of the cause when a handler fails, and goes on', async () => {
    const fail = (): never => {
      throw new Error('secret');
    };
    const port = await start({ metrics: () => Promise.reject(new Error('secret')), health: fail });
    for (const path of ['/metrics', '/healthz']) {
      const { status, body } = await ask(port, path);
      assert.deepEqual([status, body], [500, 'internal error\n']);
    }
    assert.equal((await ask(port, '/readyz')).status, 200);
  });

  it('survives a content type that no header can hold', async () => {
    const port = await start({ metrics: async () => ({ contentType: 'a\nb', body: '' }) });
    await assert.rejects(ask(port, '/metrics'), { code: 'ECONNRESET' });
    assert.equal((await ask(port, '/readyz')).status, 200);
  });

  it('closes each connection behind its answer, also where more requests follow', async () => {
    const get = 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n';
    const got = await raw(await start(), get + get);
    assert.equal(got.match(/HTTP\/1\.1 200/g)?.length, 1);
    assert.match(got, /connection: close/i);
  });

  for (const [what, text, status] of [
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['no host', 'GET /metrics HTTP/1.1\r\n\r\n', 400],
    ['a header of 10,000 octets', `GET /metrics HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(10_000)}\r\n\r\n`, 431],
  ] as const) {
    it(`refuses ${what} and closes`, async () => {
      assert.match(await raw(await start(), text), new RegExp(`^HTTP/1.1 ${status} `));
    });
  }

  it('stops at once though a client holds a connection open', async () => {
    let asked = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const server = new HttpServer({
      metrics: () => {
        asked();
        return new Promise(() => {});
      },
      health: () => ({ ok: true, body: {} }),
      ready: () => ({ ok: true, body: {} }),
    });
    const { port } = await server.listen('127.0.0.1', 0);
    const idle = connect(port, '127.0.0.1');
    idle.on('error', () => {});
    await once(idle, 'connect');
    const waiting = assert.rejects(ask(port, '/metrics'), { code: 'ECONNRESET' });
    idle.write('GET /metr');
    const closed = new Promise((resolve) => idle.once('close', resolve));
    await arrived;
    await server.close();
    await Promise.all([waiting, closed]);
    await assert.rejects(ask(port, '/healthz'), { code: 'ECONNREFUSED' });
  });

  describe('where it cannot listen', () => {
    const idle = (): HttpServer => {
      const server = new HttpServer({
        metrics: async () => METRICS,
        health: () => ({ ok: true, body: {} }),
        ready: () => ({ ok: true, body: {} }),
      });
      servers.push(server);
      return server;
    };

    it('names the port that is in use and what to do', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const address = other.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const server = idle();
      try {
        await assert.rejects(server.listen('127.0.0.1', port), (error) => {
          assert.ok(error instanceof PortInUseError);
          assert.deepEqual([error.code, error.host, error.port], ['EADDRINUSE', '127.0.0.1', port]);
          assert.equal(
            error.message,
            `cannot listen on 127.0.0.1 port ${port} for metrics and health (TCP): the address is in use (EADDRINUSE); ` +
              'another program listens there, maybe another gatekeeper; stop it or choose another port (0: any free one)',
          );
          assert.ok(error.message.endsWith(error.hint));
          return true;
        });
      } finally {
        other.close();
        await once(other, 'close');
      }
      assert.equal((await server.listen('127.0.0.1', port)).port, port, 'and can try again');
    });

    it('names an address that is not of this machine', async () => {
      await assert.rejects(idle().listen('192.0.2.1', 0), {
        name: 'PortInUseError',
        code: 'EADDRNOTAVAIL',
        message:
          /192\.0\.2\.1 port 0 .*not an address of this machine \(EADDRNOTAVAIL\); choose an address of this machine$/,
      });
    });

    it('tells what a low port needs', () => {
      const error = new PortInUseError('RAS (UDP)', '127.0.0.1', 80, Object.assign(new Error(), { code: 'EACCES' }));
      assert.equal(
        error.message,
        'cannot listen on 127.0.0.1 port 80 for RAS (UDP): permission denied (EACCES); ports below 1024 need a privilege; ' +
          'choose a higher port, or give the service CAP_NET_BIND_SERVICE',
      );
    });
  });
});
