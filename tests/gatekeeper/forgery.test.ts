import assert from 'node:assert/strict';
import { type RasMessage, rasMessage } from '../../runtime/h225/index.ts';
import { GatekeeperLab, guardian, labTerminal } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const terminals = [technical, civic];
const attacker = labTerminal(technical.record.terminalId, { n: 66 });

/** All that a gatekeeper knows of endpoints and calls. */
function knowledge({ state }: GatekeeperLab) {
  return {
    endpoints: [...state.endpoints.all()].map((endpoint) => ({
      identifier: endpoint.identifier,
      terminal: endpoint.terminal?.terminalId,
      aliases: endpoint.aliases,
      signalAddresses: endpoint.signalAddresses,
      peer: endpoint.peer,
      expiresAt: endpoint.expiresAt,
      units: endpoint.units,
      legs: [...endpoint.legs.values()].map(({ call, units, answer }) => ({ key: call.key, units, answer })),
    })),
    calls: [state.calls.size, state.calls.legs, state.calls.units],
    admissions: state.statistics.admissions,
  };
}

const forgeries: readonly (readonly [string, (lab: GatekeeperLab) => RasMessage])[] = [
  ['RRQ that would hijack the registration', (lab) => lab.rrq(attacker)],
  ['refresh', (lab) => lab.rrq(attacker, { endpointIdentifier: lab.identifier(technical) })],
  ['restart', (lab) => lab.rrq(attacker, { endpointIdentifier: lab.identifier(technical), restart: null })],
  [
    'additive RRQ',
    (lab) => lab.rrq(attacker, { endpointIdentifier: lab.identifier(technical), additiveRegistration: null }),
  ],
  ['keep-alive', (lab) => lab.keepAlive(technical, { timeToLive: 1 })],
  ['URQ', (lab) => lab.urq(technical)],
  ['ARQ', (lab) => lab.arq(technical, 2)],
  ['ARQ for the call that there is', (lab) => lab.arq(technical, 1, { bandWidth: 1 })],
  ['BRQ', (lab) => lab.brq(technical, 1, { bandWidth: 0 })],
  ['DRQ', (lab) => lab.drq(technical, 1)],
  ['IRR', (lab) => lab.irr(technical)],
];

/** A lab with the technical guardian in call 1, seconds later. */
function busy(): GatekeeperLab {
  const lab = new GatekeeperLab({ terminals });
  lab.register(technical);
  lab.register(civic);
  lab.admit(technical, 1);
  lab.pass(10_000);
  return lab;
}

describe('a forgery changes nothing', () => {
  for (const [what, build] of forgeries) {
    it(`${what}, unsigned`, () => {
      const lab = busy();
      const before = knowledge(lab);
      lab.deliver(rasMessage.encode(build(lab)), attacker.ras);
      assert.deepEqual(knowledge(lab), before);
    });

    it(`${what}, signed with another key`, () => {
      const lab = busy();
      const before = knowledge(lab);
      assert.deepEqual(lab.deliver(lab.sign(build(lab), attacker), attacker.ras).verdicts, [false]);
      assert.deepEqual(knowledge(lab), before);
    });
  }

  for (const [what, build] of forgeries.filter(([name]) => !name.startsWith('RRQ') && !name.startsWith('re')))
    it(`${what}, signed by another guardian in its own name`, () => {
      const lab = busy();
      const before = knowledge(lab);
      assert.deepEqual(lab.deliver(lab.sign(build(lab), civic), civic.ras).verdicts, [true]);
      assert.deepEqual(knowledge(lab), before);
    });
});
