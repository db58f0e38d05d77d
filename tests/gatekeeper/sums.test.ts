import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bitsPerSecond, unitsForOneWayRate } from '../../runtime/units.ts';
import { GatekeeperLab, guardian, type LabTerminal, labTerminal } from '../support/gatekeeper-lab.ts';

const COUNCIL = bitsPerSecond(4_000_000);
const terminals = [
  guardian(1),
  guardian(2, { quota: 2_000_000 }),
  labTerminal('if://council/mcu', { n: 3, kind: 'infrastructure', quota: 3_000_000, maxSessions: 4 }),
] as const;

/** The sums that the gatekeeper keeps, worked out anew from the legs of its endpoints. */
function recomputed({ state }: GatekeeperLab) {
  const calls = new Map<string, number>();
  let legs = 0;
  for (const endpoint of state.endpoints.all()) {
    let units = 0;
    for (const leg of endpoint.legs.values()) {
      legs++;
      units += leg.units;
      calls.set(leg.call.key, Math.max(calls.get(leg.call.key) ?? 0, leg.units));
      assert(leg.call.legs.includes(leg) && state.calls.call(leg.call.key) === leg.call);
    }
    assert.equal(endpoint.units, units, 'the sum of an endpoint');
  }
  return { legs, calls: calls.size, units: [...calls.values()].reduce((sum, units) => sum + units, 0) };
}

function check(lab: GatekeeperLab): void {
  const { calls } = lab.state;
  assert.deepEqual({ legs: calls.legs, calls: calls.size, units: calls.units }, recomputed(lab));
  assert(calls.units <= unitsForOneWayRate(COUNCIL), "more than the council's total");
  for (const { units, terminal, legs } of lab.state.endpoints.all()) {
    assert(terminal && units <= unitsForOneWayRate(terminal.quota), 'more than the quota');
    assert(legs.size <= terminal.maxSessions, 'more sessions than allowed');
  }
}

const action = fc.record({
  who: fc.constantFrom<LabTerminal>(...terminals),
  what: fc.constantFrom('arq', 'arq', 'arq', 'brq', 'brq', 'drq', 'rrq', 'refresh', 'restart', 'urq', 'wait', 'alive'),
  call: fc.integer({ min: 1, max: 4 }),
  answer: fc.boolean(),
  bandWidth: fc.constantFrom(0, 1, 1280, 10_000, 40_000, 50_000, 100_000, 0xffff_ffff),
});

describe('kept sums', () => {
  it('are what the live legs add up to, and never more than allowed, whatever happens in whatever order', () => {
    let admissions = 0;
    const seed = 20_261_121;
    fc.assert(
      fc.property(fc.array(action, { minLength: 5, maxLength: 60 }), (actions) => {
        const lab = new GatekeeperLab({
          terminals,
          config: { councilBandwidth: COUNCIL, maxSessions: 5 },
          secondOpinion: false,
        });
        for (const terminal of terminals) lab.register(terminal);
        for (const { who, what, call, answer, bandWidth } of actions) {
          const endpointIdentifier = lab.identifier(who);
          if (what === 'arq') lab.send(lab.arq(who, call, { bandWidth, answerCall: answer }), who);
          else if (what === 'brq') lab.send(lab.brq(who, call, { bandWidth, answeredCall: answer }), who);
          else if (what === 'drq') lab.send(lab.drq(who, call, { answeredCall: answer }), who);
          else if (what === 'rrq') lab.send(lab.rrq(who), who);
          else if (what === 'refresh') lab.send(lab.rrq(who, { endpointIdentifier }), who);
          else if (what === 'restart') lab.send(lab.rrq(who, { endpointIdentifier, restart: null }), who);
          else if (what === 'urq') lab.send(lab.urq(who), who);
          else if (what === 'alive') lab.send(lab.keepAlive(who), who);
          else lab.pass(20_000);
          check(lab);
        }
        admissions += lab.state.statistics.admissions;
        for (const terminal of terminals) lab.send(lab.urq(terminal), terminal);
        assert.deepEqual(recomputed(lab), { legs: 0, calls: 0, units: 0 });
        assert.deepEqual([lab.state.calls.legs, lab.state.calls.size, lab.state.calls.units], [0, 0, 0]);
      }),
      { seed, numRuns: 50 },
    );
    assert(admissions > 100, `only ${admissions} admissions (seed ${seed})`);
  });
});
