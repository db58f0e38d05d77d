import { RAS_TAGS, type RasMessageKind, type RasTag, type SocketAddress } from '../h225/index.ts';
import type { Milliseconds } from '../units.ts';

/** A request that was carried out, and the answer it got; none where it wanted none. */
export interface Answered {
  readonly octets: Buffer;
  readonly from: SocketAddress;
  readonly request: RasTag;
  readonly response?: RasTag;
  readonly answer?: Uint8Array;
}

/** What is found of one. */
export interface StoredAnswer {
  readonly request: RasTag;
  readonly response: RasTag | undefined;
  readonly answer: Buffer | undefined;
  /** How often it was found, this time included; up to 255. */
  readonly times: number;
}

/** Where an entry's parts stand: counters, lengths, then the sender's address, the request and the answer. */
const AT = { times: 0, request: 1, response: 2, address: 3, port: 4, requestLength: 6, answerLength: 8, parts: 10 };
const NO_RESPONSE = 255;
const TAGS = (Object.keys(RAS_TAGS) as RasMessageKind[]).map((kind) => RAS_TAGS[kind]);
const NUMBERS = new Map<RasTag | undefined, number>(TAGS.map((tag, number) => [tag, number]));

/** Entries of one span of time, one behind the other. */
class Generation<K> {
  readonly #memory: Buffer;
  readonly #places = new Map<K, number>();
  #used = 0;

  constructor(memory: Buffer) {
    this.#memory = memory;
  }

  /** Its memory, for the next generation: this one is not to be used again. */
  get memory(): Buffer {
    return this.#memory;
  }

  hasRoom(octets: number): boolean {
    return this.#used + octets <= this.#memory.length;
  }

  put(key: K, { octets, from, request, response, answer }: Answered): void {
    const memory = this.#memory;
    const at = this.#used;
    const address = memory.write(from.address, at + AT.parts, 'latin1');
    memory[at + AT.times] = 0;
    memory[at + AT.request] = NUMBERS.get(request) ?? 0;
    memory[at + AT.response] = NUMBERS.get(response) ?? NO_RESPONSE;
    memory[at + AT.address] = address;
    memory.writeUInt16BE(from.port, at + AT.port);
    memory.writeUInt16BE(octets.length, at + AT.requestLength);
    memory.writeUInt16BE(answer?.length ?? 0, at + AT.answerLength);
    const requestAt = at + AT.parts + address;
    memory.set(octets, requestAt);
    if (answer !== undefined) memory.set(answer, requestAt + octets.length);
    this.#used = requestAt + octets.length + (answer?.length ?? 0);
    this.#places.set(key, at);
  }

  find(key: K, octets: Buffer, from: SocketAddress): StoredAnswer | undefined {
    const at = this.#places.get(key);
    if (at === undefined) return undefined;
    const memory = this.#memory;
    const addressEnd = at + AT.parts + (memory[at + AT.address] ?? 0);
    const requestEnd = addressEnd + memory.readUInt16BE(at + AT.requestLength);
    if (
      memory.readUInt16BE(at + AT.port) !== from.port ||
      memory.compare(octets, 0, octets.length, addressEnd, requestEnd) !== 0 ||
      memory.toString('latin1', at + AT.parts, addressEnd) !== from.address
    )
      return undefined;
    const times = Math.min((memory[at + AT.times] ?? 0) + 1, 255);
    memory[at + AT.times] = times;
    const response = memory[at + AT.response] ?? NO_RESPONSE;
    const answerEnd = requestEnd + memory.readUInt16BE(at + AT.answerLength);
    return {
      request: TAGS[memory[at + AT.request] ?? 0] ?? 'XRS',
      response: response === NO_RESPONSE ? undefined : TAGS[response],
      answer: response === NO_RESPONSE ? undefined : Buffer.from(memory.subarray(requestEnd, answerEnd)),
      times,
    };
  }
}

/**
 * Answers by what names their request, for as long as its sender may send it again. Two generations: the older one is
 * dropped when the younger is old or full, so that memory is bounded and nothing is ever searched. What is kept is
 * copied into memory that is never given back, so that the garbage collector has nothing to carry from one request to
 * the next.
 */
export class ResponseCache<K> {
  readonly #lifetime: number;
  #young: Generation<K>;
  #old: Generation<K>;
  #since = 0;

  /**
   * Entries live from one `lifetime` (ms) to two, less only where more than `octets` of them come in one.
   */
  constructor(lifetime: Milliseconds, octets: number) {
    this.#lifetime = lifetime;
    this.#young = new Generation(Buffer.allocUnsafeSlow(octets));
    this.#old = new Generation(Buffer.allocUnsafeSlow(octets));
  }

  /** The answer to this very request: the same octets from the same address. */
  find(key: K, octets: Buffer, from: SocketAddress, now: Milliseconds): StoredAnswer | undefined {
    this.advance(now);
    return this.#young.find(key, octets, from) ?? this.#old.find(key, octets, from);
  }

  put(key: K, entry: Answered, now: Milliseconds): void {
    this.advance(now);
    const octets = AT.parts + entry.from.address.length + entry.octets.length + (entry.answer?.length ?? 0);
    if (!this.#young.hasRoom(octets)) this.#turn(now);
    if (this.#young.hasRoom(octets)) this.#young.put(key, entry);
  }

  /** Forgets what is too old; nobody else does where no datagrams come. */
  advance(now: Milliseconds): void {
    const age = now - this.#since;
    if (age < this.#lifetime) return;
    this.#turn(now);
    if (age >= 2 * this.#lifetime) this.#old = new Generation(this.#old.memory);
  }

  #turn(now: Milliseconds): void {
    const { memory } = this.#old;
    this.#old = this.#young;
    this.#young = new Generation(memory);
    this.#since = now;
  }
}
