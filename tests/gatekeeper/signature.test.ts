import assert from 'node:assert/strict';
import { ED25519_OID, policyCodeOf, type RasMessage, rasMessage, type TokenFields } from '../../runtime/h225/index.ts';
import type { ClearToken } from '../../runtime/h235/index.ts';
import {
  GATEKEEPER_ID,
  GatekeeperLab,
  guardian,
  labTerminal,
  type Outcome,
  reasonOf,
  tagOf,
  withTokens,
} from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const stranger = labTerminal('if://guardian/stranger', { n: 9 });
const terminals = [technical, civic];

function registered(): GatekeeperLab {
  const lab = new GatekeeperLab({ terminals });
  lab.register(technical);
  return lab;
}

/** The one answer is the reject for what is not authentic: unsigned, with the policy's code; the log says why. */
function assertDenied({ sent, events }: Outcome, tag: string, detail: string): void {
  const [only, ...more] = sent;
  assert(only !== undefined && more.length === 0, `${sent.length} answers`);
  assert.deepEqual([tagOf(only.message), reasonOf(only.message)], [tag, 'securityDenial']);
  assert.equal(only.token, undefined, 'signed for somebody who proved nothing');
  if (only.message.kind === 'admissionReject')
    assert.equal(policyCodeOf(only.message.value.nonStandardData), 'INVALID_SIGNATURE');
  const line = events.at(-1);
  assert.deepEqual([line?.msgType, line?.policy, line?.detail], [tag, 'INVALID_SIGNATURE', detail]);
}

const token = (more: Partial<ClearToken> = {}): ClearToken => ({
  tokenOID: ED25519_OID,
  timeStamp: 1,
  random: 1,
  generalID: GATEKEEPER_ID,
  sendersID: technical.record.terminalId,
  nonStandard: { nonStandardIdentifier: ED25519_OID, data: Buffer.alloc(64) },
  ...more,
});

describe('signed policy', () => {
  for (const [tag, build] of [
    ['RRJ', (lab) => lab.rrq(technical)],
    ['RRJ', (lab) => lab.keepAlive(technical)],
    ['URJ', (lab) => lab.urq(technical)],
    ['ARJ', (lab) => lab.arq(technical, 1)],
    ['BRJ', (lab) => lab.brq(technical, 1)],
    ['DRJ', (lab) => lab.drq(technical, 1)],
    ['INAK', (lab) => lab.irr(technical)],
  ] as const satisfies readonly (readonly [string, (lab: GatekeeperLab) => RasMessage])[])
    it(`answers an unsigned ${tag.replace('J', 'Q').replace('INAK', 'IRR')} with ${tag}, whoever sends it`, () => {
      const lab = registered();
      assertDenied(lab.deliver(rasMessage.encode(build(lab)), technical.ras), tag, 'no signature');
      assert.equal(lab.state.endpoints.size, 1);
    });

  it('gives no answer to an unsigned IRR that wants none, but a line', () => {
    const lab = registered();
    const { sent, events } = lab.deliver(rasMessage.encode(lab.irr(technical, { needResponse: false })), technical.ras);
    assert.deepEqual(sent, []);
    assert.deepEqual(
      events.map(({ msgType, detail }) => [msgType, detail]),
      [
        ['IRR', undefined],
        ['REFUSED', 'no signature'],
      ],
    );
  });

  for (const [what, tokens, detail] of [
    ['of another kind only', [token({ tokenOID: '0.0.8.235.0.2.1' })], 'no signature'],
    ['without a signature', [token({ nonStandard: undefined })], 'malformed token'],
    [
      'with a signature of another kind',
      [token({ nonStandard: { nonStandardIdentifier: '1.3.101.113', data: Buffer.alloc(64) } })],
      'malformed token',
    ],
    [
      'with 63 octets of signature',
      [token({ nonStandard: { nonStandardIdentifier: ED25519_OID, data: Buffer.alloc(63) } })],
      'malformed token',
    ],
    [
      'with 65 octets of signature',
      [token({ nonStandard: { nonStandardIdentifier: ED25519_OID, data: Buffer.alloc(65) } })],
      'malformed token',
    ],
    ['without a timestamp', [token({ timeStamp: undefined })], 'malformed token'],
    ['without a random', [token({ random: undefined })], 'malformed token'],
    ['without generalID', [token({ generalID: undefined })], 'malformed token'],
    ['without sendersID', [token({ sendersID: undefined })], 'malformed token'],
    ['twice', [token(), token()], 'malformed token'],
  ] as const)
    it(`refuses an ARQ with a token ${what}, and verifies nothing`, () => {
      const lab = registered();
      const octets = rasMessage.encode(withTokens(lab.arq(technical, 1), tokens));
      const outcome = lab.deliver(octets, technical.ras);
      assertDenied(outcome, 'ARJ', detail);
      assert.deepEqual(outcome.verdicts, []);
    });

  it('takes a signed ARQ that carries tokens of other kinds too', () => {
    const lab = registered();
    const other = token({ tokenOID: '0.0.8.235.0.2.1', nonStandard: undefined });
    const message = lab.arq(technical, 1);
    const octets = lab.sign(message, technical);
    const signed = rasMessage.decode(octets);
    assert(signed.kind === 'admissionRequest');
    // Signed anew, with both tokens.
    const both: RasMessage = withTokens(message, [other, ...(signed.value.tokens ?? [])]);
    const draft = rasMessage.encode(both);
    const at = draft.indexOf(signed.value.tokens?.[0]?.nonStandard?.data ?? Buffer.alloc(0));
    draft.fill(0, at, at + 64);
    draft.set(technical.sign(draft), at);
    assert.equal(lab.deliver(draft, technical.ras).sent[0]?.message.kind, 'admissionConfirm');
  });

  for (const [what, fields, detail] of [
    ['for another gatekeeper', { generalID: 'council-gk-2' }, 'signed for another gatekeeper'],
    ['by nobody the registry knows', { sendersID: 'if://guardian/nobody' }, 'unknown terminal'],
    ['by the gatekeeper itself', { sendersID: GATEKEEPER_ID }, 'unknown terminal'],
  ] as const satisfies readonly (readonly [string, Partial<TokenFields>, string])[])
    it(`refuses an ARQ signed ${what}, before it verifies anything`, () => {
      const lab = registered();
      const outcome = lab.deliver(lab.sign(lab.arq(technical, 1), technical, fields), technical.ras);
      assertDenied(outcome, 'ARJ', detail);
      assert.deepEqual(outcome.verdicts, []);
    });

  for (const [seconds, fresh] of [
    [-61, false],
    [-60, true],
    [60, true],
    [61, false],
    [86_400, false],
  ] as const)
    it(`${fresh ? 'takes' : 'refuses'} an ARQ whose timestamp is ${seconds} s off`, () => {
      const lab = registered();
      const timeStamp = Math.floor(lab.now.epoch / 1000) + seconds;
      const outcome = lab.deliver(lab.sign(lab.arq(technical, 1), technical, { timeStamp }), technical.ras);
      if (fresh) assert.equal(outcome.sent[0]?.message.kind, 'admissionConfirm');
      else assertDenied(outcome, 'ARJ', 'stale timestamp');
    });

  it('refuses what one terminal signs in the name of another', () => {
    const lab = registered();
    const octets = lab.sign(lab.arq(technical, 1), civic, { sendersID: technical.record.terminalId });
    const outcome = lab.deliver(octets, technical.ras);
    assertDenied(outcome, 'ARJ', 'wrong signature');
    assert.deepEqual(outcome.verdicts, [false]);
    assert.equal(outcome.events.at(-1)?.terminalId, technical.record.terminalId);
  });

  it("refuses a terminal's own signature over a request that speaks for another's endpoint", () => {
    const lab = registered();
    lab.register(civic);
    const answer = lab.ask(lab.arq(civic, 1, { endpointIdentifier: lab.identifier(technical) }), civic);
    assert(answer.kind === 'admissionReject');
    assert.equal(reasonOf(answer), 'securityDenial');
    assert.equal(policyCodeOf(answer.value.nonStandardData), 'INVALID_SIGNATURE');
    assert.equal(lab.state.calls.legs, 0);
  });

  it('logs no name that only a stranger claims', () => {
    const lab = registered();
    const { events } = lab.deliver(lab.sign(lab.rrq(stranger), stranger), stranger.ras);
    assert.deepEqual(
      events.map(({ terminalId }) => terminalId),
      [undefined, undefined],
    );
  });
});
