import type { RasMessage, SocketAddress } from '../h225/index.ts';
import type { Milliseconds } from '../units.ts';
import { placeOf } from './gatekeeper-list.ts';
import type { Purpose } from './purpose.ts';
import type { Gatekeeper } from './settings.ts';

/** What is known of one gatekeeper that a request was sent to. */
export interface Asked {
  /** How often, and when last. */
  times: number;
  sentAt: Milliseconds;
  /** Its answer to the last sending has not come. */
  awaited: boolean;
  /** It said by RIP that it needs until then, and is not asked again before. */
  quietUntil: Milliseconds;
}

/** A request that waits for its answer. */
export interface Outstanding {
  readonly seq: number;
  readonly purpose: Purpose;
  /** Whose zone it was made for: it is signed for this one's identifier, and answered with this one's key. */
  readonly gatekeeper: Gatekeeper;
  readonly octets: Uint8Array;
  /** The answer has to repeat it. */
  readonly random: number;
  readonly firstSentAt: Milliseconds;
  /** How long the first answer was waited for. */
  readonly timeout: Milliseconds;
  /** By their addresses. */
  readonly asked: Map<string, Asked>;
  /** Time-outs so far, and redirects followed since the last. */
  rounds: number;
  redirects: number;
  /** The next time-out. */
  deadline: Milliseconds;
  /** When it is given up. */
  until: Milliseconds;
  /** Until when RIPs have asked for time, and the milliseconds that they have added. */
  excusedUntil: Milliseconds;
  delayed: number;
  /** What answers said that did not count. */
  hint: string | undefined;
  /** A reject that is the last word only if nothing better comes. */
  verdict: RasMessage | undefined;
}

/** The one that an answer came from; where a single one was asked it may answer from another of its addresses. */
export function askedAt({ asked }: Outstanding, from: SocketAddress): Asked | undefined {
  const [first] = asked.values();
  return asked.get(placeOf(from)) ?? (asked.size === 1 ? first : undefined);
}
