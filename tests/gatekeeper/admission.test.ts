import assert from 'node:assert/strict';
import type { AdmissionRequest, AliasAddress, TransportAddress } from '../../runtime/h225/index.ts';
import { policyCodeOf } from '../../runtime/h225/index.ts';
import { GatekeeperLab, guardian, type LabTerminal, labTerminal, tagOf } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const mcu = labTerminal('if://council/mcu', { n: 3, kind: 'infrastructure', quota: 50_000_000, maxSessions: 3 });
const terminals = [technical, civic, mcu];
const nowhere: TransportAddress = { kind: 'ipAddress', value: { ip: Buffer.of(203, 0, 113, 9), port: 1720 } };
const name = ({ record }: LabTerminal): AliasAddress => ({ kind: 'url-ID', value: record.terminalId });

function registered(config = {}): GatekeeperLab {
  const lab = new GatekeeperLab({ terminals, config });
  for (const terminal of terminals) lab.register(terminal);
  return lab;
}

function refusal(lab: GatekeeperLab, terminal: LabTerminal, call: number, more: Partial<AdmissionRequest> = {}) {
  const [calls, units] = [lab.state.calls.legs, lab.state.calls.units];
  const { sent, events } = lab.send(lab.arq(terminal, call, more), terminal);
  const [only] = sent;
  assert(only?.message.kind === 'admissionReject' && sent.length === 1, 'admitted');
  assert.deepEqual([lab.state.calls.legs, lab.state.calls.units], [calls, units], 'a refusal changes nothing');
  const reason = only.message.value.rejectReason.kind;
  const policy = policyCodeOf(only.message.value.nonStandardData);
  const line = events.at(-1);
  assert.deepEqual([line?.msgType, line?.reason, line?.policy], ['ARJ', reason, policy], 'the log says the same');
  if (policy !== undefined) assert(lab.state.statistics.refused[policy] > 0);
  return [reason, policy];
}

describe('admission (ARQ)', () => {
  it('refuses an endpoint that is not registered', () => {
    const lab = new GatekeeperLab({ terminals });
    assert.deepEqual(refusal(lab, technical, 1), ['invalidEndpointIdentifier', undefined]);
  });

  it('refuses a call to nobody who is registered, by name or by address', () => {
    const lab = registered();
    const to = (destinationInfo: AliasAddress[], destCallSignalAddress?: TransportAddress) =>
      refusal(lab, technical, 1, { destinationInfo, destCallSignalAddress });
    assert.deepEqual(to([{ kind: 'h323-ID', value: 'nobody' }]), ['calledPartyNotRegistered', undefined]);
    assert.deepEqual(to([], nowhere), ['calledPartyNotRegistered', undefined]);
    assert.deepEqual(to([]), ['calledPartyNotRegistered', undefined]);
  });

  it('sends the caller to the address of whom it calls by name, whatever address it gives beside it', () => {
    const lab = registered();
    const destinationInfo: AliasAddress[] = [{ kind: 'h323-ID', value: 'nobody' }, name(mcu)];
    const answer = lab.ask(lab.arq(technical, 1, { destinationInfo, destCallSignalAddress: nowhere }), technical);
    assert(answer.kind === 'admissionConfirm');
    const { destCallSignalAddress, callModel, bandWidth, irrFrequency, willRespondToIRR } = answer.value;
    assert.deepEqual(destCallSignalAddress, { kind: 'ipAddress', value: { ip: Buffer.of(192, 0, 2, 3), port: 1720 } });
    assert.deepEqual([callModel.kind, bandWidth, irrFrequency, willRespondToIRR], ['direct', 10_000, undefined, true]);
  });

  it('asks for status reports where that is configured', () => {
    const lab = registered({ irrFrequency: 15 });
    const answer = lab.ask(lab.arq(technical, 1), technical);
    assert(answer.kind === 'admissionConfirm');
    assert.equal(answer.value.irrFrequency, 15);
  });

  it('admits who answers a call, with its own address', () => {
    const lab = registered();
    const answer = lab.ask(lab.arq(mcu, 1, { answerCall: true, destCallSignalAddress: undefined }), mcu);
    assert(answer.kind === 'admissionConfirm');
    assert.deepEqual(answer.value.destCallSignalAddress, {
      kind: 'ipAddress',
      value: { ip: Buffer.of(192, 0, 2, 3), port: 1720 },
    });
  });

  it('refuses a second session of a guardian, but not the same call again', () => {
    const lab = registered();
    lab.admit(technical, 1);
    assert.deepEqual(refusal(lab, technical, 2), ['invalidPermission', 'SYBIL_DUPLICATE']);
    assert.deepEqual(refusal(lab, technical, 1, { answerCall: true }), ['invalidPermission', 'SYBIL_DUPLICATE']);
    lab.admit(technical, 1, { bandWidth: 20_000 });
    assert.deepEqual([lab.state.calls.legs, lab.state.calls.units, lab.state.statistics.admissions], [1, 20_000, 1]);
    lab.ask(lab.drq(technical, 1), technical);
    lab.admit(technical, 2);
  });

  it('takes calls without a callIdentifier apart by conference and call reference', () => {
    const lab = registered();
    const callIdentifier = { guid: Buffer.alloc(16) };
    lab.admit(mcu, 1, { callIdentifier });
    lab.admit(mcu, 1, { callIdentifier: undefined, bandWidth: 20_000 });
    assert.deepEqual([lab.state.calls.legs, lab.state.calls.units], [1, 20_000]);
    lab.admit(mcu, 1, { callIdentifier, callReferenceValue: 2 });
    assert.equal(lab.state.calls.legs, 2);
  });

  it('refuses personal data in what it says of the call', () => {
    const lab = registered();
    const srcInfo: AliasAddress[] = [{ kind: 'h323-ID', value: 'anna@example.org' }];
    assert.deepEqual(refusal(lab, technical, 1, { srcInfo }), ['invalidPermission', 'PII_POLICY_VIOLATION']);
  });

  it('refuses more sessions than the council holds, a call with two ends being two', () => {
    const lab = registered({ maxSessions: 2 });
    lab.admit(technical, 1);
    lab.admit(mcu, 1, { answerCall: true });
    assert.deepEqual(refusal(lab, civic, 2), ['resourceUnavailable', 'CAPACITY_EXCEEDED']);
    lab.admit(technical, 1);
    lab.ask(lab.drq(technical, 1), technical);
    lab.admit(civic, 2);
  });

  it('refuses more sessions of a machine than it has', () => {
    const lab = registered();
    for (const call of [1, 2, 3]) lab.admit(mcu, call, { answerCall: true });
    assert.deepEqual(refusal(lab, mcu, 4), ['resourceUnavailable', 'CAPACITY_EXCEEDED']);
  });

  it('names the first gate that refuses', () => {
    const lab = registered({ maxSessions: 1 });
    lab.admit(technical, 1, { bandWidth: 50_000 });
    const bad: Partial<AdmissionRequest> = { srcInfo: [{ kind: 'email-ID', value: 'anna@example.org' }] };
    assert.deepEqual(refusal(lab, technical, 2, bad), ['invalidPermission', 'SYBIL_DUPLICATE']);
    const endpointIdentifier = lab.identifier(technical);
    assert.deepEqual(refusal(lab, civic, 2, { ...bad, endpointIdentifier }), ['securityDenial', 'INVALID_SIGNATURE']);
    assert.deepEqual(refusal(lab, civic, 2, bad), ['invalidPermission', 'PII_POLICY_VIOLATION']);
    assert.deepEqual(refusal(lab, civic, 2), ['resourceUnavailable', 'CAPACITY_EXCEEDED']);
  });

  it('writes the request and its answer down, with the call and the bandwidth', () => {
    const lab = registered();
    const { events } = lab.send(lab.arq(technical, 7, { bandWidth: 100_000 }), technical);
    assert.deepEqual(
      events.map(({ msgType, bandwidth, callId, terminalId, seq }) => [
        msgType,
        bandwidth,
        callId && Buffer.from(callId).readUInt32BE(0),
        terminalId,
        seq,
      ]),
      [
        ['ARQ', 100_000, 7, technical.record.terminalId, 4],
        ['ACF', 50_000, 7, technical.record.terminalId, 4],
      ],
    );
    assert(!JSON.stringify(events).includes(lab.identifier(technical)), 'the identifier is a secret');
  });

  it('admits unregistered terminals of unsigned stock endpoints under the lab policy, to any address', () => {
    const lab = new GatekeeperLab({ config: { policy: 'open-lab', maxSessions: 1 } });
    lab.register(technical);
    for (const call of [1, 2, 3])
      lab.admit(technical, call, {
        destCallSignalAddress: nowhere,
        srcInfo: [{ kind: 'email-ID', value: 'anna@example.org' }],
      });
    assert.equal(tagOf(lab.ask(lab.drq(technical, 2), technical)), 'DCF');
    assert.equal(lab.state.calls.legs, 2);
  });
});
