import type { SocketAddress } from '../h225/index.ts';
import type { BitsPerSecond, Milliseconds } from '../units.ts';

/** Another gatekeeper of the zone, which endpoints turn to when this one does not answer. */
export interface AlternateGatekeeper {
  readonly ras: SocketAddress;
  readonly gatekeeperId: string;
  /** 0 to 127; the lowest is tried first. */
  readonly priority: number;
}

/** What a gatekeeper is told before it starts. */
export interface GatekeeperConfig {
  /** BMPString(1..128); the `generalID` that requests are signed for. */
  readonly gatekeeperId: string;
  /** Where endpoints reach it. */
  readonly ras: SocketAddress;
  readonly policy: 'signed' | 'open-lab';
  /** Seconds that a registration lives unless renewed; an endpoint may ask for less. */
  readonly timeToLive: number;
  /** Seconds that a signature's timestamp may be off, either way. */
  readonly freshness: number;
  /** Media of all calls together, one way. */
  readonly councilBandwidth: BitsPerSecond;
  /** Admitted ends of calls at once. */
  readonly maxSessions: number;
  /** What takes its place under the lab policy, which knows no sessions of a council: it bounds memory alone. */
  readonly maxCalls: number;
  /** Less than this is not worth a call. One way. */
  readonly minimumGrant: BitsPerSecond;
  /** Seconds between IRRs that admitted endpoints are asked for; 0 for none. */
  readonly irrFrequency: number;
  readonly maxEndpoints: number;
  /** Signatures that may wait to be verified. */
  readonly maxPending: number;
  /** A request that waits longer than this is told so (RIP). */
  readonly ripAfter: Milliseconds;
  readonly alternates: readonly AlternateGatekeeper[];
  /** Other gatekeepers of the zone follow this one: what is answered is theirs to know first. */
  readonly replicated?: boolean;
}
