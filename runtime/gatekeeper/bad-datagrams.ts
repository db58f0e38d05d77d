import { RAS_TAGS, type RasMessage, type SocketAddress } from '../h225/index.ts';
import type { Instant, Milliseconds } from '../units.ts';
import type { TokenFault } from './authentication.ts';
import { FloodReport } from './flood-report.ts';
import type { Outbox } from './outbox.ts';
import { notUnderstood, type Request, securityDenial, unknownMessage } from './refusals.ts';
import { describeRequest } from './request-event.ts';
import type { GatekeeperState } from './state.ts';
import type { DropReason } from './statistics.ts';

/** Datagrams a second that anybody can send and that still are answered and witnessed. */
const FAULTS_PER_SECOND = 200;
/** XRS gives a message back whole; a datagram must still hold both. */
const LONGEST_ECHO = 16_000;

/** Refuses, witnesses and counts what is no authentic request; a flood of it is counted only. */
export class BadDatagrams {
  readonly #state: GatekeeperState;
  readonly #outbox: Outbox;
  readonly #flood: FloodReport;

  constructor(state: GatekeeperState, outbox: Outbox) {
    this.#state = state;
    this.#outbox = outbox;
    this.#flood = new FloodReport(FAULTS_PER_SECOND, state, outbox, 'not authentic, not listed');
  }

  malformed(code: string, from: SocketAddress, now: Instant): void {
    this.#drop('malformed');
    if (this.#flood.take(now.monotonic)) this.#outbox.witness({ msgType: 'MALFORMED', peer: from, detail: code });
  }

  /**
   * Refuses a request that is not authentic. The answer is unsigned: nobody asked for it who could check. `claimed` is the
   * name that its token gives.
   */
  notAuthentic(
    request: Request,
    from: SocketAddress,
    now: Instant,
    fault: TokenFault,
    { claimed, ticket }: { readonly claimed?: string; readonly ticket?: number } = {},
  ): void {
    this.#state.statistics.refused.INVALID_SIGNATURE++;
    if (fault === 'replay') this.#state.statistics.replays++;
    if (!this.#flood.take(now.monotonic)) return this.#drop('suppressed');
    // A name that the registry does not know may be anything, a person's too.
    const terminalId = claimed !== undefined && this.#state.registry.terminals.has(claimed) ? claimed : undefined;
    const who = { peer: from, terminalId };
    this.#outbox.witness(describeRequest(request, from, terminalId));
    const answer = securityDenial(request, this.#state.config.gatekeeperId);
    if (answer === undefined) {
      this.#outbox.witness({ msgType: 'REFUSED', ...who, policy: 'INVALID_SIGNATURE', detail: fault });
      return;
    }
    const { octets, tag } = this.#outbox.encode(answer, now.epoch, undefined);
    this.#outbox.witness({
      msgType: tag,
      answers: true,
      seq: request.value.requestSeqNum,
      ...who,
      ...answer.event,
      detail: fault,
    });
    this.#outbox.send(octets, tag, from, ticket);
  }

  /** Answers a message that is no request with XRS. */
  notARequest(message: RasMessage, octets: Buffer, from: SocketAddress, now: Instant): void {
    const seq = octets.length > LONGEST_ECHO ? undefined : notUnderstood(message);
    if (seq === undefined) return this.#drop('not_a_request');
    if (!this.#flood.take(now.monotonic)) return this.#drop('suppressed');
    const msgType = message.kind === 'unknownExtension' ? 'UNKNOWN' : RAS_TAGS[message.kind];
    this.#outbox.witness({ msgType, seq, peer: from });
    this.#outbox.witness({ msgType: 'XRS', answers: true, seq, peer: from });
    const answer = this.#outbox.encode(unknownMessage(seq, octets), now.epoch, undefined);
    this.#outbox.send(answer.octets, answer.tag, from);
  }

  get deadline(): Milliseconds | undefined {
    return this.#flood.deadline;
  }

  advance(now: Milliseconds): void {
    this.#flood.advance(now);
  }

  #drop(reason: DropReason): void {
    this.#state.statistics.dropped[reason]++;
  }
}
