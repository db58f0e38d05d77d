import { type Change, type Revision, revision, type Watch, type WatchListener } from '../../ha/index.ts';
import type { EtcdChannels, OctetStream } from './channels.ts';
import { fromKey, prefixRange } from './keys.ts';
import { EVENT_DELETE, type WatchResponse, watch } from './methods.ts';

interface Dated {
  readonly change: Change;
  readonly at: Revision;
}

/** One watch on a stream of its own, which is moved to the host's own member when that is back. */
export class EtcdWatch implements Watch {
  private readonly channels: EtcdChannels;
  private readonly prefix: string;
  /** Everything before it was told. */
  private next: Revision;
  private readonly listener: WatchListener;
  private readonly onOver: () => void;
  private stream: OctetStream | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Changes of the last revision that came, while more of it may come in another fragment. */
  private held: Dated[] = [];
  private over = false;

  /** @param onOver called once, when it was closed or has ended */
  constructor(
    channels: EtcdChannels,
    prefix: string,
    from: Revision,
    listener: WatchListener,
    onOver: () => void = () => {},
  ) {
    this.channels = channels;
    this.prefix = prefix;
    this.next = from;
    this.listener = listener;
    this.onOver = onOver;
    channels.onHome.add(this.move);
    this.begin();
  }

  close(): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    this.channels.onHome.delete(this.move);
    this.stream?.cancel();
    this.onOver();
  }

  private begin(): void {
    this.start().catch(() => this.end('unreachable'));
  }

  private readonly move = (): void => {
    const { stream } = this;
    if (stream === undefined) return;
    this.stream = undefined;
    this.held = [];
    clearTimeout(this.timer);
    stream.cancel();
    this.begin();
  };

  private async start(): Promise<void> {
    const { index, stream } = await this.channels.openStream(watch);
    // Cancelling is reported as an error too.
    stream.on('error', () => this.lost(stream, index));
    stream.on('end', () => this.lost(stream, index));
    if (this.over) {
      stream.cancel();
      return;
    }
    this.stream = stream;
    this.timer = setTimeout(() => this.lost(stream, index), this.channels.requestTimeout);
    stream.on('data', (octets: Uint8Array) => this.came(octets, stream, index));
    // etcd takes 0 for "from now on", and knows no earlier revision than 1.
    const startRevision = Math.max(1, this.next);
    stream.write(watch.encode({ createRequest: { ...prefixRange(this.prefix), startRevision, fragment: true } }));
  }

  private came(octets: Uint8Array, stream: OctetStream, index: number): void {
    if (this.over || stream !== this.stream) return;
    let response: WatchResponse;
    try {
      response = watch.decode(octets);
    } catch {
      this.lost(stream, index);
      return;
    }
    if (response.canceled) this.end(response.compactRevision > 0 ? 'compacted' : 'unreachable');
    else if (response.created) clearTimeout(this.timer);
    else this.tell(response);
  }

  /**
   * The header's revision may be ahead of the events where history is being caught up with, so completeness is told by
   * the last event: etcd never splits a revision over two answers, but over fragments of one.
   */
  private tell({ events, fragment }: WatchResponse): void {
    const came = [...this.held, ...events.map(toDated)];
    const last = came.at(-1)?.at;
    if (last === undefined) return;
    const ready = fragment ? came.filter(({ at }) => at < last) : came;
    this.held = fragment ? came.filter(({ at }) => at === last) : [];
    const upTo = ready.at(-1)?.at;
    if (upTo === undefined) return;
    this.next = revision(upTo + 1);
    this.listener.changed(
      ready.map(({ change }) => change),
      upTo,
    );
  }

  private lost(stream: OctetStream, index: number): void {
    if (this.over || stream !== this.stream) return;
    this.channels.failed(index);
    this.end('unreachable');
  }

  private end(reason: 'unreachable' | 'compacted'): void {
    if (this.over) return;
    this.close();
    this.listener.ended(reason);
  }
}

function toDated({ type, kv }: WatchResponse['events'][number]): Dated {
  const key = fromKey(kv.key);
  if (type === EVENT_DELETE) return { change: { key, modRevision: revision(0) }, at: kv.modRevision };
  return {
    change: { key, value: Uint8Array.from(kv.value), modRevision: kv.modRevision },
    at: kv.modRevision,
  };
}
