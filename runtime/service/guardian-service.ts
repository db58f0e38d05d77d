import { randomBytes, randomInt } from 'node:crypto';
import { systemClock } from '../adapters/clock.ts';
import { openUdpSocket, type UdpSocket } from '../adapters/udp-socket.ts';
import { keyPairFromSeed, sign } from '../config/index.ts';
import {
  type AdmissionArgs,
  type CallHandle,
  type Exchange,
  type GuardianEvent,
  type GuardianSettings,
  GuardianTerminal,
} from '../guardian/index.ts';
import type { Sign, SocketAddress } from '../h225/index.ts';
import type { BandwidthUnits, Milliseconds } from '../units.ts';
import { GuardianRefusedError, refusedBy } from './guardian-errors.ts';
import { GuardianWaiters } from './guardian-waiters.ts';

/** The parts of a terminal's settings that do not come from its socket. */
type Described = Omit<GuardianSettings, 'rasAddress' | 'callSignalAddress'>;

export interface GuardianOptions extends Described {
  /** The 32 octets of its private key; an unsigned terminal does without. */
  readonly seed?: Uint8Array;
  /** Signs instead, with the same key: where many terminals share one process, whose signatures would wait for each other. */
  readonly sign?: Sign;
  /** Where it listens: an address of this machine, and a port (0, the default, takes any free one). */
  readonly host: string;
  readonly port?: number;
  /** What others reach it by, where that is not the address it listens at. */
  readonly rasAddress?: SocketAddress;
  /** Where it takes calls; port 1720 beside its RAS address unless given. */
  readonly callSignalAddress?: SocketAddress;
  /** Told of everything that happens. */
  readonly onEvent?: (event: GuardianEvent) => void;
  /** Told of every request that was answered or given up, before the events that come of it. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** A datagram could not be sent; the terminal sends it again by its timers. */
  readonly onError?: (error: Error) => void;
}

/** What came of an event, without its kind. */
type Outcome<K extends GuardianEvent['kind']> = Omit<Extract<GuardianEvent, { kind: K }>, 'kind'>;

export type GuardianRegistration = Outcome<'registered'>;
export type GuardianRenewal = Outcome<'renewed'>;
export type Admission = Outcome<'admitted'>;

/** A terminal that runs. */
export interface GuardianHandle {
  readonly terminalId: string;
  /** Where its RAS socket is. */
  readonly localAddress: SocketAddress;
  readonly terminal: GuardianTerminal;
  /**
   * The first registration. Rejected with GuardianRefusedError when every gatekeeper has been tried in vain; the
   * terminal goes on trying all the same, and says so by events.
   */
  readonly registered: Promise<GuardianRegistration>;
  /**
   * Renews the registration by a light RRQ, before it is due. Rejected where the gatekeeper does not know the terminal
   * (`registeredAnew`), or nothing comes of it.
   * @throws GuardianRefusedError (the promise is rejected with it)
   */
  renew(): Promise<GuardianRenewal>;
  /**
   * Asks for a call; waits for a registration where there is none yet.
   * @throws GuardianRefusedError, GuardianError (the promise is rejected with them)
   */
  admit(args: AdmissionArgs): Promise<Admission>;
  /**
   * Gives what was granted. One change of a call is under way at a time: a later wish supersedes one that waits.
   * @throws GuardianRefusedError (the promise is rejected with it)
   */
  changeBandwidth(call: CallHandle, units: BandwidthUnits): Promise<BandwidthUnits>;
  /** Ends a call; false where the gatekeeper could not be told yet, or there is no such call. */
  disengage(call: CallHandle): Promise<boolean>;
  /** Ends all calls and the registration, and closes the socket; false where the gatekeeper could not be told. */
  stop(): Promise<boolean>;
}

const UNSIGNED: Sign = () => {
  throw new TypeError('an unsigned terminal does not sign');
};

function signerOf({ seed, sign: given, unsigned = false }: GuardianOptions): Sign {
  if (unsigned) return UNSIGNED;
  if (given !== undefined) return given;
  if (seed === undefined) throw new TypeError('a terminal that signs needs the seed of its key');
  const keys = keyPairFromSeed(seed);
  return (octets) => sign(keys, octets);
}

/**
 * Starts a terminal over a UDP socket of its own.
 * @throws PortInUseError, GuardianError `INVALID_SETTINGS` (the promise is rejected with them)
 */
export async function startGuardian(options: GuardianOptions): Promise<GuardianHandle> {
  const { host, port = 0, onError = () => {}, terminalId } = options;
  const signer = signerOf(options);
  const socket = await openUdpSocket({
    ...{ host, port, onError, service: `RAS of ${terminalId} (UDP)` },
    onDatagram: (octets, from) => running?.receive(octets, from),
  });
  let running: GuardianService | undefined;
  try {
    running = new GuardianService(options, signer, socket);
  } catch (error) {
    await socket.close();
    throw error;
  }
  running.start();
  return running;
}

/** What makes waiting for a registration vain. */
function whyVain(event: GuardianEvent): GuardianRefusedError | undefined {
  if (event.kind === 'registrationFailed') return refusedBy('REGISTRATION_REFUSED', event);
  return event.kind === 'stopped' ? new GuardianRefusedError('REGISTRATION_REFUSED', 'stopped') : undefined;
}

class GuardianService implements GuardianHandle {
  readonly terminalId: string;
  readonly localAddress: SocketAddress;
  readonly terminal: GuardianTerminal;
  readonly registered: Promise<GuardianRegistration>;
  readonly #socket: UdpSocket;
  readonly #waiters = new GuardianWaiters();
  readonly #onEvent: (event: GuardianEvent) => void;
  readonly #onExchange: (exchange: Exchange) => void;
  #stopping: Promise<boolean> | undefined;
  #cancelTimer: (() => void) | undefined;
  #timerAt: Milliseconds | undefined;

  constructor(options: GuardianOptions, signer: Sign, socket: UdpSocket) {
    const { rasAddress = socket.localAddress } = options;
    const { callSignalAddress = { address: rasAddress.address, port: 1720 } } = options;
    this.terminal = new GuardianTerminal(
      { ...options, rasAddress, callSignalAddress },
      { sign: signer, random32: () => randomInt(2 ** 32), guid: () => randomBytes(16) },
    );
    this.terminalId = options.terminalId;
    this.localAddress = socket.localAddress;
    this.#socket = socket;
    this.#onEvent = options.onEvent ?? (() => {});
    this.#onExchange = options.onExchange ?? (() => {});
    this.registered = this.#waiters.wait((event) => (event.kind === 'registered' ? event : undefined), whyVain);
  }

  start(): void {
    this.terminal.start(systemClock.now());
    this.#drain();
  }

  receive(octets: Uint8Array, from: SocketAddress): void {
    this.terminal.receive(octets, from, systemClock.now());
    this.#drain();
  }

  async renew(): Promise<GuardianRenewal> {
    if (this.#stopping !== undefined) throw new GuardianRefusedError('REGISTRATION_REFUSED', 'stopped');
    const renewal = this.#waiters.wait(
      (event) => (event.kind === 'renewed' ? event : undefined),
      (event) =>
        event.kind === 'registered'
          ? new GuardianRefusedError('REGISTRATION_REFUSED', 'registeredAnew')
          : whyVain(event),
    );
    this.terminal.renew(systemClock.now());
    this.#drain();
    return renewal;
  }

  async admit(args: AdmissionArgs): Promise<Admission> {
    const handle = this.terminal.admit(args, systemClock.now());
    const admission = this.#waiters.wait(
      (event) => (event.kind === 'admitted' && event.call === handle ? event : undefined),
      (event) => {
        const isRefusal = event.kind === 'admissionRefused' || event.kind === 'forcedDrop';
        return isRefusal && event.call === handle ? refusedBy('ADMISSION_REFUSED', event) : undefined;
      },
    );
    this.#drain();
    return admission;
  }

  async changeBandwidth(call: CallHandle, units: BandwidthUnits): Promise<BandwidthUnits> {
    const isKnown = this.terminal.changeBandwidth(call, units, systemClock.now());
    this.#drain(); // a wish that this one supersedes is refused here, before this one waits
    if (!isKnown) throw new GuardianRefusedError('BANDWIDTH_REFUSED', 'callEnded');
    const isMine = (event: GuardianEvent): boolean => 'asked' in event && event.call === call && event.asked === units;
    return this.#waiters.wait(
      (event) => (event.kind === 'bandwidthChanged' && isMine(event) ? event.granted : undefined),
      (event) =>
        event.kind === 'bandwidthRefused' && isMine(event) ? refusedBy('BANDWIDTH_REFUSED', event) : undefined,
    );
  }

  async disengage(call: CallHandle): Promise<boolean> {
    const isKnown = this.terminal.disengage(call, systemClock.now());
    if (!isKnown) return false;
    const end = this.#waiters.wait((event) =>
      event.kind === 'disengaged' && event.call === call ? event.confirmed : undefined,
    );
    this.#drain();
    return end;
  }

  stop(): Promise<boolean> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<boolean> {
    const end = this.#waiters.wait((event) => (event.kind === 'stopped' ? event.confirmed : undefined));
    this.terminal.stop(systemClock.now());
    this.#drain();
    const isConfirmed = await end;
    await this.#socket.close();
    return isConfirmed;
  }

  #drain(): void {
    for (const effect of this.terminal.takeEffects())
      if (effect.kind === 'send') this.#socket.send(effect.octets, effect.to);
      else if (effect.kind === 'exchange') this.#onExchange(effect.exchange);
      else {
        this.#waiters.tell(effect.event);
        this.#onEvent(effect.event);
      }
    this.#setTimer();
  }

  #setTimer(): void {
    const at = this.terminal.nextDeadline();
    if (at === this.#timerAt) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer =
      at === undefined
        ? undefined
        : systemClock.setTimer(at, () => {
            this.#timerAt = undefined;
            // What has come is read first: a process that stood still for a while has missed no answer.
            setImmediate(() => {
              this.terminal.advance(systemClock.now());
              this.#drain();
            });
          });
  }
}
