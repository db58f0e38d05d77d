import assert from 'node:assert/strict';
import { type RasMessage, rasMessage, type SocketAddress } from '../../runtime/h225/index.ts';
import { bitsPerSecond, unitsForOneWayRate } from '../../runtime/units.ts';
import {
  GATEKEEPER_ID,
  GatekeeperLab,
  guardian,
  type LabTerminal,
  labTerminal,
  type Outcome,
  tags,
} from '../support/gatekeeper-lab.ts';
import { HostileTraffic } from '../support/hostile-traffic.ts';
import { type Prng, prng } from '../support/prng.ts';

const SEED = Number(process.env['COUNCIL_FUZZ_SEED'] ?? 20_261_121);
/** Datagrams, half of them under each policy. `npm run bench:fuzz` sends a million, over UDP. */
const COUNT = Number(process.env['COUNCIL_FUZZ_COUNT'] ?? 20_000);

const COUNCIL = bitsPerSecond(20_000_000);
/** Low enough to be reached. */
const LIMITS = { maxEndpoints: 8, maxPending: 16, maxSessions: 7, maxCalls: 8 };
const insiders = [
  guardian(1),
  guardian(2),
  labTerminal('if://council/mcu', { n: 3, kind: 'infrastructure', quota: 9_000_000, maxSessions: 4 }),
] as const;
const honest = guardian(4);
const newcomer = guardian(5);
const HONEST_CALL = 9999;

/** A gatekeeper under fire, and all that must hold of it whatever comes. */
class Siege {
  readonly lab: GatekeeperLab;
  readonly #traffic: HostileTraffic;
  readonly #random: Prng;
  /** Who has sent anything. */
  readonly #senders = new Set<string>();
  #delivered = 0;
  #unknown = 0;
  readonly #bounds: readonly number[];
  /** Of registrations, waiting signatures and admitted ends of calls. */
  readonly peaks = [0, 0, 0];

  constructor(policy: 'signed' | 'open-lab') {
    this.lab = new GatekeeperLab({
      terminals: [...insiders, honest, newcomer],
      config: { policy, councilBandwidth: COUNCIL, ...LIMITS },
      secondOpinion: false,
    });
    const { maxEndpoints, maxPending, maxSessions, maxCalls } = LIMITS;
    this.#bounds = [maxEndpoints, maxPending, policy === 'signed' ? maxSessions : maxCalls];
    this.#random = prng(SEED + 1);
    this.#traffic = new HostileTraffic({
      seed: SEED,
      gatekeeperId: GATEKEEPER_ID,
      insiders,
      victim: honest,
      // Under the lab policy most terminals sign nothing.
      signedShare: policy === 'signed' ? 0.7 : 0.2,
      identifierOf: (insider) => this.lab.identifier(insider),
      now: () => Math.floor(this.lab.now.epoch / 1000),
    });
  }

  /** A datagram of the attacker's, from an address of the insider's, of somebody's, or of nobody who can be reached. */
  attack(): void {
    const { octets, insider } = this.#traffic.next();
    const stranger = { address: `198.51.100.${this.#random.below(256)}`, port: this.#random.below(65_536) };
    this.deliver(octets, this.#random.chance(0.8) ? insider.ras : stranger);
  }

  deliver(octets: Buffer, from: SocketAddress): Outcome {
    const { lab } = this;
    const { dropped } = lab.state.statistics;
    const before = { dropped: sum(dropped), pending: lab.gatekeeper.pending };
    this.#delivered++;
    this.#senders.add(`${from.address} ${from.port}`);
    const kind = kindOf(octets);
    if (kind === 'unknownExtension') this.#unknown++;
    const outcome = lab.deliver(Buffer.from(octets), from);
    const isCounted = sum(dropped) > before.dropped;
    const isPending = lab.gatekeeper.pending > before.pending;
    const fates = [outcome.sent.length > 0, isCounted, isPending].filter(Boolean).length;
    // Only a report that asks for no answer is taken in silence.
    assert(fates === 1 || (fates === 0 && kind === 'infoRequestResponse'), `${kind} had ${fates} fates`);
    if (outcome.verdicts.includes(false))
      assert(!tags(outcome).some((tag) => /^(.CF|IACK)$/.test(tag)), 'confirmed what is not genuine');
    this.look(outcome);
    return outcome;
  }

  /** Lets time pass; whose registration runs out then had one. */
  pass(ms: number): void {
    const live = new Set([...this.lab.state.endpoints.all()].map(({ serial }) => serial));
    const outcome = this.lab.pass(ms);
    for (const { reason, endpoint } of outcome.events)
      assert(reason !== 'ttlExpired' || (endpoint !== undefined && live.has(endpoint)), 'it had left before');
    this.look(outcome);
  }

  /** That it was decodes, is signed where it should be and has its line before it, the lab has seen to. */
  look({ sent, events }: Outcome): void {
    const { state, gatekeeper } = this.lab;
    const sizes = [state.endpoints.size, gatekeeper.pending, state.calls.legs];
    for (const [i, bound] of this.#bounds.entries()) {
      const size = sizes[i] ?? Number.NaN;
      assert(size <= bound, `${size} of at most ${bound}`);
      this.peaks[i] = Math.max(this.peaks[i] ?? 0, size);
    }
    for (const { octets, to } of sent) {
      assert(this.#senders.has(`${to.address} ${to.port}`), 'a datagram for somebody who never sent one');
      assert(octets.length <= 65_507, 'an answer that no datagram can hold');
    }
    for (const { detail, reason } of events)
      for (const text of [detail, reason]) assert(text === undefined || /^[\w ,:.-]{1,60}$/.test(text), text);
  }

  /** Every sum is what it stands for. */
  audit(): void {
    const { state } = this.lab;
    if (!state.lab) assert(state.calls.units <= unitsForOneWayRate(COUNCIL), `${state.calls.units} units`);
    let legs = 0;
    const largest = new Map<string, number>();
    for (const endpoint of state.endpoints.all()) {
      assert.equal(state.endpoints.byIdentifier(endpoint.identifier), endpoint);
      legs += endpoint.legs.size;
      let units = 0;
      for (const leg of endpoint.legs.values()) {
        units += leg.units;
        assert([...leg.call.legs].includes(leg), 'a leg whose call does not know it');
        largest.set(leg.call.key, Math.max(largest.get(leg.call.key) ?? 0, leg.units));
      }
      assert.equal(endpoint.units, units);
      if (endpoint.terminal === undefined) continue;
      assert.equal(state.endpoints.byTerminal(endpoint.terminal.terminalId), endpoint);
      assert(units <= state.quota(endpoint.terminal), 'more than the quota');
      assert(endpoint.legs.size <= endpoint.terminal.maxSessions, 'more sessions than allowed');
    }
    const units = [...largest.values()].reduce((all, one) => all + one, 0);
    assert.deepEqual([state.calls.legs, state.calls.size, state.calls.units], [legs, largest.size, units]);
    const { received, dropped } = state.statistics;
    assert.equal(sum(received) + dropped.malformed + this.#unknown, this.#delivered, 'datagrams that nothing counts');
  }

  /** The guardian who does nothing wrong, in the midst of it. Gives the answer's tag. */
  ask(message: RasMessage, terminal = honest): string {
    const outcome = this.deliver(this.lab.sign(message, terminal), terminal.ras);
    this.#remember(terminal, outcome);
    return tags(outcome).join();
  }

  /** Insiders whose registrations came to an end register again, so that there is something to attack. */
  restore(): void {
    const { lab } = this;
    for (const insider of insiders) {
      if (lab.state.endpoints.byIdentifier(lab.identifier(insider)) !== undefined) continue;
      const octets = lab.state.lab ? rasMessage.encode(lab.rrq(insider)) : lab.sign(lab.rrq(insider), insider);
      this.#remember(insider, this.deliver(octets, insider.ras));
    }
  }

  #remember({ record }: LabTerminal, { sent }: Outcome): void {
    for (const { message } of sent)
      if (message.kind === 'registrationConfirm')
        this.lab.identifiers.set(record.terminalId, message.value.endpointIdentifier);
  }
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, one) => all + one, 0);

function kindOf(octets: Buffer): string {
  try {
    return rasMessage.decode(octets).kind;
  } catch {
    return 'malformed';
  }
}

describe('a gatekeeper under mutated datagrams', () => {
  before(() => console.log(`      seed ${SEED}, ${COUNT} datagrams (COUNCIL_FUZZ_SEED, COUNCIL_FUZZ_COUNT)`));

  for (const policy of ['signed', 'open-lab'] as const)
    it(`throws nothing, loses count of nothing and serves on: ${policy}`, function () {
      this.timeout(Math.max(60_000, COUNT * 10));
      const siege = new Siege(policy);
      const { lab } = siege;
      const random = prng(SEED + 2);
      assert.equal(siege.ask(lab.rrq(honest)), 'RCF');
      for (let i = 0; i < COUNT / 2; i++) {
        if (i % 50 === 0) siege.restore();
        siege.attack();
        // Slowly, and in bursts beyond what is listed of a flood.
        siege.pass(i % 2000 < 1600 ? 10 : 1);
        // Now and then verdicts take long, and come in another order.
        if (i % 1000 === 700) lab.holding = true;
        if (i % 1000 === 999) {
          siege.look(lab.release(lab.held.toSorted(() => random.below(3) - 1)));
          siege.audit();
          assert.equal(siege.ask(lab.keepAlive(honest)), 'RCF');
          if (policy === 'open-lab') continue; // where anybody may take the last session
          assert.equal(siege.ask(lab.arq(honest, HONEST_CALL)), 'ACF');
          assert.equal(siege.ask(lab.drq(honest, HONEST_CALL)), 'DCF');
        }
      }
      siege.look(lab.release());
      siege.audit();
      const { admissions, received, dropped } = lab.state.statistics;
      console.log(
        `      ${sum(received)} decoded, ${admissions} calls admitted, ${dropped.suppressed} suppressed; at most ${siege.peaks.join(', ')} of ${Object.values(LIMITS).join(', ')}`,
      );
      assert(admissions >= Math.floor(COUNT / 1000), 'the attack never got far enough to prove anything');
      // When the registrations of the attack have run out, nothing of it is left.
      siege.pass(150_000);
      assert.deepEqual([lab.state.endpoints.size, lab.state.calls.legs, lab.gatekeeper.pending], [0, 0, 0]);
      assert.equal(siege.ask(lab.rrq(newcomer), newcomer), 'RCF');
      assert.equal(siege.ask(lab.arq(newcomer, 1), newcomer), 'ACF');
      siege.audit();
    });
});
