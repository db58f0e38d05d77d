import assert from 'node:assert/strict';
import type { AliasAddress, TransportAddress } from '../../runtime/h225/index.ts';
import { GatekeeperLab, guardian, reasonOf, tagOf, tags } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const terminals = [technical, civic];
const name = (value: string): AliasAddress => ({ kind: 'h323-ID', value });
const port = (n: number): TransportAddress => ({ kind: 'ipAddress', value: { ip: Buffer.of(192, 0, 2, 9), port: n } });

/** A lab with the technical guardian in call 1. */
function inCall(): { readonly lab: GatekeeperLab; readonly endpointIdentifier: string } {
  const lab = new GatekeeperLab({ terminals });
  const endpointIdentifier = lab.register(technical, { terminalAlias: [name('tech')] });
  lab.admit(technical, 1);
  return { lab, endpointIdentifier };
}

describe('lightweight registration (keepAlive)', () => {
  it('keeps calls, aliases and addresses, whatever else it says, and answers without aliases', () => {
    const { lab, endpointIdentifier } = inCall();
    const answer = lab.ask(
      lab.keepAlive(technical, { terminalAlias: [name('other')], callSignalAddress: [], timeToLive: 20 }),
      technical,
    );
    assert(answer.kind === 'registrationConfirm');
    const { endpointIdentifier: same, timeToLive, terminalAlias } = answer.value;
    assert.deepEqual([same, timeToLive, terminalAlias], [endpointIdentifier, 20, undefined]);
    const endpoint = lab.state.endpoints.byAlias(name('tech'));
    assert.deepEqual([endpoint?.legs.size, endpoint?.signalAddresses], [1, [technical.signalling]]);
    assert.equal(lab.state.endpoints.byAlias(name('other')), undefined);
  });

  it("renews nobody else's registration", () => {
    const { lab, endpointIdentifier } = inCall();
    lab.register(civic);
    lab.pass(50_000);
    const answer = lab.ask(lab.keepAlive(civic, { endpointIdentifier }), civic);
    assert.equal(reasonOf(answer), 'fullRegistrationRequired');
    lab.pass(11_000);
    assert.equal(lab.state.endpoints.byIdentifier(endpointIdentifier), undefined);
  });

  it('follows a terminal whose datagrams come from another port', () => {
    const { lab } = inCall();
    const moved = { ...technical, ras: { address: '198.51.100.7', port: 40_000 } };
    lab.ask(lab.keepAlive(technical), moved);
    const { sent } = lab.pass(61_000);
    assert.deepEqual(
      sent.map(({ to }) => to),
      [moved.ras, moved.ras],
    );
  });
});

describe('additive registration', () => {
  it('adds aliases and addresses, each once', () => {
    const { lab, endpointIdentifier } = inCall();
    for (let time = 0; time < 2; time++) {
      const answer = lab.ask(
        lab.rrq(technical, {
          endpointIdentifier,
          additiveRegistration: null,
          terminalAlias: [name('tech'), name('deputy')],
          callSignalAddress: [technical.signalling, port(1721)],
        }),
        technical,
      );
      assert(answer.kind === 'registrationConfirm');
      assert.deepEqual(answer.value.terminalAlias, [
        name('tech'),
        { kind: 'url-ID', value: technical.record.terminalId },
        name('deputy'),
      ]);
    }
    const endpoint = lab.state.endpoints.byIdentifier(endpointIdentifier);
    assert.deepEqual(endpoint?.signalAddresses.length, 2);
    assert.equal(lab.state.endpoints.bySignalAddress(port(1721)), endpoint);
    assert.equal(endpoint?.legs.size, 1);
  });

  it('refuses what would be too many, instead of leaving some out', () => {
    const { lab, endpointIdentifier } = inCall();
    const add = (more: object) =>
      lab.ask(lab.rrq(technical, { endpointIdentifier, additiveRegistration: null, ...more }), technical);
    const callSignalAddress = Array.from({ length: 8 }, (_, i) => port(2000 + i));
    assert.equal(reasonOf(add({ callSignalAddress })), 'resourceUnavailable');
    const terminalAlias = Array.from({ length: 15 }, (_, i) => name(`alias ${i}`));
    assert.equal(reasonOf(add({ terminalAlias })), 'resourceUnavailable');
    assert.equal(tagOf(add({ terminalAlias: terminalAlias.slice(1) })), 'RCF');
  });
});

describe('registering again', () => {
  it('with the identifier is a refresh: calls live on, aliases and addresses are replaced', () => {
    const { lab, endpointIdentifier } = inCall();
    const again = lab.register(technical, {
      endpointIdentifier,
      terminalAlias: [name('new')],
      callSignalAddress: [port(1800)],
    });
    assert.equal(again, endpointIdentifier);
    const { endpoints, calls } = lab.state;
    assert.deepEqual([endpoints.size, calls.legs], [1, 1]);
    assert.deepEqual(
      [endpoints.byAlias(name('tech')), endpoints.bySignalAddress(technical.signalling)],
      [undefined, undefined],
    );
    assert(endpoints.byAlias(name('new')) !== undefined && endpoints.bySignalAddress(port(1800)) !== undefined);
  });

  it('with the identifier and the restart flag ends the calls', () => {
    const { lab, endpointIdentifier } = inCall();
    assert.equal(lab.register(technical, { endpointIdentifier, restart: null }), endpointIdentifier);
    assert.deepEqual([lab.state.calls.legs, lab.state.calls.units], [0, 0]);
  });

  for (const [what, asked] of [
    ['without an identifier', undefined],
    ['with one that is no longer known', 'ffff'],
  ] as const)
    it(`${what} is a new start: it supersedes, the old identifier stops working, the calls are over`, () => {
      const { lab, endpointIdentifier } = inCall();
      const { events } = lab.send(lab.rrq(technical, { endpointIdentifier: asked }), technical);
      assert.equal(events.at(-1)?.detail, 'supersedes');
      assert.notEqual(lab.identifier(technical), endpointIdentifier);
      assert.deepEqual([lab.state.endpoints.size, lab.state.calls.legs, lab.state.calls.units], [1, 0, 0]);
      for (const [request, reason] of [
        [lab.keepAlive(technical, { endpointIdentifier }), 'fullRegistrationRequired'],
        [lab.arq(technical, 2, { endpointIdentifier }), 'invalidEndpointIdentifier'],
        [lab.brq(technical, 1, { endpointIdentifier }), 'notBound'],
        [lab.drq(technical, 1, { endpointIdentifier }), 'notRegistered'],
        [lab.irr(technical, { endpointIdentifier }), 'notRegistered'],
        [lab.urq(technical, { endpointIdentifier }), 'notCurrentlyRegistered'],
      ] as const)
        assert.equal(reasonOf(lab.ask(request, technical)), reason);
    });

  it("with another's identifier is a new start of one's own, and leaves the other alone", () => {
    const { lab, endpointIdentifier } = inCall();
    lab.register(civic);
    lab.register(civic, { endpointIdentifier });
    assert.notEqual(lab.identifier(civic), endpointIdentifier);
    assert.deepEqual([lab.state.endpoints.size, lab.state.calls.legs], [2, 1]);
  });

  it('finds every terminal of a host that several share an address on, whoever leaves first', () => {
    const lab = new GatekeeperLab({ terminals });
    lab.register(technical, { callSignalAddress: [port(1720)] });
    lab.register(civic, { callSignalAddress: [port(1720)] });
    lab.ask(lab.urq(civic), civic);
    assert.equal(lab.state.endpoints.bySignalAddress(port(1720))?.terminal, technical.record);
    lab.ask(lab.urq(technical), technical);
    assert.equal(lab.state.endpoints.bySignalAddress(port(1720)), undefined);
  });
});

describe('registering again under the lab policy', () => {
  const stock = new GatekeeperLab({ config: { policy: 'open-lab' } });
  const identifier = stock.register(technical, { terminalAlias: [name('stock')] });
  stock.admit(technical, 1);

  it('from the same address is a refresh, though a stock endpoint forgot its identifier', () => {
    assert.equal(stock.register(technical, { terminalAlias: [name('stock')] }), identifier);
    assert.equal(stock.state.calls.legs, 1);
  });

  it('from another RAS port, at the same signalling address, supersedes', () => {
    const moved = { ...technical, ras: { ...technical.ras, port: 50_000 } };
    assert.notEqual(stock.register(moved, { terminalAlias: [name('stock')] }), identifier);
    assert.deepEqual([stock.state.endpoints.size, stock.state.calls.legs], [1, 0]);
    assert.deepEqual(tags(stock.pass(59_000)), []);
  });
});
