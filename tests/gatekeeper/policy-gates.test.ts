import assert from 'node:assert/strict';
import {
  type AdmissionFacts,
  antiSybil,
  authenticity,
  capacity,
  fairness,
  GATES,
  grantable,
  judge,
  pii,
} from '../../runtime/gatekeeper/policy/index.ts';
import { POLICY_CODES, policyCodeOf, policyData } from '../../runtime/h225/index.ts';
import { bandwidthUnits } from '../../runtime/units.ts';
import { arq, guardian, labTerminal } from '../support/gatekeeper-lab.ts';

const { record: technical } = guardian(1);
const { record: civic } = guardian(2);
const { record: mcu } = labTerminal('if://council/mcu', { n: 3, kind: 'infrastructure', maxSessions: 2 });
const { record: canary } = labTerminal('if://canary/a', { n: 4, kind: 'canary' });

const message = arq(1, { requestSeqNum: 1, endpointIdentifier: 'x', bandWidth: 10_000 });
assert(message.kind === 'admissionRequest');
const request = message.value;
const withPerson = { ...request, srcInfo: [{ kind: 'h323-ID', value: 'anna@example.org' }] } as const;

/** What every gate lets through, and what is said to be otherwise. */
const facts = (other: Partial<AdmissionFacts> = {}): AdmissionFacts => ({
  request,
  signer: technical,
  terminal: technical,
  lab: false,
  sessions: 0,
  councilSessions: 0,
  councilLimit: 25,
  quotaRoom: bandwidthUnits(50_000),
  councilRoom: bandwidthUnits(2_000_000),
  worthwhile: bandwidthUnits(1280),
  ...other,
});

describe('policy gates', () => {
  it('let an honest request through, each of them', () => {
    for (const gate of GATES) assert.equal(gate(facts()), undefined);
    assert.equal(judge(facts()), undefined);
  });

  it('authenticity: the signer speaks for the endpoint it signs for; under the lab policy, nobody for nobody', () => {
    const no = { policy: 'INVALID_SIGNATURE', reason: 'securityDenial' };
    assert.deepEqual(authenticity(facts({ signer: civic })), no);
    assert.deepEqual(authenticity(facts({ signer: undefined })), no);
    assert.deepEqual(authenticity(facts({ signer: undefined, lab: true })), no);
    assert.deepEqual(authenticity(facts({ terminal: undefined })), no);
    assert.deepEqual(authenticity(facts({ signer: undefined, terminal: undefined })), no);
    assert.equal(authenticity(facts({ signer: undefined, terminal: undefined, lab: true })), undefined);
  });

  it('anti-sybil: a guardian or canary has one session; machines and lab terminals have more', () => {
    const no = { policy: 'SYBIL_DUPLICATE', reason: 'invalidPermission' };
    assert.deepEqual(antiSybil(facts({ sessions: 1 })), no);
    assert.deepEqual(antiSybil(facts({ sessions: 1, terminal: canary })), no);
    assert.equal(antiSybil(facts({ sessions: 99, terminal: mcu })), undefined);
    assert.equal(antiSybil(facts({ sessions: 99, terminal: undefined })), undefined);
  });

  it('PII: nobody from the registry sends personal data; stock endpoints in the lab may', () => {
    const no = { policy: 'PII_POLICY_VIOLATION', reason: 'invalidPermission' };
    assert.deepEqual(pii(facts({ request: withPerson })), no);
    assert.equal(pii(facts({ request: withPerson, terminal: undefined })), undefined);
  });

  it('fairness: no only where less is left than is worthwhile, or than was asked for where that is less', () => {
    const no = { policy: 'QUOTA_EXCEEDED', reason: 'requestDenied' };
    const left = (quota: number, council: number, bandWidth = 10_000) =>
      fairness(
        facts({
          request: { ...request, bandWidth },
          quotaRoom: bandwidthUnits(quota),
          councilRoom: bandwidthUnits(council),
        }),
      );
    for (const [quota, council] of [
      [1279, 1e6],
      [1e6, 1279],
      [0, 0],
      [-5000, 1e6],
      [1e6, -5000],
    ] as const)
      assert.deepEqual(left(quota, council), no, `${quota} ${council}`);
    assert.equal(left(1280, 1280), undefined);
    assert.equal(left(100, 1e6, 100), undefined);
    assert.deepEqual(left(99, 1e6, 100), no);
    assert.equal(left(-5000, -5000, 0), undefined, 'a call without media costs nothing');
  });

  it('fairness grants what was asked for, as far as there is room, and never less than nothing', () => {
    const room = (quotaRoom: number, councilRoom: number) => ({
      quotaRoom: bandwidthUnits(quotaRoom),
      councilRoom: bandwidthUnits(councilRoom),
    });
    assert.equal(grantable(100_000, room(50_000, 1e6)), 50_000);
    assert.equal(grantable(100_000, room(1e6, 40_000)), 40_000);
    assert.equal(grantable(30_000, room(50_000, 40_000)), 30_000);
    assert.equal(grantable(30_000, room(-1, 40_000)), 0);
  });

  it('capacity: so many sessions of the council, and of each machine', () => {
    const no = { policy: 'CAPACITY_EXCEEDED', reason: 'resourceUnavailable' };
    assert.equal(capacity(facts({ councilSessions: 24 })), undefined);
    assert.deepEqual(capacity(facts({ councilSessions: 25 })), no);
    assert.equal(capacity(facts({ terminal: mcu, sessions: 1 })), undefined);
    assert.deepEqual(capacity(facts({ terminal: mcu, sessions: 2 })), no);
    const lab = { terminal: undefined, councilLimit: Number.POSITIVE_INFINITY };
    assert.equal(capacity(facts({ ...lab, sessions: 1e6, councilSessions: 1e6 })), undefined);
  });

  it('stand in their order: of all that is wrong, the first gate names its own', () => {
    const all: Partial<AdmissionFacts> = {
      signer: civic,
      sessions: 1,
      request: withPerson,
      quotaRoom: bandwidthUnits(0),
      councilSessions: 25,
    };
    const sound = facts();
    const repairs: readonly Partial<AdmissionFacts>[] = [
      { signer: sound.signer },
      { sessions: sound.sessions },
      { request },
      { quotaRoom: sound.quotaRoom },
      { councilSessions: sound.councilSessions },
    ];
    const named = repairs.map(
      (_, repaired) => judge(facts(Object.assign({}, all, ...repairs.slice(0, repaired))))?.policy,
    );
    assert.deepEqual(named, POLICY_CODES.slice(0, repairs.length));
    assert.equal(judge(facts(Object.assign({}, all, ...repairs))), undefined);
  });

  it('write their code into nonStandardData, where it can be read again and nothing else is taken for it', () => {
    for (const code of POLICY_CODES) {
      const data = policyData(code);
      assert(data);
      assert.equal(Buffer.from(data.data).toString(), code);
      assert.equal(policyCodeOf(data), code);
      assert.equal(policyCodeOf({ ...data, data: Buffer.from(`${code}X`) }), undefined);
      const nonStandardIdentifier = { kind: 'object', value: '1.3.6.1.4.1.1' } as const;
      assert.equal(policyCodeOf({ ...data, nonStandardIdentifier }), undefined);
    }
    assert.equal(policyCodeOf(undefined), undefined);
  });
});
