import { type LeaseId, StoreError, StoreUnreachableError } from '../../ha/index.ts';
import type { EtcdChannels, OctetStream } from './channels.ts';
import { isServiceError, storeError } from './errors.ts';
import { leaseKeepAlive } from './methods.ts';

interface Renewal {
  readonly id: LeaseId;
  resolve(ttl: number | undefined): void;
  reject(error: unknown): void;
}

/** One stream of renewals, answered in the order in which they were asked. */
interface Line {
  readonly index: number;
  readonly url: string;
  readonly stream: OctetStream;
  readonly waiting: Renewal[];
}

/** Renews leases over one stream that stays open, at the member that calls go to. */
export class KeepAlive {
  private readonly channels: EtcdChannels;
  private line: Promise<Line> | undefined;
  private open: Line | undefined;

  constructor(channels: EtcdChannels) {
    this.channels = channels;
  }

  async renew(id: LeaseId): Promise<number | undefined> {
    const end = performance.now() + this.channels.requestTimeout;
    // Where calls have moved on from a member that fails, a renewal cannot afford to find that out for itself.
    if (this.open !== undefined && this.open.index !== this.channels.current) this.leave(this.open);
    this.line ??= this.start();
    const line = await this.line;
    return new Promise((resolve, reject) => {
      const late = (): void => this.broken(line, new StoreUnreachableError(`etcd at ${line.url}: no renewal in time`));
      const timer = setTimeout(late, Math.max(1, end - performance.now()));
      line.waiting.push({
        id,
        resolve(ttl) {
          clearTimeout(timer);
          resolve(ttl);
        },
        reject(error) {
          clearTimeout(timer);
          reject(error);
        },
      });
      line.stream.write(leaseKeepAlive.encode({ id }));
    });
  }

  close(): void {
    if (this.open !== undefined) this.broken(this.open, new StoreUnreachableError('the store is closed'));
  }

  private async start(): Promise<Line> {
    try {
      const line: Line = { ...(await this.channels.openStream(leaseKeepAlive)), waiting: [] };
      this.open = line;
      line.stream.on('data', (octets: Uint8Array) => this.answered(line, octets));
      line.stream.on('error', (error) =>
        this.broken(line, isServiceError(error) ? storeError(error, line.url) : error),
      );
      line.stream.on('end', () => this.broken(line, new StoreUnreachableError(`etcd at ${line.url} hung up`)));
      return line;
    } catch (error) {
      this.line = undefined;
      throw error;
    }
  }

  private answered(line: Line, octets: Uint8Array): void {
    try {
      const { id, ttl } = leaseKeepAlive.decode(octets);
      const renewal = line.waiting[0];
      if (renewal?.id !== id) throw new StoreError('REFUSED', `etcd at ${line.url} renewed a lease out of turn`);
      line.waiting.shift();
      renewal.resolve(ttl > 0 ? ttl : undefined);
    } catch (error) {
      this.broken(line, error);
    }
  }

  /** New renewals take another stream; those that wait on this one may still be answered. */
  private leave(line: Line): void {
    if (this.open !== line) return;
    this.open = undefined;
    this.line = undefined;
    line.stream.end();
  }

  private broken(line: Line, error: unknown): void {
    const waiting = line.waiting.splice(0);
    // A stream that was left ends in order, with nobody waiting: that says nothing about its member.
    if (this.open === line || waiting.length > 0) this.channels.failed(line.index);
    this.leave(line);
    line.stream.cancel();
    for (const renewal of waiting) renewal.reject(error);
  }
}
