/** A network of machines in invented time: what is sent may be lost, doubled, late or overtaken, by a seed. */
import assert from 'node:assert/strict';
import { type SocketAddress, socketKey } from '../../runtime/h225/index.ts';
import { epochMilliseconds, type Instant, type Milliseconds, milliseconds } from '../../runtime/units.ts';

/** A machine on the network. */
export interface LabNode {
  receive(octets: Buffer, from: SocketAddress, now: Instant): void;
  advance(now: Instant): void;
  nextDeadline(): Milliseconds | undefined;
  /** What it wants to send, once. */
  drain(now: Instant): readonly { readonly octets: Uint8Array; readonly to: SocketAddress }[];
}

/** Probabilities, and one-way delays in milliseconds, drawn evenly; a wide range lets datagrams overtake each other. */
export interface Weather {
  readonly loss: number;
  readonly duplicates: number;
  readonly delay: readonly [least: number, most: number];
}

export const CALM: Weather = { loss: 0, duplicates: 0, delay: [1, 2] };

export interface Passed {
  readonly octets: Buffer;
  readonly from: SocketAddress;
  readonly to: SocketAddress;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** Mulberry32: 32 bits of state, the same sequence everywhere. Gives numbers from 0 to 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class LabNetwork {
  weather: Weather;
  /** Every datagram that machines sent, whether it arrived or not. */
  readonly sent: Passed[] = [];
  readonly random: () => number;
  readonly #nodes = new Map<string, LabNode>();
  #due: Due[] = [];
  #order = 0;
  #elapsed = 0;

  constructor(seed: number, weather: Weather = CALM) {
    this.random = seeded(seed);
    this.weather = weather;
  }

  get now(): Instant {
    return {
      monotonic: milliseconds(1_000_000 + this.#elapsed),
      epoch: epochMilliseconds(1_750_000_000_000 + this.#elapsed),
    };
  }

  /** Puts a machine on the network, in the place of another at its address. */
  attach(address: SocketAddress, node: LabNode): void {
    this.#nodes.set(socketKey(address), node);
  }

  /** What is sent there goes nowhere from now on, and the machine stands still. */
  detach(address: SocketAddress): void {
    this.#nodes.delete(socketKey(address));
  }

  /** Lets something happen `ms` from now. */
  after(ms: number, happen: () => void): void {
    this.#due.push({ at: this.#elapsed + ms, order: ++this.#order, happen });
  }

  /** Delivers a datagram at once, whatever the weather; `from` may be a lie. */
  inject(octets: Uint8Array, from: SocketAddress, to: SocketAddress): void {
    this.#nodes.get(socketKey(to))?.receive(Buffer.from(octets), from, this.now);
    this.#collect();
  }

  /** Does something to machines and sends what comes of it. */
  do<T>(change: (now: Instant) => T): T {
    const result = change(this.now);
    this.#collect();
    return result;
  }

  #collect(): void {
    for (const [key, node] of this.#nodes) {
      const [address = '', port] = key.split('|');
      const from = { address, port: Number(port) };
      for (const { octets, to } of node.drain(this.now)) this.#send({ octets: Buffer.from(octets), from, to });
    }
  }

  #send(datagram: Passed): void {
    this.sent.push(datagram);
    const { loss, duplicates, delay } = this.weather;
    const copies = this.random() < duplicates ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (this.random() < loss) continue;
      const [least, most] = delay;
      // Each machine gets octets of its own, as it would from a socket.
      this.after(least + (most - least) * this.random(), () =>
        this.#nodes.get(socketKey(datagram.to))?.receive(Buffer.from(datagram.octets), datagram.from, this.now),
      );
    }
  }

  /** Lets time pass. */
  run(ms: number): void {
    const end = this.#elapsed + ms;
    for (let steps = 0; this.#step(end); steps++) assert(steps < 200_000, 'the machines never come to rest');
    this.#elapsed = end;
  }

  /** Lets time pass until `isDone`, at most `limit` ms; gives the ms that it took. */
  runUntil(isDone: () => boolean, limit: number): number {
    const start = this.#elapsed;
    while (!isDone()) {
      assert(this.#elapsed - start < limit, `not done within ${limit} ms`);
      if (!this.#step(start + limit)) this.#elapsed = start + limit;
    }
    return this.#elapsed - start;
  }

  /** Does what comes next, if it comes before `end`. */
  #step(end: number): boolean {
    this.#due.sort((a, b) => a.at - b.at || a.order - b.order);
    const [next] = this.#due;
    const deadlines = [...this.#nodes.values()].flatMap((node) => {
      const deadline = node.nextDeadline();
      return deadline === undefined ? [] : [{ at: Math.max(deadline - 1_000_000, this.#elapsed), node }];
    });
    const first = deadlines.reduce<(typeof deadlines)[number] | undefined>(
      (best, deadline) => (best === undefined || deadline.at < best.at ? deadline : best),
      undefined,
    );
    const isDatagram = next !== undefined && (first === undefined || next.at <= first.at);
    const at = isDatagram ? next.at : first?.at;
    if (at === undefined || at > end) return false;
    this.#elapsed = Math.max(this.#elapsed, at);
    if (isDatagram) {
      this.#due.shift();
      next.happen();
    } else first?.node.advance(this.now);
    this.#collect();
    return true;
  }
}
