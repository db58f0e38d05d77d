import { Client, type ClientDuplexStream, connectivityState, Metadata, type ServiceError } from '@grpc/grpc-js';
import { StoreUnreachableError } from '../../ha/index.ts';
import type { Milliseconds } from '../../units.ts';
import { isServiceError, neverSent, storeError } from './errors.ts';
import { type Method, range } from './methods.ts';
import { type Endpoint, type EtcdOptions, parseEndpoints } from './options.ts';

/** A stream of frames that are encoded and decoded by hand, so that a broken one cannot end the process. */
export type OctetStream = ClientDuplexStream<Uint8Array, Uint8Array>;

/**
 * How often the host's own member is tried while another one is asked, in ms. Whoever stays with a member of another
 * host is cut off when that host is lost, which may be the very moment in which it has to act.
 */
const TRY_HOME = 1000;

const asIs = (octets: Uint8Array): Buffer => Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);

/** One channel a member, made when it is first needed, and the order in which members are asked. */
export class EtcdChannels {
  readonly requestTimeout: Milliseconds;
  private readonly endpoints: readonly Endpoint[];
  private readonly clients = new Map<number, Client>();
  private readonly underWay = new Set<{ cancel(): void }>();
  /** Index of the endpoint that is asked first, until it fails. */
  private preferred = 0;
  private closed = false;
  private goingHome: NodeJS.Timeout | undefined;
  /** Called when the first member is asked again. */
  readonly onHome = new Set<() => void>();

  /** @throws RangeError, StoreError PERMISSION */
  constructor(options: EtcdOptions) {
    this.endpoints = parseEndpoints(options);
    this.requestTimeout = options.requestTimeout;
  }

  get current(): number {
    return this.preferred;
  }

  urls(): readonly string[] {
    return this.endpoints.map(({ url }) => url);
  }

  /** From now on the next one is asked first, unless another already is. */
  failed(index: number): void {
    if (this.preferred === index) this.preferred = (index + 1) % this.endpoints.length;
    if (this.preferred !== 0 && !this.closed) this.goingHome ??= setTimeout(() => void this.goHome(), TRY_HOME).unref();
  }

  /** Asks the first member for something that a majority has to consent to; where it can, it is asked first again. */
  private async goHome(): Promise<void> {
    const end = performance.now() + this.requestTimeout;
    let isBack = false;
    try {
      const anything = range.encode({ key: Uint8Array.of(0), rangeEnd: new Uint8Array(0), limit: 1 });
      if ((await this.settled(0, end)) === connectivityState.READY) {
        await this.send(0, range.path, anything, end);
        isBack = true;
      }
    } catch {
      // Not yet.
    }
    this.goingHome = undefined;
    if (this.closed || this.preferred === 0) return;
    if (!isBack) this.goingHome = setTimeout(() => void this.goHome(), TRY_HOME).unref();
    else {
      this.preferred = 0;
      for (const tell of [...this.onHome]) tell();
    }
  }

  /**
   * Asks the current member. A call that provably reached none is made again at the others, within the same time.
   * @throws StoreError, StoreUnreachableError
   */
  async unary<Request, Response>(method: Method<Request, Response>, request: Request): Promise<Response> {
    const end = performance.now() + this.requestTimeout;
    const octets = method.encode(request);
    const failures: string[] = [];
    for (const index of this.order()) {
      const state = await this.settled(index, this.share(end, failures.length));
      if (state === connectivityState.READY || state === connectivityState.TRANSIENT_FAILURE) {
        try {
          return method.decode(await this.send(index, method.path, octets, end));
        } catch (error) {
          if (!isServiceError(error)) throw error;
          const explained = storeError(error, this.urlOf(index));
          if (explained instanceof StoreUnreachableError) this.failed(index);
          if (!neverSent(error)) throw explained;
          failures.push(explained.message);
        }
      } else {
        this.failed(index);
        failures.push(`etcd at ${this.urlOf(index)}: no connection in time`);
      }
    }
    throw new StoreUnreachableError(failures.join('; '));
  }

  /**
   * Asks one member and no other.
   * @throws StoreError, StoreUnreachableError
   */
  async unaryAt<Request, Response>(
    url: string,
    method: Method<Request, Response>,
    request: Request,
    timeout: number = this.requestTimeout,
  ): Promise<Response> {
    const end = performance.now() + timeout;
    const index = this.indexOf(url);
    // The first call after a failure would otherwise be told of that failure.
    await this.settled(index, end);
    try {
      return method.decode(await this.send(index, method.path, method.encode(request), end));
    } catch (error) {
      throw isServiceError(error) ? storeError(error, url) : error;
    }
  }

  /**
   * A stream at the first member with a connection. It is ended by the member once that has had no leader for some
   * election timeouts, as with etcd's own client under WithRequireLeader.
   * @throws StoreUnreachableError
   */
  async openStream<Request, Response>(
    method: Method<Request, Response>,
  ): Promise<{ readonly index: number; readonly url: string; readonly stream: OctetStream }> {
    const end = performance.now() + this.requestTimeout;
    let tried = 0;
    for (const index of this.order()) {
      const state = await this.settled(index, this.share(end, tried));
      if (state === connectivityState.READY) {
        const metadata = new Metadata();
        metadata.set('hasleader', 'true');
        const stream = this.client(index).makeBidiStreamRequest(method.path, asIs, asIs, metadata);
        this.underWay.add(stream);
        stream.on('status', () => this.underWay.delete(stream));
        return { index, url: this.urlOf(index), stream };
      }
      this.failed(index);
      tried++;
    }
    throw new StoreUnreachableError(`no connection to etcd at ${this.urls().join(', ')}`);
  }

  /** A client for what is streamed from one member. */
  clientAt(url: string): Client {
    return this.client(this.indexOf(url));
  }

  /** What is under way is rejected with StoreUnreachableError, and so is what comes later. */
  close(): void {
    this.closed = true;
    clearTimeout(this.goingHome);
    for (const call of this.underWay) call.cancel();
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
  }

  private order(): number[] {
    const count = this.endpoints.length;
    return Array.from({ length: count }, (_, at) => (this.preferred + at) % count);
  }

  private urlOf(index: number): string {
    return this.endpoints[index]?.url ?? '';
  }

  private indexOf(url: string): number {
    const index = this.endpoints.findIndex((endpoint) => endpoint.url === url);
    if (index < 0) throw new RangeError(`'${url}' is not among the endpoints ${this.urls().join(', ')}`);
    return index;
  }

  /** Until when the next endpoint may take to connect, so that the ones after it get their turn. */
  private share(end: number, tried: number): number {
    const now = performance.now();
    return now + Math.max(0, end - now) / (this.endpoints.length - tried);
  }

  private client(index: number): Client {
    const endpoint = this.endpoints[index];
    if (this.closed || endpoint === undefined) throw new StoreUnreachableError('the connections to etcd are closed');
    const client = this.clients.get(index) ?? new Client(endpoint.target, endpoint.credentials, endpoint.options);
    this.clients.set(index, client);
    return client;
  }

  /** The state of a channel once it is connected or has failed; CONNECTING or IDLE where that takes too long. */
  private async settled(index: number, until: number): Promise<connectivityState> {
    for (;;) {
      const channel = this.client(index).getChannel();
      const state = channel.getConnectivityState(true);
      const left = until - performance.now();
      if ((state !== connectivityState.IDLE && state !== connectivityState.CONNECTING) || left <= 0) return state;
      await new Promise<void>((resolve) =>
        channel.watchConnectivityState(state, Date.now() + Math.ceil(left), () => resolve()),
      );
    }
  }

  private send(index: number, path: string, octets: Uint8Array, end: number): Promise<Uint8Array> {
    const client = this.client(index);
    const deadline = Date.now() + Math.max(1, Math.ceil(end - performance.now()));
    return new Promise((resolve, reject) => {
      const answered = (error: ServiceError | null, answer?: Uint8Array): void => {
        this.underWay.delete(call);
        if (answer !== undefined) resolve(answer);
        else reject(error ?? new StoreUnreachableError(`etcd at ${this.urlOf(index)}: no answer in the answer`));
      };
      const call = client.makeUnaryRequest(path, asIs, asIs, octets, new Metadata(), { deadline }, answered);
      this.underWay.add(call);
    });
  }
}
