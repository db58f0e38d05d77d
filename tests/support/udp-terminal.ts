/** A terminal that says what it is told to over UDP, once or again, and keeps all that comes back. */
import { createSocket, type Socket } from 'node:dgram';
import {
  encodeSigned,
  type RasMessage,
  rasMessage,
  type SocketAddress,
  toTransportAddress,
} from '../../runtime/h225/index.ts';
import { type LabTerminal, withTokens } from './gatekeeper-lab.ts';
import { rrq } from './ras-requests.ts';

/** Milliseconds until a request is sent again, and how often it is. */
const RETRY = 1000;
const TRIES = 4;

export interface UdpTerminalArgs {
  readonly terminal: LabTerminal;
  readonly gatekeeperId: string;
  readonly ras: SocketAddress;
  readonly isSigned: boolean;
}

export class UdpTerminal {
  /** As the gatekeeper gave it last. */
  identifier = 'nobody';
  sent = 0;
  /** Answers that are no RAS message. */
  unreadable = 0;
  /** Told of all that comes. */
  onMessage: (message: RasMessage) => void = () => {};
  readonly #args: UdpTerminalArgs;
  readonly #socket: Socket;
  #seq = 0;
  #random = 0;
  #onAnswer: (answer: RasMessage) => void = () => {};

  private constructor(args: UdpTerminalArgs, socket: Socket) {
    this.#args = args;
    this.#socket = socket;
    socket.on('message', (octets) => this.#take(octets));
  }

  static open(args: UdpTerminalArgs): Promise<UdpTerminal> {
    const socket = createSocket({
      type: 'udp4',
      recvBufferSize: 4_194_304,
      sendBufferSize: 4_194_304,
      lookup: (address, _options, done) => done(null, address, 4),
    });
    return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(new UdpTerminal(args, socket))));
  }

  nextSeq(): number {
    this.#seq = (this.#seq % 65_535) + 1;
    return this.#seq;
  }

  /** Signed as this terminal signs, if it does. */
  encode(message: RasMessage): Buffer {
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

  send(octets: Buffer): void {
    const { address, port } = this.#args.ras;
    this.sent++;
    this.#socket.send(octets, port, address);
  }

  /** Sends a request until it is answered, or has been sent often enough in vain. */
  async ask(octets: Buffer, requestSeqNum: number): Promise<RasMessage | undefined> {
    for (let tries = 0; tries < TRIES; tries++) {
      const coming = this.#answerTo(requestSeqNum);
      this.send(octets);
      const answer = await coming;
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  /** A registration, or where it has one its keep-alive. */
  registration(requestSeqNum: number): RasMessage {
    const { signalling } = this.#args.terminal;
    const { address, port } = this.#socket.address();
    const here = toTransportAddress({ address, port }) ?? signalling;
    const where = { rasAddress: [here], callSignalAddress: [signalling] };
    if (this.identifier === 'nobody') return rrq({ requestSeqNum, ...where });
    return rrq({ requestSeqNum, ...where, keepAlive: true, endpointIdentifier: this.identifier });
  }

  /** Keeps its registration alive, or registers anew; false where that is refused or not answered. */
  async register(): Promise<boolean> {
    const requestSeqNum = this.nextSeq();
    const answer = await this.ask(this.encode(this.registration(requestSeqNum)), requestSeqNum);
    if (answer?.kind === 'registrationConfirm') return true;
    if (answer !== undefined) this.identifier = 'nobody';
    return false;
  }

  close(): void {
    this.#socket.close();
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
    let answer: RasMessage;
    try {
      answer = rasMessage.decode(octets);
    } catch {
      this.unreadable++;
      return;
    }
    if (answer.kind === 'registrationConfirm') this.identifier = answer.value.endpointIdentifier;
    this.#onAnswer(answer);
    this.onMessage(answer);
  }
}
