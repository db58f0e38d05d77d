import assert from 'node:assert/strict';
import { policyCodeOf, type RasMessage, rasMessage } from '../../runtime/h225/index.ts';
import { GatekeeperLab, guardian, labTerminal, reasonOf, tagOf } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const stock = labTerminal('stock', { n: 50 });

/** A lab in which a guardian registered with its signature and is in call 1, beside a stock endpoint. */
function mixed() {
  const lab = new GatekeeperLab({ terminals: [technical], config: { policy: 'open-lab' } });
  const signed = (message: RasMessage) => lab.deliver(lab.sign(message, technical), technical.ras).sent[0];
  const confirmed = signed(lab.rrq(technical))?.message;
  assert(confirmed?.kind === 'registrationConfirm');
  lab.identifiers.set(technical.record.terminalId, confirmed.value.endpointIdentifier);
  assert.equal(signed(lab.arq(technical, 1))?.message.kind, 'admissionConfirm');
  lab.register(stock);
  return { lab, signed };
}

describe('the lab policy', () => {
  it('still holds signed requests to their signature, and signs their answers', () => {
    const { lab, signed } = mixed();
    assert(signed(lab.keepAlive(technical))?.token);
    const forged = lab.sign(lab.urq(technical), { ...technical, sign: () => Buffer.alloc(64) });
    assert.equal(reasonOf(lab.deliver(forged, technical.ras).sent[0]?.message ?? assert.fail()), 'securityDenial');
    const copy = lab.sign(lab.keepAlive(technical), technical);
    lab.deliver(copy, technical.ras);
    assert.equal(reasonOf(lab.deliver(copy, stock.ras).sent[0]?.message ?? assert.fail()), 'securityDenial');
  });

  it('holds guardians to their quota and their one session', () => {
    const { lab, signed } = mixed();
    const answer = signed(lab.arq(technical, 2))?.message;
    assert(answer?.kind === 'admissionReject');
    assert.equal(policyCodeOf(answer.value.nonStandardData), 'SYBIL_DUPLICATE');
  });

  for (const [what, build, reason] of [
    ['admission', (lab) => lab.arq(technical, 2), 'securityDenial'],
    ['bandwidth', (lab) => lab.brq(technical, 1, { bandWidth: 0 }), 'notBound'],
    ['disengage', (lab) => lab.drq(technical, 1), 'notRegistered'],
    ['status', (lab) => lab.irr(technical), 'notRegistered'],
    ['unregistration', (lab) => lab.urq(technical), 'notCurrentlyRegistered'],
    ['keep-alive', (lab) => lab.keepAlive(technical), 'fullRegistrationRequired'],
    [
      'name',
      (lab) => lab.rrq(stock, { terminalAlias: [{ kind: 'h323-ID', value: technical.record.terminalId }] }),
      'duplicateAlias',
    ],
  ] as const satisfies readonly (readonly [string, (lab: GatekeeperLab) => RasMessage, string])[])
    it(`lets nobody speak unsigned for an endpoint that registered signed: ${what}`, () => {
      const { lab } = mixed();
      const { sent } = lab.deliver(rasMessage.encode(build(lab)), technical.ras);
      assert.equal(reasonOf(sent[0]?.message ?? assert.fail()), reason);
      assert.deepEqual([lab.state.endpoints.size, lab.state.calls.legs, lab.state.calls.units], [2, 1, 10_000]);
    });

  it('lets an unsigned endpoint at the address of a signed one be another endpoint', () => {
    const { lab } = mixed();
    lab.register(stock, { callSignalAddress: [technical.signalling] });
    assert.equal(lab.state.endpoints.byTerminal(technical.record.terminalId)?.legs.size, 1);
    assert.equal(tagOf(lab.ask(lab.urq(stock), stock)), 'UCF');
    assert.equal(lab.state.endpoints.bySignalAddress(technical.signalling)?.terminal, technical.record);
  });

  it('lets 64 ends into one call and no more, so that what is done for each of them stays bounded', () => {
    const lab = new GatekeeperLab({ terminals: [], config: { policy: 'open-lab' } });
    const terminals = Array.from({ length: 65 }, (_, n) => labTerminal(`stock-${n}`, { n: 50 + n }));
    for (const terminal of terminals) lab.register(terminal);
    const [first = assert.fail(), ...others] = terminals;
    const last = others.pop() ?? assert.fail();
    for (const terminal of [first, ...others]) lab.admit(terminal, 1);
    const refused = lab.ask(lab.arq(last, 1), last);
    assert(refused.kind === 'admissionReject');
    assert.equal(reasonOf(refused), 'resourceUnavailable');
    assert.equal(policyCodeOf(refused.value.nonStandardData), 'CAPACITY_EXCEEDED');
    assert.deepEqual([lab.state.calls.size, lab.state.calls.legs], [1, 64]);
    assert.equal(tagOf(lab.ask(lab.arq(first, 1), first)), 'ACF', 'who is in it may ask again');
    assert.equal(tagOf(lab.ask(lab.drq(first, 1), first)), 'DCF');
    assert.equal(tagOf(lab.ask(lab.arq(last, 1), last)), 'ACF');
  });

  it('grants a stock endpoint what it asks for, 10 Mbit/s', () => {
    const { lab } = mixed();
    assert.equal(lab.admit(stock, 7, { bandWidth: 100_000 }), 100_000);
  });
});
