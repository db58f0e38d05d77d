/** One terminal of a meeting, and what it was told. */
import type { Exchange, GuardianEvent } from '../../runtime/guardian/index.ts';
import type { SocketAddress } from '../../runtime/h225/index.ts';
import {
  type GuardianHandle,
  type GuardianOptions,
  GuardianRefusedError,
  startGuardian,
} from '../../runtime/service/index.ts';
import { bandwidthUnits } from '../../runtime/units.ts';
import type { ExpectedCall, Operation, Unstamped } from './history.ts';

export interface ParticipantArgs {
  readonly options: GuardianOptions;
  /** The most units that it asks for; `undefined`: it takes part in no call of its own. */
  readonly units: number | undefined;
  readonly destination: string;
  readonly write: (record: Unstamped) => void;
  /** Numbers the operations of the whole meeting. */
  readonly next: () => number;
}

/** What is counted of a terminal. */
export type Counted = 'registered' | 'readmitted' | 'forcedDrop' | 'ejected';

const KEPT: ReadonlySet<GuardianEvent['kind']> = new Set([
  ...(['registered', 'registrationRefused', 'registrationFailed', 'readmitted', 'forcedDrop', 'ejected'] as const),
  ...(['gatekeeperLost', 'timedOut', 'bandwidthChanged'] as const),
]);

const textOf = ({ address, port }: SocketAddress): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

export class Participant {
  readonly terminalId: string;
  readonly units: number | undefined;
  readonly counted: Record<Counted, number> = { registered: 0, readmitted: 0, forcedDrop: 0, ejected: 0 };
  readonly outcomes = { confirm: 0, reject: 0, timeout: 0 };
  /** The live call, as far as its confirms say. */
  call: ExpectedCall | undefined;
  readonly doubtful: { guardian: string; call?: string }[] = [];
  busy = false;
  readonly #args: ParticipantArgs;
  #handle: GuardianHandle | undefined;
  #open: { readonly operation: Operation; exchange?: Exchange } | undefined;

  constructor(args: ParticipantArgs) {
    this.#args = args;
    this.terminalId = args.options.terminalId;
    this.units = args.units;
  }

  async start(): Promise<void> {
    this.#handle = await startGuardian({
      ...this.#args.options,
      onEvent: (event) => this.#take(event),
      onExchange: (exchange) => this.#exchanged(exchange),
    });
    await this.#handle.registered;
  }

  async stop(): Promise<void> {
    await this.#handle?.stop();
  }

  /** Asks for its call; true if it got it. */
  async admit(units: number): Promise<boolean> {
    const guardian = this.terminalId;
    return this.#operate('ARQ', { asked: units }, async (handle) => {
      const destination = { kind: 'url-ID', value: this.#args.destination } as const;
      const { call, granted } = await handle.admit({ destination, bandwidth: bandwidthUnits(units) });
      this.call = { guardian, call, units: granted };
      return { call, granted };
    });
  }

  async changeBandwidth(units: number): Promise<boolean> {
    const { call } = this;
    if (call === undefined) return false;
    return this.#operate('BRQ', { call: call.call, asked: units }, async (handle) => {
      const granted = await handle.changeBandwidth(call.call, bandwidthUnits(units));
      this.call = { guardian: call.guardian, call: call.call, units: granted };
      return { granted };
    });
  }

  async disengage(): Promise<boolean> {
    const { call } = this;
    if (call === undefined) return false;
    this.call = undefined;
    return this.#operate('DRQ', { call: call.call }, async (handle) => {
      if (!(await handle.disengage(call.call))) throw new GuardianRefusedError('ADMISSION_REFUSED', 'timedOut');
      return {};
    });
  }

  renew(): Promise<boolean> {
    return this.#operate('RRQ', {}, async (handle) => {
      await handle.renew();
      return {};
    });
  }

  async #operate(
    operation: Operation,
    asked: { readonly call?: string; readonly asked?: number },
    act: (handle: GuardianHandle) => Promise<{ readonly call?: string; readonly granted?: number }>,
  ): Promise<boolean> {
    if (this.#handle === undefined || this.busy) throw new Error(`${this.terminalId} is not ready for ${operation}`);
    const common = { guardian: this.terminalId, operation, n: this.#args.next(), ...asked };
    const open: { operation: Operation; exchange?: Exchange } = { operation };
    this.#open = open;
    this.busy = true;
    this.#args.write({ kind: 'request', ...common });
    try {
      const told = await act(this.#handle);
      this.outcomes.confirm++;
      this.#args.write({ kind: 'confirm', ...common, ...told, ...exchangedOf(open.exchange) });
      return true;
    } catch (error) {
      if (!(error instanceof GuardianRefusedError)) throw error;
      const call = asked.call ?? open.exchange?.call;
      this.#refused({ ...common, ...(call !== undefined && { call }) }, error, open.exchange);
      return false;
    } finally {
      this.busy = false;
      this.#open = undefined;
    }
  }

  #refused(
    common: Omit<Extract<Unstamped, { kind: 'request' }>, 'kind'>,
    { reason, policy, hint }: GuardianRefusedError,
    exchange: Exchange | undefined,
  ): void {
    const { operation, call, asked } = common;
    const isSilence = reason === 'timedOut';
    if (isSilence && operation === 'BRQ' && this.call !== undefined && asked !== undefined)
      this.call = { ...this.call, or: [...(this.call.or ?? []), asked] };
    // The store may have taken an admission that was then refused for want of the store.
    const isDoubtful = operation === 'ARQ' ? isSilence || policy === 'STORE_UNAVAILABLE' : operation === 'DRQ';
    if (isDoubtful) this.doubtful.push({ guardian: this.terminalId, ...(call !== undefined && { call }) });
    if (isSilence) {
      this.outcomes.timeout++;
      this.#args.write({ kind: 'timeout', ...common, ...(hint !== undefined && { hint }), ...exchangedOf(exchange) });
      return;
    }
    this.outcomes.reject++;
    const why = { reason, ...(policy !== undefined && { policy }) };
    this.#args.write({ kind: 'reject', ...common, ...why, ...exchangedOf(exchange) });
  }

  #exchanged(exchange: Exchange): void {
    const { request, call, answer } = exchange;
    const open = this.#open;
    const isOurs = open?.operation === request && (open.exchange?.call ?? call) === call && !this.#isClearing(call);
    if (isOurs && open !== undefined) {
      open.exchange = exchange;
      return;
    }
    const common = { guardian: this.terminalId, request, answer: answer ?? null };
    this.#args.write({ kind: 'own', ...common, ...(call !== undefined && { call }), ...exchangedOf(exchange) });
  }

  /** Whether a terminal clears a call away that it has told of as refused already. */
  #isClearing = (call: string | undefined): boolean =>
    call !== undefined && this.doubtful.some((doubtful) => doubtful.call === call);

  #take(event: GuardianEvent): void {
    const { kind } = event;
    if (kind === 'registered' || kind === 'readmitted' || kind === 'forcedDrop' || kind === 'ejected')
      this.counted[kind]++;
    // Its own changes are its confirms; what a gatekeeper changes of its own is not.
    if (kind === 'bandwidthChanged' && event.asked !== undefined) return;
    if (!KEPT.has(kind)) return;
    const { call } = this;
    if (kind === 'forcedDrop' && call?.call === event.call) this.call = undefined;
    if ((kind === 'readmitted' || kind === 'bandwidthChanged') && call?.call === event.call)
      this.call = { guardian: call.guardian, call: call.call, units: event.granted };
    this.#args.write({
      ...{ kind: 'event', guardian: this.terminalId, event: kind },
      ...('call' in event && { call: event.call }),
      ...('reason' in event && { reason: event.reason }),
      ...('hint' in event && event.hint !== undefined && { hint: event.hint }),
      ...('granted' in event && { granted: event.granted }),
    });
  }
}

const exchangedOf = (
  exchange: Exchange | undefined,
): { readonly gatekeeper?: string; readonly datagrams?: number; readonly elapsed?: number } =>
  exchange === undefined
    ? {}
    : {
        ...(exchange.from !== undefined && { gatekeeper: textOf(exchange.from) }),
        datagrams: exchange.datagrams,
        elapsed: Math.round(exchange.elapsed * 1000) / 1000,
      };
