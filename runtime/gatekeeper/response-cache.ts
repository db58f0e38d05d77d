import { RAS_TAGS, type RasMessageKind, type RasTag, type SocketAddress } from '../h225/index.ts';
import type { Milliseconds } from '../units.ts';

/** A request that was carried out, and the answer it got; none where it wanted none. */
export interface Answered {
  readonly octets: Buffer;
  readonly from: SocketAddress;
  readonly request: RasTag;
  readonly response?: RasTag | undefined;
  readonly answer?: Uint8Array | undefined;
}

/** What is found of one. */
export interface StoredAnswer {
  readonly request: RasTag;
  readonly response: RasTag | undefined;
  readonly answer: Buffer | undefined;
  /** How often it was found, this time included; up to 255. */
  readonly times: number;
}

/** Where an entry's parts stand: links, counters and lengths, then the sender's address, the request and the answer. */
const AT = {
  key: 0,
  next: 4,
  times: 8,
  request: 9,
  response: 10,
  address: 11,
  port: 12,
  requestLength: 14,
  answerLength: 16,
  parts: 18,
};
const NO_RESPONSE = 255;
const TAGS = (Object.keys(RAS_TAGS) as RasMessageKind[]).map((kind) => RAS_TAGS[kind]);
const NUMBERS = new Map<RasTag | undefined, number>(TAGS.map((tag, number) => [tag, number]));

const CHAIN_BITS = 16;
const END = -1;
/** Chains hold one entry on average; only somebody who chooses his keys makes one this long, and loses by it. */
const LONGEST_SEARCH = 16;

/** Spreads keys that differ in a few bits over all chains (Knuth's multiplicative hashing). */
const chainOf = (key: number): number => Math.imul(key, 0x9e3779b1) >>> (32 - CHAIN_BITS);

/** Entries of one span of time, one behind the other, found through chains of those whose keys have one hash. */
class Generation {
  readonly #memory: Buffer;
  /** Where the youngest entry of each chain stands. */
  readonly #heads = new Int32Array(1 << CHAIN_BITS).fill(END);
  #used = 0;

  constructor(octets: number) {
    this.#memory = Buffer.allocUnsafeSlow(octets);
  }

  clear(): void {
    if (this.#used > 0) this.#heads.fill(END);
    this.#used = 0;
  }

  hasRoom(octets: number): boolean {
    return this.#used + octets <= this.#memory.length;
  }

  put(key: number, { octets, from, request, response, answer }: Answered): void {
    const memory = this.#memory;
    const at = this.#used;
    const chain = chainOf(key);
    const { address } = from;
    memory.writeInt32LE(key | 0, at + AT.key);
    memory.writeInt32LE(this.#heads[chain] ?? END, at + AT.next);
    memory[at + AT.times] = 0;
    memory[at + AT.request] = NUMBERS.get(request) ?? 0;
    memory[at + AT.response] = NUMBERS.get(response) ?? NO_RESPONSE;
    memory[at + AT.address] = address.length;
    memory.writeUInt16LE(from.port, at + AT.port);
    memory.writeUInt16LE(octets.length, at + AT.requestLength);
    memory.writeUInt16LE(answer?.length ?? 0, at + AT.answerLength);
    for (let i = 0; i < address.length; i++) memory[at + AT.parts + i] = address.charCodeAt(i);
    const requestAt = at + AT.parts + address.length;
    memory.set(octets, requestAt);
    if (answer !== undefined) memory.set(answer, requestAt + octets.length);
    this.#used = requestAt + octets.length + (answer?.length ?? 0);
    this.#heads[chain] = at;
  }

  find(key: number, octets: Buffer, from: SocketAddress): StoredAnswer | undefined {
    const memory = this.#memory;
    let at = this.#heads[chainOf(key)] ?? END;
    for (let searched = 0; at !== END && searched < LONGEST_SEARCH; searched++) {
      if (memory.readInt32LE(at + AT.key) === (key | 0) && this.#isOf(at, octets, from)) return this.#take(at);
      at = memory.readInt32LE(at + AT.next);
    }
    return undefined;
  }

  /** Whether the entry at `at` is of this very request. */
  #isOf(at: number, octets: Buffer, from: SocketAddress): boolean {
    const memory = this.#memory;
    const requestAt = at + AT.parts + (memory[at + AT.address] ?? 0);
    const requestEnd = requestAt + memory.readUInt16LE(at + AT.requestLength);
    return (
      memory.readUInt16LE(at + AT.port) === from.port &&
      memory.compare(octets, 0, octets.length, requestAt, requestEnd) === 0 &&
      memory.toString('latin1', at + AT.parts, requestAt) === from.address
    );
  }

  #take(at: number): StoredAnswer {
    const memory = this.#memory;
    const times = Math.min((memory[at + AT.times] ?? 0) + 1, 255);
    memory[at + AT.times] = times;
    const response = memory[at + AT.response] ?? NO_RESPONSE;
    const answerAt = at + AT.parts + (memory[at + AT.address] ?? 0) + memory.readUInt16LE(at + AT.requestLength);
    const answerEnd = answerAt + memory.readUInt16LE(at + AT.answerLength);
    return {
      request: TAGS[memory[at + AT.request] ?? 0] ?? 'XRS',
      response: response === NO_RESPONSE ? undefined : TAGS[response],
      answer: response === NO_RESPONSE ? undefined : Buffer.from(memory.subarray(answerAt, answerEnd)),
      times,
    };
  }
}

/**
 * Answers by a number that names their request, for as long as its sender may send it again. Two generations: the older
 * one is dropped when the younger is old or full, so that memory is bounded. What is kept is copied into memory that is
 * never given back, so that the garbage collector has nothing to carry from one request to the next. Keys need not be
 * unique: what is found is the same request, octet for octet.
 */
export class ResponseCache {
  readonly #lifetime: number;
  #young: Generation;
  #old: Generation;
  #since = 0;

  /**
   * Entries live from one `lifetime` (ms) to two, less only where more than `octets` of them come in one.
   */
  constructor(lifetime: Milliseconds, octets: number) {
    this.#lifetime = lifetime;
    this.#young = new Generation(octets);
    this.#old = new Generation(octets);
  }

  /** The answer to this very request: the same octets from the same address. Of `key` the low 32 bits count. */
  find(key: number, octets: Buffer, from: SocketAddress, now: Milliseconds): StoredAnswer | undefined {
    this.advance(now);
    return this.#young.find(key, octets, from) ?? this.#old.find(key, octets, from);
  }

  put(key: number, entry: Answered, now: Milliseconds): void {
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
    if (age >= 2 * this.#lifetime) this.#old.clear();
  }

  #turn(now: Milliseconds): void {
    const emptied = this.#old;
    emptied.clear();
    this.#old = this.#young;
    this.#young = emptied;
    this.#since = now;
  }
}
