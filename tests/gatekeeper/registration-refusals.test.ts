import assert from 'node:assert/strict';
import type { AliasAddress, RegistrationRequest, TransportAddress } from '../../runtime/h225/index.ts';
import { policyCodeOf } from '../../runtime/h225/index.ts';
import { GatekeeperLab, guardian, labTerminal, registryOf } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const terminals = [technical, civic];
const name = (value: string): AliasAddress => ({ kind: 'h323-ID', value });
const ipx: TransportAddress = {
  kind: 'ipxAddress',
  value: { node: Buffer.alloc(6, 1), netnum: Buffer.alloc(4, 1), port: Buffer.alloc(2, 1) },
};
const noPort: TransportAddress = { kind: 'ipAddress', value: { ip: Buffer.of(192, 0, 2, 1), port: 0 } };

function refusal(lab: GatekeeperLab, more: Partial<RegistrationRequest>, terminal = technical) {
  const size = lab.state.endpoints.size;
  const answer = lab.ask(lab.rrq(terminal, more), terminal);
  assert(answer.kind === 'registrationReject', 'registered');
  assert.equal(lab.state.endpoints.size, size);
  return { reason: answer.value.rejectReason, policy: policyCodeOf(answer.value.nonStandardData) };
}

describe('registrations that are refused', () => {
  for (const [what, more, reason] of [
    ['names another gatekeeper', { gatekeeperIdentifier: 'another-gk' }, 'discoveryRequired'],
    ['speaks no H.225.0', { protocolIdentifier: '0.0.8.2251.0.7' }, 'invalidRevision'],
    ['has no RAS address', { rasAddress: [] }, 'invalidRASAddress'],
    ['has a RAS address that no IP socket has', { rasAddress: [ipx] }, 'invalidRASAddress'],
    ['has a RAS address without a port', { rasAddress: [noPort] }, 'invalidRASAddress'],
    ['has no call signalling address', { callSignalAddress: [] }, 'invalidCallSignalAddress'],
    ['has none on an IP network', { callSignalAddress: [ipx] }, 'invalidCallSignalAddress'],
    ['has one without a port', { callSignalAddress: [noPort] }, 'invalidCallSignalAddress'],
    ['renews what is not there', { keepAlive: true, endpointIdentifier: 'x' }, 'fullRegistrationRequired'],
    ['renews without an identifier', { keepAlive: true }, 'fullRegistrationRequired'],
    ['adds to what is not there', { additiveRegistration: null }, 'fullRegistrationRequired'],
  ] as const)
    it(`${reason}: one that ${what}`, () => {
      assert.deepEqual(refusal(new GatekeeperLab({ terminals }), more), {
        reason: { kind: reason, value: null },
        policy: undefined,
      });
    });

  it('duplicateAlias: one with the alias of somebody who is registered, which is named', () => {
    const lab = new GatekeeperLab({ terminals });
    lab.register(civic, { terminalAlias: [name('chair'), name('civic')] });
    const { reason, policy } = refusal(lab, { terminalAlias: [name('technical'), name('chair')] });
    assert.deepEqual(reason, { kind: 'duplicateAlias', value: [name('chair')] });
    assert.equal(policy, 'SYBIL_DUPLICATE');
  });

  for (const kind of ['url-ID', 'h323-ID', 'email-ID'] as const)
    it(`${kind === 'email-ID' ? 'invalidAlias' : 'duplicateAlias'}: somebody else's terminal_id as ${kind}, even while that is not registered`, () => {
      const { reason } = refusal(new GatekeeperLab({ terminals }), {
        terminalAlias: [{ kind, value: civic.record.terminalId }],
      });
      assert.equal(reason.kind, kind === 'email-ID' ? 'invalidAlias' : 'duplicateAlias');
    });

  it('invalidAlias: personal data in an alias', () => {
    for (const alias of [name('anna@example.org'), { kind: 'dialedDigits', value: '4930123456' } as const])
      assert.deepEqual(refusal(new GatekeeperLab({ terminals }), { terminalAlias: [alias] }), {
        reason: { kind: 'invalidAlias', value: null },
        policy: 'PII_POLICY_VIOLATION',
      });
  });

  it('resourceUnavailable: more aliases or addresses than anybody needs', () => {
    const lab = new GatekeeperLab({ terminals });
    const terminalAlias = Array.from({ length: 17 }, (_, i) => name(`alias ${i}`));
    const callSignalAddress = Array.from({ length: 9 }, (_, i) => ({
      kind: 'ipAddress' as const,
      value: { ip: Buffer.of(192, 0, 2, 1), port: 1720 + i },
    }));
    for (const more of [{ terminalAlias }, { callSignalAddress }]) {
      const { reason, policy } = refusal(lab, more);
      assert.deepEqual([reason.kind, policy], ['resourceUnavailable', 'CAPACITY_EXCEEDED']);
    }
    lab.register(technical, {
      terminalAlias: terminalAlias.slice(1),
      callSignalAddress: callSignalAddress.slice(1),
    });
  });

  it('resourceUnavailable: a new endpoint where there are as many as may be, but never a refresh or a new start', () => {
    const lab = new GatekeeperLab({ terminals, config: { maxEndpoints: 1 } });
    const endpointIdentifier = lab.register(technical);
    const { reason, policy } = refusal(lab, {}, civic);
    assert.deepEqual([reason.kind, policy], ['resourceUnavailable', 'CAPACITY_EXCEEDED']);
    lab.register(technical, { endpointIdentifier });
    lab.register(technical);
    lab.pass(61_000);
    lab.register(civic);
  });

  it('a refused new start leaves the registration that it would supersede', () => {
    const lab = new GatekeeperLab({ terminals });
    lab.register(civic, { terminalAlias: [name('civic')] });
    lab.register(technical);
    lab.admit(technical, 1);
    refusal(lab, { terminalAlias: [name('civic')] });
    assert.deepEqual([lab.state.endpoints.size, lab.state.calls.legs], [2, 1]);
    assert.equal(lab.ask(lab.keepAlive(technical), technical).kind, 'registrationConfirm');
  });

  it('gives a terminal its own name back from whoever took it before it was in the registry', () => {
    const late = labTerminal('if://guardian/late', { n: 3 });
    const lab = new GatekeeperLab({ terminals });
    const squatted: AliasAddress = { kind: 'url-ID', value: 'if://guardian/late' };
    lab.register(technical, { terminalAlias: [squatted] });
    lab.gatekeeper.replaceRegistry(registryOf([...terminals, late].map(({ record }) => record)), lab.now);
    lab.register(late, { terminalAlias: [squatted] });
    assert.equal(lab.state.endpoints.byAlias(squatted)?.terminal, late.record);
    lab.ask(lab.urq(technical), technical);
    assert.equal(lab.state.endpoints.byAlias(squatted)?.terminal, late.record);
  });
});
