import assert from 'node:assert/strict';
import { EXTENSIONS } from '../../runtime/asn1/index.ts';
import { findToken, rasMessage } from '../../runtime/h225/index.ts';
import { GatekeeperLab, guardian, tags, withTokens } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const terminals = [technical, civic];

/** A registered guardian, and its signed ARQ, not sent yet. */
function prepared(secondOpinion = true) {
  const lab = new GatekeeperLab({ terminals, secondOpinion });
  lab.register(technical);
  return { lab, octets: lab.sign(lab.arq(technical, 1), technical) };
}

function assertNothingAdmitted(lab: GatekeeperLab): void {
  assert.deepEqual([lab.state.calls.size, lab.state.calls.legs, lab.state.calls.units], [0, 0, 0]);
  assert.equal(lab.state.statistics.admissions, 0);
}

describe('tampering with a signed ARQ', () => {
  it('is never admitted and never throws, whichever bit is flipped; untouched, it is', () => {
    const { lab, octets } = prepared(false);
    for (let bit = 0; bit < octets.length * 8; bit++) {
      const flipped = Buffer.from(octets);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
      const outcome = lab.deliver(flipped, technical.ras);
      assert(!outcome.verdicts.includes(true), `bit ${bit}: called genuine`);
      assert(!tags(outcome).includes('ACF'), `bit ${bit}: admitted`);
      // The rate of answers to forgeries is bounded.
      if (bit % 150 === 0) lab.pass(1000);
    }
    assertNothingAdmitted(lab);
    const fresh = lab.sign(lab.arq(technical, 1), technical);
    assert.deepEqual(tags(lab.deliver(fresh, technical.ras)), ['ACF']);
  });

  it('has node:crypto and tweetnacl of one mind about flipped bits (every 97th)', () => {
    const { lab, octets } = prepared();
    let judged = 0;
    for (let bit = 0; bit < octets.length * 8; bit += 97) {
      const flipped = Buffer.from(octets);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
      judged += lab.deliver(flipped, technical.ras).verdicts.length;
    }
    assert(judged >= 5, `only ${judged} signatures were judged`);
    assertNothingAdmitted(lab);
  });

  it('is refused when octets are cut off or added', () => {
    const { lab, octets } = prepared(false);
    for (const changed of [octets.subarray(0, -1), Buffer.concat([octets, Buffer.of(0)]), octets.subarray(1)]) {
      const outcome = lab.deliver(Buffer.from(changed), technical.ras);
      assert(!tags(outcome).includes('ACF') && !outcome.verdicts.includes(true));
    }
    assertNothingAdmitted(lab);
  });

  it("is refused when the token is moved to another message, the sender's own too", () => {
    const { lab, octets } = prepared();
    const signed = rasMessage.decode(octets);
    assert(signed.kind === 'admissionRequest');
    const tokens = signed.value.tokens ?? [];
    assert.equal(tokens.length, 1);
    for (const message of [
      lab.arq(technical, 2),
      lab.arq(technical, 1, { bandWidth: 50_000, requestSeqNum: signed.value.requestSeqNum }),
      lab.urq(technical),
      lab.drq(technical, 1),
      lab.keepAlive(technical),
    ]) {
      const outcome = lab.deliver(rasMessage.encode(withTokens(message, tokens)), technical.ras);
      assert.deepEqual(outcome.verdicts, [false]);
      assert(outcome.sent.every(({ token }) => token === undefined));
    }
    assertNothingAdmitted(lab);
    assert.equal(lab.state.endpoints.size, 1);
  });

  it('is refused in another encoding of the same value: other pad bits, or a longer extension bitmap', () => {
    const { lab, octets } = prepared();
    const value = rasMessage.decode(octets);
    assert(value.kind === 'admissionRequest');
    const longer = rasMessage.encode({
      kind: value.kind,
      value: { ...value.value, [EXTENSIONS]: { count: 25, unknown: [] } },
    });
    assert.notEqual(longer.length, octets.length);
    const { [EXTENSIONS]: _, ...fields } = value.value;
    assert.deepEqual(rasMessage.encode({ kind: value.kind, value: fields }), octets);
    const outcome = lab.deliver(longer, technical.ras);
    assert.deepEqual(outcome.verdicts, [false]);
    assertNothingAdmitted(lab);
  });

  it('is verified over the octets as they came: a stock encoding with a shorter bitmap is genuine', () => {
    const { lab } = prepared();
    const message = lab.arq(technical, 1);
    assert(message.kind === 'admissionRequest');
    const { canMapSrcAlias: _, ...older } = message.value;
    const short = lab.sign(
      { kind: message.kind, value: { ...older, [EXTENSIONS]: { count: 10, unknown: [] } } },
      technical,
    );
    const token = findToken(rasMessage.decode(short), short);
    assert(typeof token === 'object');
    assert.deepEqual(tags(lab.deliver(short, technical.ras)), ['ACF']);
  });

  it('is verified with the additions of a newer version in it', () => {
    const { lab } = prepared();
    const message = lab.arq(technical, 1);
    assert(message.kind === 'admissionRequest');
    const unknown = [{ index: 30, bytes: Buffer.from('from the future') }];
    const newer = { ...message.value, [EXTENSIONS]: { count: 31, unknown } };
    const octets = lab.sign({ kind: message.kind, value: newer }, technical);
    assert(octets.includes('from the future'));
    assert.deepEqual(tags(lab.deliver(octets, technical.ras)), ['ACF']);
  });
});
