import {
  type Change,
  handoverCodec,
  type LeaderRecord,
  leaderCodec,
  type MemberRecord,
  memberCodec,
  RecordError,
  type Revision,
  revision,
  type Store,
  type SwitchoverRecord,
  switchoverCodec,
  type Watch,
  type ZoneKeys,
} from '../ha/index.ts';

/** What is seen in the store, in its order. */
export interface MirrorListener {
  /** Everything is about to be told anew. */
  begin(): void;
  /** @param handedOver the last term that its leader gave up of its own accord */
  leader(
    known: { readonly leader: LeaderRecord; readonly term: Revision } | undefined,
    handedOver: Revision | undefined,
  ): void;
  /** `undefined` where it left. */
  member(instance: string, record: MemberRecord | undefined): void;
  switchover(order: SwitchoverRecord): void;
  /** Of the gatekeeper's own state, with its key below that. */
  state(key: string, value: Uint8Array | undefined): void;
  /** All that there was has been told, and from now on every change is. */
  synced(): void;
  /** The store is out of reach, or has forgotten too much: load() begins anew. */
  lost(): void;
  /** A record that this release cannot read. */
  unreadable(key: string, error: Error): void;
}

/** Reads a zone's keys and goes on watching them. */
export class ZoneMirror {
  readonly #store: Store;
  readonly #keys: ZoneKeys;
  readonly #listener: MirrorListener;
  #watch: Watch | undefined;
  #generation = 0;
  #handedOver: Revision | undefined;
  /** Up to and with which everything was told. */
  revision: Revision = revision(0);

  constructor(store: Store, keys: ZoneKeys, listener: MirrorListener) {
    this.#store = store;
    this.#keys = keys;
    this.#listener = listener;
  }

  /** Tells everything anew; lost() where it cannot. */
  async load(): Promise<void> {
    this.close();
    const generation = ++this.#generation;
    const isCurrent = (): boolean => generation === this.#generation;
    try {
      const { entries, revision: at } = await this.#store.read(this.#keys.prefix);
      if (!isCurrent()) return;
      this.#listener.begin();
      this.revision = at;
      if (!entries.some(({ key }) => key === this.#keys.leader)) this.#listener.leader(undefined, this.#handedOver);
      for (const entry of entries) {
        this.#tell(entry);
        // What it told may have made the listener begin anew.
        if (!isCurrent()) return;
      }
      this.#watch = this.#store.watch(this.#keys.prefix, revision(at + 1), {
        changed: (changes, upTo) => {
          if (!isCurrent()) return;
          for (const change of changes) this.#tell(change);
          this.revision = upTo;
        },
        ended: () => {
          if (!isCurrent()) return;
          this.#watch = undefined;
          this.#listener.lost();
        },
      });
      this.#listener.synced();
    } catch {
      if (isCurrent()) this.#listener.lost();
    }
  }

  close(): void {
    this.#generation++;
    this.#watch?.close();
    this.#watch = undefined;
  }

  #tellLeader(value: Uint8Array | undefined, term: Revision): void {
    const known = value === undefined ? undefined : { leader: leaderCodec.decode(value), term };
    this.#listener.leader(known, this.#handedOver);
  }

  #tell({ key, value, modRevision }: Change): void {
    const { leader, members, switchover, handover, state } = this.#keys;
    try {
      if (key.startsWith(state)) this.#listener.state(key.slice(state.length), value);
      else if (key === leader) this.#tellLeader(value, modRevision);
      else if (key === handover && value !== undefined) this.#handedOver = handoverCodec.decode(value).term;
      else if (key.startsWith(members))
        this.#listener.member(
          decodeURIComponent(key.slice(members.length)),
          value === undefined ? undefined : memberCodec.decode(value),
        );
      else if (key === switchover && value !== undefined) this.#listener.switchover(switchoverCodec.decode(value));
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.#listener.unreadable(key, error);
    }
  }
}
