import assert from 'node:assert/strict';
import type { TrustedGatekeeper } from '../../runtime/guardian/index.ts';
import { bandwidthUnits } from '../../runtime/units.ts';
import { GatekeeperNode, TerminalNode } from '../support/lab-council.ts';
import { CALM, LabNetwork, type Weather } from '../support/lab-network.ts';
import { labTerminal } from '../support/lab-terminal.ts';

/**
 * A zone of two gatekeepers that share everything, as one real gatekeeper that moves from the one's address to the
 * other's: what the takeover itself takes is left to the gatekeepers' own tests.
 */
class Zone {
  readonly network: LabNetwork;
  readonly gatekeeper: GatekeeperNode;
  readonly mcu: TerminalNode;
  readonly guardians: readonly TerminalNode[];
  readonly #secondary = { address: '192.0.2.251', port: 1720 };

  constructor(seed: number, weather: Weather) {
    this.network = new LabNetwork(seed, weather);
    const mcu = labTerminal('if://council/mcu', { n: 200, kind: 'infrastructure', maxSessions: 25 });
    const chosen = Array.from({ length: 12 }, (_, i) => labTerminal(`if://guardian/${i + 1}`, { n: i + 1 }));
    this.gatekeeper = new GatekeeperNode(this.network, 250, [mcu, ...chosen], {});
    const { trusted } = this.gatekeeper;
    const zone: readonly TrustedGatekeeper[] = [trusted, { ...trusted, ras: this.#secondary }];
    this.mcu = new TerminalNode(this.network, mcu, zone);
    this.guardians = chosen.map((terminal) => new TerminalNode(this.network, terminal, zone));
  }

  /** Everybody registers and is admitted. */
  open(): void {
    this.network.do((now) => {
      for (const { machine } of [this.mcu, ...this.guardians]) machine.start(now);
    });
    this.#until(() => [this.mcu, ...this.guardians].every(({ machine }) => machine.phase === 'registered'));
    const destination = { kind: 'url-ID', value: 'if://council/mcu' } as const;
    this.network.do((now) => {
      for (const { machine } of this.guardians) machine.admit({ destination, bandwidth: bandwidthUnits(50_000) }, now);
    });
    this.#until(() => this.guardians.every(({ machine }) => machine.calls.size === 1));
  }

  changeAll(units: number): void {
    this.network.do((now) => {
      for (const { machine } of this.guardians)
        for (const call of machine.calls.keys()) machine.changeBandwidth(call, bandwidthUnits(units), now);
    });
  }

  /** Milliseconds until every call has so many units. */
  untilChanged(units: number): number {
    return this.#until(() => this.guardians.every(({ machine }) => [...machine.calls.values()][0] === units));
  }

  endAll(): void {
    this.network.do((now) => {
      for (const { machine } of this.guardians) for (const call of machine.calls.keys()) machine.disengage(call, now);
    });
    this.#until(() => this.guardians.every((guardian) => guardian.count('disengaged') === 1));
  }

  #until = (isDone: () => boolean): number => this.network.runUntil(isDone, 20_000);

  /** The gatekeeper dies, and `ms` later the other one has taken over. */
  failOver(ms: number): void {
    this.network.detach(this.gatekeeper.ras);
    this.network.after(ms, () => this.network.attach(this.#secondary, this.gatekeeper));
  }

  assertUnnoticed(): void {
    for (const guardian of [this.mcu, ...this.guardians]) {
      assert.equal(guardian.count('registered'), 1);
      for (const kind of ['readmitted', 'forcedDrop', 'gatekeeperLost', 'bandwidthRefused', 'ejected'] as const)
        assert.equal(guardian.count(kind), 0, kind);
    }
  }
}

describe('twelve guardians whose gatekeeper is taken over by the other of its zone', () => {
  for (const outage of [50, 400, 2200, 4500])
    it(`after ${outage} ms go on there within 250 ms, with no registration and no call lost`, () => {
      const zone = new Zone(41, CALM);
      zone.open();
      zone.failOver(outage);
      zone.changeAll(20_000);
      const took = zone.untilChanged(20_000);
      assert(took <= outage + 260, `${took} ms`);
      for (const { machine } of zone.guardians) assert.equal(machine.gatekeeper.ras.address, '192.0.2.251');
      zone.changeAll(30_000);
      assert(zone.untilChanged(30_000) < 10); // asked there first from now on
      assert.equal(zone.gatekeeper.sessions.size, 12);
      zone.network.run(120_000);
      zone.endAll();
      assert.equal(zone.gatekeeper.sessions.size, 0);
      zone.assertUnnoticed();
    });

  for (const seed of [51, 52, 53, 54])
    it(`and a fifth of all datagrams is lost, and some come twice or late, all the same (seed ${seed})`, () => {
      const zone = new Zone(seed, { loss: 0.2, duplicates: 0.1, delay: [1, 120] });
      zone.open();
      zone.failOver(2200);
      zone.changeAll(20_000);
      const took = zone.untilChanged(20_000);
      assert(took < 5000, `${took} ms`);
      zone.endAll();
      assert.equal(zone.gatekeeper.sessions.size, 0);
      zone.assertUnnoticed();
    });
});
