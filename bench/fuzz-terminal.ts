/** A terminal whose socket anything can be sent from, and which can register meanwhile. */
import { createSocket, type Socket } from 'node:dgram';
import {
  encodeSigned,
  type RasMessage,
  rasMessage,
  type SocketAddress,
  toTransportAddress,
} from '../runtime/h225/index.ts';
import { type LabTerminal, withTokens } from '../tests/support/gatekeeper-lab.ts';
import { rrq } from '../tests/support/ras-requests.ts';

/** Milliseconds until a request is sent again, and how often it is. */
const RETRY = 1000;
const TRIES = 4;

export interface FuzzTerminalArgs {
  readonly terminal: LabTerminal;
  readonly gatekeeperId: string;
  readonly ras: SocketAddress;
  readonly isSigned: boolean;
}

export class FuzzTerminal {
  /** As the gatekeeper gave it last. */
  identifier = 'nobody';
  sent = 0;
  /** Answers that are no RAS message. */
  unreadable = 0;
  readonly #args: FuzzTerminalArgs;
  readonly #socket: Socket;
  #seq = 0;
  #random = 0;
  #onAnswer: (answer: RasMessage) => void = () => {};

  private constructor(args: FuzzTerminalArgs, socket: Socket) {
    this.#args = args;
    this.#socket = socket;
    socket.on('message', (octets) => this.#take(octets));
  }

  static open(args: FuzzTerminalArgs): Promise<FuzzTerminal> {
    const socket = createSocket({
      type: 'udp4',
      recvBufferSize: 4_194_304,
      sendBufferSize: 4_194_304,
      lookup: (address, _options, done) => done(null, address, 4),
    });
    return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(new FuzzTerminal(args, socket))));
  }

  send(octets: Buffer): void {
    const { address, port } = this.#args.ras;
    this.sent++;
    this.#socket.send(octets, port, address);
  }

  /** Keeps its registration alive, or registers anew; false where that is refused or not answered. */
  async register(): Promise<boolean> {
    const { terminal } = this.#args;
    const { address, port } = this.#socket.address();
    const here = toTransportAddress({ address, port }) ?? terminal.signalling;
    this.#seq = (this.#seq % 65_535) + 1;
    const requestSeqNum = this.#seq;
    const where = { rasAddress: [here], callSignalAddress: [terminal.signalling] };
    const message =
      this.identifier === 'nobody'
        ? rrq({ requestSeqNum, ...where })
        : rrq({ requestSeqNum, ...where, keepAlive: true, endpointIdentifier: this.identifier });
    const octets = this.#encode(message);
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = this.#answerTo(requestSeqNum);
      this.send(octets);
      const { kind } = (await answer) ?? { kind: 'none' };
      if (kind === 'registrationConfirm') return true;
      if (kind === 'none') continue;
      this.identifier = 'nobody';
      return false;
    }
    return false;
  }

  close(): void {
    this.#socket.close();
  }

  #encode(message: RasMessage): Buffer {
    const { terminal, gatekeeperId, isSigned } = this.#args;
    if (!isSigned) return rasMessage.encode(message);
    const fields = {
      generalID: gatekeeperId,
      sendersID: terminal.record.terminalId,
      timeStamp: Math.floor(Date.now() / 1000),
      random: ++this.#random,
    };
    return encodeSigned((tokens) => withTokens(message, tokens), fields, terminal.sign);
  }

  #answerTo(requestSeqNum: number): Promise<RasMessage | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), RETRY);
      this.#onAnswer = (answer) => {
        if (!('requestSeqNum' in answer.value) || answer.value.requestSeqNum !== requestSeqNum) return;
        if (answer.kind === 'requestInProgress') return;
        clearTimeout(timer);
        resolve(answer);
      };
    });
  }

  #take(octets: Buffer): void {
    try {
      const answer = rasMessage.decode(octets);
      if (answer.kind === 'registrationConfirm') this.identifier = answer.value.endpointIdentifier;
      this.#onAnswer(answer);
    } catch {
      this.unreadable++;
    }
  }
}
