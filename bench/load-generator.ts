/**
 * The other process: keeps a window of datagrams in flight to one server and counts what comes back. Requests are made
 * before the clock starts; in the loop a request costs a two-octet patch of its requestSeqNum and a send.
 */
import { createSocket, type Socket } from 'node:dgram';

export interface Round {
  /** The n-th request, ready but for its number, which stands in octets `seqAt` and `seqAt + 1`. */
  readonly request: (n: number) => Buffer;
  readonly seqAt: number | undefined;
  readonly count: number;
  /** Requests in flight at once; 64 unless given. */
  readonly window?: number;
  /** Told each answer; false marks one that is not what it should be. */
  readonly check?: (answer: Buffer, n: number) => boolean;
}

export interface RoundResult {
  readonly seconds: number;
  readonly answered: number;
  readonly wrong: number;
  readonly lost: number;
  /** From each request to its answer, in ms: answers come in the order of their requests, unless some were lost. */
  readonly latencies: Float64Array;
}

/** Several rounds as one. */
export class Tally {
  #seconds = 0;
  #answered = 0;
  lost = 0;
  wrong = 0;

  add({ seconds, answered, lost, wrong }: RoundResult): void {
    this.#seconds += seconds;
    this.#answered += answered;
    this.lost += lost;
    this.wrong += wrong;
  }

  /** Answers a second. */
  get rate(): number {
    return this.#answered / this.#seconds;
  }
}

const WINDOW = 64;
/** A datagram that has not come back by then is lost. */
const PATIENCE = 1000;

export class LoadGenerator {
  readonly #socket: Socket;
  readonly #port: number;
  #seq = 0;
  #onAnswer: (answer: Buffer) => void = () => {};

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#port = port;
    socket.on('message', (answer) => this.#onAnswer(answer));
  }

  static open(port: number): Promise<LoadGenerator> {
    const socket = createSocket({
      type: 'udp4',
      recvBufferSize: 4_194_304,
      sendBufferSize: 4_194_304,
      lookup: (address, _options, done) => done(null, address, 4),
    });
    return new Promise((resolve) =>
      socket.bind(0, '127.0.0.1', () => {
        resolve(new LoadGenerator(socket, port));
      }),
    );
  }

  /** Sends `count` requests and waits for their answers. */
  run({ request, seqAt, count, check, window = WINDOW }: Round): Promise<RoundResult> {
    return new Promise((resolve) => {
      const began = process.hrtime.bigint();
      let sent = 0;
      let answered = 0;
      let wrong = 0;
      let last = Date.now();
      const latencies = new Float64Array(count);
      const send = (): void => {
        latencies[sent] = performance.now();
        const octets = request(sent++);
        if (seqAt !== undefined) {
          this.#seq = (this.#seq + 1) % 65_535;
          octets.writeUInt16BE(this.#seq, seqAt);
        }
        this.#socket.send(octets, this.#port, '127.0.0.1');
      };
      const finish = (): void => {
        clearInterval(watch);
        this.#onAnswer = () => {};
        const seconds = Number(process.hrtime.bigint() - began) / 1e9;
        resolve({ seconds, answered, wrong, lost: count - answered, latencies: latencies.subarray(0, answered) });
      };
      const watch = setInterval(() => {
        if (Date.now() - last > PATIENCE) finish();
      }, 200);
      this.#onAnswer = (answer) => {
        last = Date.now();
        latencies[answered] = performance.now() - (latencies[answered] ?? 0);
        if (check !== undefined && !check(answer, answered)) wrong++;
        answered++;
        if (answered === count) finish();
        else if (sent < count) send();
      };
      for (let i = 0; i < Math.min(window, count); i++) send();
    });
  }

  close(): void {
    this.#socket.close();
  }
}
