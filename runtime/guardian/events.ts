import type { RasTag, SocketAddress } from '../h225/index.ts';
import type { BandwidthUnits, Milliseconds } from '../units.ts';
import type { CallHandle } from './call-table.ts';
import type { DatagramFault } from './faults.ts';

/** The requests that a terminal makes, by the operators' abbreviations. */
export type RequestTag = 'GRQ' | 'RRQ' | 'URQ' | 'ARQ' | 'BRQ' | 'DRQ' | 'IRR';

/** Why something was refused, as far as is known. */
export interface Refusal {
  /**
   * The standard reason of the reject (`securityDenial`, `requestDenied`, …), or one of the terminal's own:
   * `timedOut`, `messageNotUnderstood`, `superseded` (by a later wish for the same call), `callEnded`, `stopped`.
   */
  readonly reason: string;
  /** The council's policy that refused, from nonStandardData. */
  readonly policy?: string;
  /**
   * What answers said that did not count, such as `unsigned answer said: securityDenial INVALID_SIGNATURE`: anybody may
   * have sent them, so they are for people to read.
   */
  readonly hint?: string;
}

/** What happened to a terminal. Times are in milliseconds of the monotonic clock. */
export type GuardianEvent =
  | { readonly kind: 'discovered'; readonly gatekeeperId: string; readonly ras: SocketAddress }
  | {
      readonly kind: 'registered';
      readonly gatekeeperId: string;
      readonly endpointIdentifier: string;
      /** Seconds until it has to be renewed; `undefined`: never. */
      readonly timeToLive: number | undefined;
      readonly roundTrip: Milliseconds;
    }
  | {
      readonly kind: 'renewed';
      readonly gatekeeperId: string;
      readonly timeToLive: number | undefined;
      readonly roundTrip: Milliseconds;
    }
  | ({
      readonly kind: 'registrationRefused';
      readonly gatekeeperId: string;
      readonly request: 'GRQ' | 'RRQ';
      /** False for an unsigned terminal only: otherwise nobody without the gatekeeper's key can refuse. */
      readonly signed: boolean;
    } & Refusal)
  /** No gatekeeper of the list could be registered with; all of them are tried again after `retryAfter`. */
  | ({ readonly kind: 'registrationFailed'; readonly retryAfter: Milliseconds } & Refusal)
  | {
      readonly kind: 'admitted';
      readonly call: CallHandle;
      readonly gatekeeperId: string;
      /** May be less than was asked for. */
      readonly granted: BandwidthUnits;
      /** Where to signal to; `undefined` where that is no IP address. */
      readonly destCallSignalAddress: SocketAddress | undefined;
      readonly callModel: 'direct' | 'gatekeeperRouted';
      /** When the ARQ that was answered was first sent, and how long the answer took from then. */
      readonly firstSentAt: Milliseconds;
      readonly roundTrip: Milliseconds;
      /** From admit() on: with waiting for a registration, and gatekeepers that did not answer. */
      readonly elapsed: Milliseconds;
    }
  /** A live call was admitted again, because a gatekeeper did not know it: never because of a failover in a zone. */
  | {
      readonly kind: 'readmitted';
      readonly call: CallHandle;
      readonly gatekeeperId: string;
      readonly granted: BandwidthUnits;
    }
  | ({ readonly kind: 'admissionRefused'; readonly call: CallHandle } & Refusal)
  | {
      readonly kind: 'bandwidthChanged';
      readonly call: CallHandle;
      readonly granted: BandwidthUnits;
      /** What the terminal asked for; `undefined` where the gatekeeper made the change of its own. */
      readonly asked: BandwidthUnits | undefined;
    }
  | ({
      readonly kind: 'bandwidthRefused';
      readonly call: CallHandle;
      readonly asked: BandwidthUnits;
      /** What would be granted, where the gatekeeper says so. */
      readonly allowed?: BandwidthUnits;
    } & Refusal)
  /** The call is over; `confirmed` where the gatekeeper knows it. Where not, it is told when it can be. */
  | { readonly kind: 'disengaged'; readonly call: CallHandle; readonly confirmed: boolean }
  /** The gatekeeper ended a call: by DRQ, by ending the registration, or by not admitting it again. */
  | ({ readonly kind: 'forcedDrop'; readonly call: CallHandle } & Refusal)
  /** The gatekeeper ended the registration (URQ). */
  | { readonly kind: 'ejected'; readonly gatekeeperId: string; readonly reason: string }
  /** A gatekeeper, and all others of its zone, left `request` unanswered; the next zone is tried. */
  | {
      readonly kind: 'gatekeeperLost';
      readonly gatekeeperId: string;
      readonly request: RequestTag;
      readonly hint?: string;
    }
  /** A request came to nothing at every gatekeeper. */
  | {
      readonly kind: 'timedOut';
      readonly request: RequestTag;
      readonly call?: CallHandle;
      readonly hint?: string;
    }
  /** A datagram was not taken up; `count`: how many so far for this reason. */
  | {
      readonly kind: 'refusedDatagram';
      readonly why: DatagramFault;
      readonly from: SocketAddress;
      readonly count: number;
    }
  /** The end; `confirmed` where the gatekeeper knows that the terminal has left. */
  | { readonly kind: 'stopped'; readonly confirmed: boolean };

/** How a request went, for those who measure. */
export interface Exchange {
  readonly request: RequestTag;
  readonly call?: CallHandle;
  /** `undefined` where none came in time. */
  readonly answer: RasTag | undefined;
  /** Where the answer came from. */
  readonly from: SocketAddress | undefined;
  /** How often the request was sent, to all gatekeepers together. */
  readonly datagrams: number;
  readonly firstSentAt: Milliseconds;
  /** From the first sending to the answer, or to when it was given up. */
  readonly elapsed: Milliseconds;
}

/** What a terminal asks of its driver, in order. */
export type GuardianEffect =
  | { readonly kind: 'send'; readonly octets: Uint8Array; readonly to: SocketAddress }
  | { readonly kind: 'event'; readonly event: GuardianEvent }
  /** A request was answered or given up; the events that come of it follow. */
  | { readonly kind: 'exchange'; readonly exchange: Exchange };
