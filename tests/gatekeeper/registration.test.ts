import assert from 'node:assert/strict';
import type { AliasAddress } from '../../runtime/h225/index.ts';
import { GATEKEEPER_ID, GatekeeperLab, guardian, reasonOf, tagOf, tags } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const terminals = [technical, civic];
const name = (value: string): AliasAddress => ({ kind: 'h323-ID', value });
const ownName = ({ record }: typeof technical): AliasAddress => ({ kind: 'url-ID', value: record.terminalId });

describe('full registration (RRQ)', () => {
  it('gives back the aliases, the terminal_id among them, an identifier and the time-to-live', () => {
    const lab = new GatekeeperLab({ terminals });
    const answer = lab.ask(lab.rrq(technical, { terminalAlias: [name('tech')], timeToLive: 30 }), technical);
    assert(answer.kind === 'registrationConfirm');
    const { terminalAlias, endpointIdentifier, timeToLive, gatekeeperIdentifier, requestSeqNum } = answer.value;
    assert.deepEqual(terminalAlias, [name('tech'), ownName(technical)]);
    assert.deepEqual(
      { timeToLive, gatekeeperIdentifier, requestSeqNum },
      {
        timeToLive: 30,
        gatekeeperIdentifier: GATEKEEPER_ID,
        requestSeqNum: 1,
      },
    );
    assert.equal(lab.state.endpoints.byIdentifier(endpointIdentifier)?.terminal, technical.record);
  });

  it('answers a signed RRQ with a signature over its random, for the terminal', () => {
    const lab = new GatekeeperLab({ terminals });
    const { sent } = lab.deliver(lab.sign(lab.rrq(technical), technical, { random: 77 }), technical.ras);
    assert.deepEqual([sent[0]?.token?.random, sent[0]?.token?.generalID], [77, technical.record.terminalId]);
  });

  for (const [asked, granted] of [
    [undefined, 60],
    [1, 1],
    [59, 59],
    [61, 60],
    [0xffff_ffff, 60],
  ] as const)
    it(`grants ${granted} s where ${asked ?? 'nothing'} is asked for and 60 s is the most`, () => {
      const lab = new GatekeeperLab({ terminals });
      const answer = lab.ask(lab.rrq(technical, asked === undefined ? {} : { timeToLive: asked }), technical);
      assert(answer.kind === 'registrationConfirm');
      assert.equal(answer.value.timeToLive, granted);
    });

  it('makes every identifier of 128 bits of its random source, and never the same twice', () => {
    const many = Array.from({ length: 40 }, (_, i) => guardian(i + 1));
    const lab = new GatekeeperLab({ terminals: many, secondOpinion: false });
    const identifiers = [...many, ...many].map((terminal) => lab.register(terminal));
    assert.equal(new Set(identifiers).size, 80);
    for (const [i, identifier] of identifiers.entries()) {
      const octets = Buffer.from(identifier, identifier.length === 32 ? 'hex' : 'base64url');
      assert.equal(octets.length, 16);
      assert.equal(octets.readUInt32BE(0), 0x8000_0001 + i, 'the source was asked once for each');
    }
    assert.equal(lab.state.endpoints.size, 40);
  });

  it('finds an endpoint by everything it registered', () => {
    const lab = new GatekeeperLab({ terminals });
    const identifier = lab.register(technical, {
      terminalAlias: [name('tech'), { kind: 'dialedDigits', value: '101' }],
    });
    const { endpoints } = lab.state;
    const endpoint = endpoints.byIdentifier(identifier);
    assert(endpoint);
    for (const alias of [name('tech'), { kind: 'dialedDigits', value: '101' }, ownName(technical)] as const)
      assert.equal(endpoints.byAlias(alias), endpoint);
    assert.equal(endpoints.bySignalAddress(technical.signalling), endpoint);
    assert.equal(endpoints.byTerminal(technical.record.terminalId), endpoint);
    assert.equal(endpoints.byAlias({ kind: 'url-ID', value: 'tech' }), undefined, 'kinds of aliases are apart');
  });

  it('keeps no view of the datagram', () => {
    const lab = new GatekeeperLab({ terminals });
    const octets = lab.sign(lab.rrq(technical, { terminalAlias: [name('tech')] }), technical);
    lab.deliver(octets, technical.ras);
    octets.fill(0xff);
    assert(lab.state.endpoints.byAlias(name('tech')));
    assert.deepEqual(lab.state.endpoints.byTerminal(technical.record.terminalId)?.signalAddresses, [
      technical.signalling,
    ]);
  });
});

describe('unregistration (URQ)', () => {
  it('ends the registration and its calls, and may not be repeated', () => {
    const lab = new GatekeeperLab({ terminals });
    lab.register(technical);
    lab.admit(technical, 1);
    assert.equal(tagOf(lab.ask(lab.urq(technical), technical)), 'UCF');
    assert.deepEqual([lab.state.endpoints.size, lab.state.calls.size, lab.state.calls.units], [0, 0, 0]);
    assert.equal(lab.state.endpoints.bySignalAddress(technical.signalling), undefined);
    const again = lab.ask(lab.urq(technical), technical);
    assert.deepEqual([tagOf(again), reasonOf(again)], ['URJ', 'notCurrentlyRegistered']);
    assert.deepEqual(tags(lab.pass(120_000)), [], 'nothing runs out that is gone');
  });

  it('takes a terminal by its signalling address where it names no identifier', () => {
    const lab = new GatekeeperLab({ terminals });
    lab.register(technical);
    const request = lab.urq(technical, { endpointIdentifier: undefined, callSignalAddress: [technical.signalling] });
    assert.equal(tagOf(lab.ask(request, technical)), 'UCF');
  });

  it("lets nobody end another's registration, by identifier or by address", () => {
    const lab = new GatekeeperLab({ terminals });
    lab.register(technical);
    lab.register(civic);
    const endpointIdentifier = lab.identifier(technical);
    for (const request of [
      lab.urq(civic, { endpointIdentifier }),
      lab.urq(civic, { endpointIdentifier: undefined, callSignalAddress: [technical.signalling] }),
    ])
      assert.equal(tagOf(lab.ask(request, civic)), 'URJ');
    assert.equal(lab.state.endpoints.size, 2);
  });
});
