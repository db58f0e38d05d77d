import type { InfoRequest } from '../h225/index.ts';
import { type Instant, type Milliseconds, milliseconds } from '../units.ts';
import type { CallDesk } from './call-desk.ts';
import type { GuardianCall } from './call-table.ts';
import { type Build, type Registration, statusReport, type Terminal } from './requests.ts';
import type { Gatekeeper } from './settings.ts';
import { IRR_ANSWERED_EVERY } from './timers.ts';
import type { Wire } from './wire.ts';

/** Calls in one IRR, so that it fits a datagram of 1400 octets. */
const CALLS_A_REPORT = 12;

/** IRRs at intervals for the calls whose ACF asked for them (H.225.0 clause 7.15.2). */
export class Reports {
  readonly #terminal: Terminal;
  readonly #desk: CallDesk;
  readonly #wire: Wire;
  #sent = 0;

  constructor(terminal: Terminal, desk: CallDesk, wire: Wire) {
    this.#terminal = terminal;
    this.#desk = desk;
    this.#wire = wire;
  }

  nextDeadline(): Milliseconds | undefined {
    const deadlines = this.#desk.live.flatMap(({ reports }) => reports?.at ?? []);
    return deadlines.length === 0 ? undefined : milliseconds(Math.min(...deadlines));
  }

  /** Reports every call that wants it as soon as one is due, so that they share their datagrams. */
  advance(gatekeeper: Gatekeeper, registration: Registration, now: Instant): void {
    const due = this.nextDeadline();
    if (due === undefined || due > now.monotonic) return;
    const calls = this.#desk.live.filter(({ reports }) => reports !== undefined);
    for (const { reports } of calls)
      if (reports !== undefined) reports.at = milliseconds(now.monotonic + reports.every);
    for (let i = 0; i < calls.length; i += CALLS_A_REPORT)
      this.#send(calls.slice(i, i + CALLS_A_REPORT), gatekeeper, registration, now);
  }

  #send(
    calls: readonly GuardianCall[],
    gatekeeper: Gatekeeper,
    { endpointIdentifier, willRespondToIRR }: Registration,
    now: Instant,
  ): void {
    const isTurn = ++this.#sent % IRR_ANSWERED_EVERY === 0;
    const needResponse = isTurn && willRespondToIRR && !this.#wire.has('report');
    const report = { calls, unsolicited: true, needResponse, status: 'complete' } as const;
    const build = statusReport(this.#terminal, endpointIdentifier, report);
    if (needResponse) this.#wire.request({ kind: 'report' }, build, gatekeeper, now);
    else this.#wire.indicate(build, gatekeeper, now);
  }
}

/** The IRR that answers an IRQ: for one call, or for all with call reference 0. */
export function answerToInquiry(
  terminal: Terminal,
  { endpointIdentifier }: Registration,
  desk: CallDesk,
  { callReferenceValue, callIdentifier, segmentedResponseSupported, nextSegmentRequested = 0 }: InfoRequest,
): Build {
  const answer = (calls: readonly GuardianCall[], status: Parameters<typeof statusReport>[2]['status']): Build =>
    statusReport(terminal, endpointIdentifier, { calls, unsolicited: false, needResponse: false, status });
  if (callReferenceValue !== 0) {
    const call = desk.table.find(callIdentifier?.guid, callReferenceValue, undefined);
    return call?.state === 'live' ? answer([call], 'complete') : answer([], 'invalidCall');
  }
  const { live } = desk;
  if (live.length <= CALLS_A_REPORT) return answer(live, 'complete');
  const inSegments = segmentedResponseSupported === null;
  const from = inSegments ? nextSegmentRequested * CALLS_A_REPORT : 0;
  const isLast = from + CALLS_A_REPORT >= live.length;
  const status = isLast ? 'complete' : inSegments ? { segment: nextSegmentRequested } : 'incomplete';
  return answer(live.slice(from, from + CALLS_A_REPORT), status);
}
