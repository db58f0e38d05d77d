import { systemClock } from '../adapters/clock.ts';
import type { UdpSocket } from '../adapters/udp-socket.ts';
import type { WitnessFile } from '../adapters/witness-file.ts';
import type { Effect, Gatekeeper, RasEvent } from '../gatekeeper/index.ts';
import type { SocketAddress } from '../h225/index.ts';
import type { DurationHistogram, ServiceStatistics } from '../metrics/index.ts';
import { type Instant, type Milliseconds, milliseconds } from '../units.ts';
import { CommitQueue, type Committer, type Outgoing, Turn } from './commit-queue.ts';
import { HoldQueue } from './hold-queue.ts';
import { rasWitnessLine } from './ras-witness.ts';
import { verifyLater } from './verifier.ts';

export interface GatekeeperDriverArgs {
  readonly machine: Gatekeeper;
  readonly witness: Pick<WitnessFile, 'append' | 'flush' | 'unwritten'>;
  readonly statistics: ServiceStatistics;
  readonly durations: DurationHistogram;
  /** The witness log cannot be written (with why), or can again. */
  readonly onWitness: (failure: Error | undefined) => void;
  /** The machine threw, which it never should; it goes on with the next datagram. */
  readonly onMistake: (error: unknown) => void;
  /** The zone's store, where there are others to follow; answers leave when it has what they say. */
  readonly committer?: Committer;
  /** A turn of the event loop begins: whoever may lead no longer must know now, however long the process slept. */
  readonly onTurn?: (now: Instant) => void;
}

/** On a signature. */
interface Verdict {
  readonly ticket: number;
  readonly genuine: boolean;
  /** When the request came. */
  readonly since: Milliseconds;
}

/** How often the disk is tried again. */
const RETRY = 500;

/**
 * Drives a gatekeeper: datagrams in, witness lines, datagrams out. What one turn of the event loop brought is witnessed
 * in one write, and then answered. While the log cannot be written the gatekeeper is frozen: the answers at hand wait,
 * new datagrams are dropped and nothing runs out, so that nothing is ever decided that is not witnessed.
 *
 * In a zone of several, what a turn changed goes to the store first. While nobody leads the zone, what comes is held:
 * it is answered as soon as somebody does.
 */
export class GatekeeperDriver {
  readonly #args: GatekeeperDriverArgs;
  #socket: Pick<UdpSocket, 'send'> | undefined;
  readonly #commits: CommitQueue | undefined;
  readonly #held: HoldQueue;
  #verdicts: Verdict[] = [];
  /** When the requests came whose verdicts are being taken. */
  #since: ReadonlyMap<number, Milliseconds> = new Map();
  /** What this turn of the event loop brought. */
  #turn = new Turn();
  /** What may leave: the store has it. */
  #lines = '';
  #outgoing: Outgoing[] = [];
  #flushing = false;
  /** Of this turn of the event loop. */
  #now: Instant | undefined;
  #frozen = false;
  #stopped = false;
  /** Everything was written and sent for the last time. */
  #ended = false;
  #cancelTimer: (() => void) | undefined;
  #timerAt: Milliseconds | undefined;

  constructor(args: GatekeeperDriverArgs) {
    this.#args = args;
    const { committer, machine } = args;
    this.#held = new HoldQueue(() => machine.state.statistics.dropped.no_leader++);
    // Until it is known who leads.
    this.#held.holding = committer !== undefined;
    if (committer !== undefined)
      this.#commits = new CommitQueue(committer, (turn, kept) => {
        this.#settle(turn, kept);
        if (!kept) this.#discard();
        this.#flushSoon();
      });
  }

  /** Answers leave through `socket` from now on. */
  attach(socket: Pick<UdpSocket, 'send'>): void {
    this.#socket = socket;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** A datagram came. */
  readonly receive = (octets: Buffer, from: SocketAddress): void => {
    const { machine, statistics } = this.#args;
    statistics.datagramsReceived++;
    if (this.#stopped) return;
    if (this.#frozen) {
      machine.state.statistics.dropped.witness_unwritable++;
      return;
    }
    const now = this.#moment();
    if (this.#held.holding)
      this.#held.add(() => this.#receive(octets, from, this.#moment(), now.monotonic), now.monotonic);
    else this.#receive(octets, from, now, now.monotonic);
  };

  #receive(octets: Buffer, from: SocketAddress, now: Instant, since: Milliseconds): void {
    try {
      this.#args.machine.receive(octets, from, now);
    } catch (error) {
      this.#mistake(error);
    }
    this.#take(now, since);
  }

  /** Keeps what comes until release(). */
  hold(): void {
    this.#held.holding = true;
  }

  /** Takes up what was held, in its order. */
  release(): void {
    this.#held.release(this.#moment().monotonic);
  }

  /** Done when the store has all that is at hand, or will not have it. */
  async committed(): Promise<void> {
    this.flush();
    await this.#commits?.idle();
  }

  /** The time, asked once for all that one turn of the event loop brings. */
  #moment(): Instant {
    if (this.#now !== undefined) return this.#now;
    const now = systemClock.now();
    this.#now = now;
    this.#args.onTurn?.(now);
    // Where nothing comes of it, nobody else would end this turn.
    this.#flushSoon();
    return now;
  }

  /** One datagram must never end the service for everybody. */
  #mistake(error: unknown): void {
    this.#args.machine.state.statistics.dropped.internal_error++;
    this.#args.onMistake(error);
  }

  /** Lets something be done to the machine, and carries out what comes of it. */
  run(change: (machine: Gatekeeper, now: Instant) => void): void {
    const now = systemClock.now();
    change(this.#args.machine, now);
    this.#take(now, now.monotonic);
  }

  /** Adds a line to the log, in order with the rest. */
  witness(line: string): void {
    this.#turn.lines += line;
    this.#turn.requests += line;
    this.#flushSoon();
  }

  #take(now: Instant, since: Milliseconds): void {
    for (const effect of this.#effects()) this.#carryOut(effect, now, since);
    this.#flushSoon();
  }

  #effects(): readonly Effect[] {
    const { machine } = this.#args;
    try {
      return machine.takeEffects();
    } catch (error) {
      this.#mistake(error);
      return machine.takeEffects();
    }
  }

  #carryOut(effect: Effect, now: Instant, since: Milliseconds): void {
    switch (effect.kind) {
      case 'witness':
        this.#note(effect.event, now);
        break;
      case 'commit':
        if (this.#turn.isFull) this.#endTurn();
        this.#turn.commit(effect.changes, effect.answered);
        break;
      case 'send': {
        const { octets, to, ticket } = effect;
        const asked = ticket === undefined ? since : (this.#since.get(ticket) ?? since);
        this.#turn.outgoing.push({ octets, to, since: asked });
        break;
      }
      case 'verify': {
        const { statistics } = this.#args;
        statistics.verifyPending++;
        verifyLater(effect.publicKey, effect.octets, effect.signature, (genuine) => {
          statistics.verifyPending--;
          if (genuine) statistics.signaturesValid++;
          else statistics.signaturesInvalid++;
          this.#judge({ ticket: effect.ticket, genuine, since });
        });
      }
    }
  }

  /** Verdicts of one turn are taken together, so that their answers can share a signature. */
  #judge(verdict: Verdict): void {
    this.#verdicts.push(verdict);
    this.#flushSoon();
  }

  #takeVerdicts(): void {
    if (this.#verdicts.length === 0) return;
    const verdicts = this.#verdicts;
    this.#verdicts = [];
    // Verifying takes its time.
    this.#now = undefined;
    const now = this.#moment();
    if (this.#held.holding) {
      for (const verdict of verdicts) this.#held.add(() => this.#judge(verdict), now.monotonic);
      return;
    }
    this.#since = new Map(verdicts.map(({ ticket, since }) => [ticket, since]));
    for (const { ticket, genuine } of verdicts)
      try {
        this.#args.machine.verified(ticket, genuine, now);
      } catch (error) {
        this.#mistake(error);
      }
    this.#take(now, now.monotonic);
  }

  #note(event: RasEvent, { epoch }: Instant): void {
    const line = rasWitnessLine(event, epoch);
    this.#turn.lines += line;
    // Where an answer may yet fail to leave, it is known which lines stand for one.
    if (this.#commits !== undefined && event.answers !== true) this.#turn.requests += line;
    this.#args.statistics.witnessLines++;
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      // While it still says so, or what they bring would ask for one more turn.
      this.#takeVerdicts();
      this.#flushing = false;
      this.#now = undefined;
      this.flush();
    });
  }

  /** Has the store keep what this turn brought, then writes its lines and sends the answers that they stand for. */
  flush(): void {
    this.#takeVerdicts();
    this.#endTurn();
    this.#deliver();
  }

  #endTurn(): void {
    const turn = this.#turn;
    if (turn.isEmpty) return;
    this.#turn = new Turn();
    if (this.#commits === undefined) this.#settle(turn, true);
    else this.#commits.add(turn);
  }

  /** The store has a turn's changes, or will not have them; then nothing of its answers may leave. */
  #settle(turn: Turn, kept: boolean): void {
    if (kept) {
      this.#lines += turn.lines;
      if (this.#outgoing.length === 0) this.#outgoing = turn.outgoing;
      else this.#outgoing.push(...turn.outgoing);
    } else {
      this.#lines += turn.requests;
      this.#args.machine.state.statistics.dropped.uncommitted += turn.outgoing.length;
    }
  }

  /** What this turn brought so far may have seen what was not kept. */
  #discard(): void {
    const turn = this.#turn;
    this.#turn = new Turn();
    this.#settle(turn, false);
  }

  /** Writes the lines at hand, then sends the answers that they stand for. */
  #deliver(): void {
    if (this.#frozen || this.#ended) return;
    const { witness, statistics, durations, onWitness } = this.#args;
    const now = systemClock.now();
    const lines = this.#lines;
    this.#lines = '';
    try {
      witness.append(lines, now.epoch);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      statistics.witnessErrors++;
      statistics.witnessUnwritten = witness.unwritten;
      this.#frozen = true;
      onWitness(error);
      this.#retryLater();
      return;
    }
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    for (const { octets, to, since } of outgoing) {
      this.#socket?.send(octets, to);
      statistics.datagramsSent++;
      durations.observe((now.monotonic - since) / 1000);
    }
    this.#setTimer();
  }

  #retryLater(): void {
    const { monotonic } = systemClock.now();
    this.#cancelTimer?.();
    this.#timerAt = undefined;
    this.#cancelTimer = systemClock.setTimer(milliseconds(monotonic + RETRY), () => this.#retry());
  }

  #retry(): void {
    const { witness, machine, statistics, onWitness } = this.#args;
    const now = systemClock.now();
    try {
      witness.flush(now.epoch);
    } catch {
      statistics.witnessErrors++;
      this.#retryLater();
      return;
    }
    statistics.witnessUnwritten = 0;
    this.#frozen = false;
    // Nobody could renew anything meanwhile.
    machine.extendRegistrations(now);
    onWitness(undefined);
    this.#take(now, now.monotonic);
  }

  #setTimer(): void {
    const at = this.#args.machine.nextDeadline();
    if (at === undefined || this.#stopped || (this.#timerAt !== undefined && this.#timerAt <= at)) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer = systemClock.setTimer(at, () => {
      this.#timerAt = undefined;
      if (!this.#frozen) this.run((machine, now) => machine.advance(now));
    });
  }

  /** Takes no more datagrams, and writes and sends what is at hand; where the log cannot be written, neither. */
  stop(): void {
    this.#stopped = true;
    if (this.#frozen) this.#retry();
    this.#cancelTimer?.();
    this.flush();
    this.#cancelTimer?.();
    this.#ended = true;
  }
}
