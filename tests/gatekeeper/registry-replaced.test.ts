import assert from 'node:assert/strict';
import type { TerminalRecord } from '../../runtime/config/index.ts';
import {
  GatekeeperLab,
  guardian,
  labKeys,
  labTerminal,
  reasonOf,
  registryOf,
  tagOf,
} from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const mcu = labTerminal('if://council/mcu', { n: 3, kind: 'infrastructure', quota: 50_000_000, maxSessions: 9 });
const terminals = [technical, civic, mcu];

/** Both guardians in calls with the MCU. */
function inCalls(): GatekeeperLab {
  const lab = new GatekeeperLab({ terminals });
  for (const terminal of terminals) lab.register(terminal);
  lab.admit(technical, 1);
  lab.admit(mcu, 1, { answerCall: true });
  lab.admit(civic, 2);
  lab.admit(mcu, 2, { answerCall: true });
  return lab;
}

function replace(lab: GatekeeperLab, ...records: TerminalRecord[]) {
  lab.gatekeeper.replaceRegistry(registryOf(records, 'fedcba9876543210'), lab.now);
  return lab.carryOut();
}

const other = { ...technical.record, publicKey: labKeys(99).publicKey };

describe('a registry that takes the place of another', () => {
  for (const [what, records] of [
    ['is gone', [civic.record, mcu.record]],
    ['has another key', [other, civic.record, mcu.record]],
  ] as const)
    it(`ejects a terminal that ${what}: a signed DRQ for each call, a URQ, and nothing is left of it`, () => {
      const lab = inCalls();
      const identifier = lab.identifier(technical);
      const { sent, events } = replace(lab, ...records);
      assert.deepEqual(
        sent.map(({ message, token, to }) => [tagOf(message), token?.generalID, to]),
        [
          ['DRQ', technical.record.terminalId, technical.ras],
          ['URQ', technical.record.terminalId, technical.ras],
        ],
      );
      const farewell = sent[1]?.message;
      assert(farewell?.kind === 'unregistrationRequest');
      assert.deepEqual(
        [farewell.value.reason?.kind, farewell.value.endpointIdentifier],
        ['securityDenial', identifier],
      );
      assert.equal(events.at(-1)?.reason, 'securityDenial');
      assert.deepEqual([lab.state.endpoints.size, lab.state.calls.legs], [2, 3]);
      const answer = lab.ask(lab.arq(technical, 1), technical);
      assert.deepEqual([tagOf(answer), reasonOf(answer)], ['ARJ', 'securityDenial']);
    });

  it('ejects a machine with all its calls', () => {
    const lab = inCalls();
    const { sent } = replace(lab, technical.record, civic.record);
    assert.deepEqual(
      sent.map(({ message }) => tagOf(message)),
      ['DRQ', 'DRQ', 'URQ'],
    );
    assert.deepEqual([lab.state.calls.legs, lab.state.calls.units], [2, 20_000]);
  });

  it('leaves who is unchanged alone, though every record is another object: calls, timers, signatures', () => {
    const lab = inCalls();
    lab.pass(30_000);
    const copies = terminals.map(({ record }) => ({ ...record, publicKey: Uint8Array.from(record.publicKey) }));
    assert.deepEqual(replace(lab, ...copies).sent, []);
    assert.equal(lab.state.calls.legs, 4);
    for (const terminal of terminals) assert.equal(tagOf(lab.ask(lab.keepAlive(terminal), terminal)), 'RCF');
    lab.pass(59_000);
    assert.equal(lab.state.endpoints.size, 3);
  });

  it('lets a terminal with a new key in with that, and no longer with the old one', () => {
    const lab = inCalls();
    replace(lab, other, civic.record, mcu.record);
    assert.equal(reasonOf(lab.ask(lab.rrq(technical), technical)), 'securityDenial');
    lab.register({ ...technical, record: other, sign: labKeys(99).sign });
  });

  it('counts new limits from the next request on', () => {
    const lab = inCalls();
    replace(lab, technical.record, civic.record, { ...mcu.record, maxSessions: 1 });
    assert.equal(lab.state.calls.legs, 4);
    assert.equal(reasonOf(lab.ask(lab.arq(mcu, 3, { answerCall: true }), mcu)), 'resourceUnavailable');
  });

  it('leaves unsigned endpoints of the lab where they are', () => {
    const lab = new GatekeeperLab({ config: { policy: 'open-lab' } });
    lab.register(technical);
    assert.deepEqual(replace(lab).sent, []);
    assert.equal(lab.state.endpoints.size, 1);
  });
});
