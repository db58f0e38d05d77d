import assert from 'node:assert/strict';
import { PerEncodeError } from '../../runtime/asn1/index.ts';
import { DueAnswers } from '../../runtime/gatekeeper/due-answers.ts';
import { Outbox } from '../../runtime/gatekeeper/outbox.ts';
import { findToken, rasMessage, UnsignedMessage } from '../../runtime/h225/index.ts';
import { GatekeeperLab, guardian, tagOf, tags } from '../support/gatekeeper-lab.ts';

const terminals = Array.from({ length: 12 }, (_, n) => guardian(n + 1));
const [first = assert.fail(), second = assert.fail(), third = assert.fail()] = terminals;

/** A lab in which all are registered, and verdicts are held back from now on. */
function waiting(): GatekeeperLab {
  const lab = new GatekeeperLab({ terminals, config: { maxPending: 1024 } });
  for (const terminal of terminals) lab.register(terminal);
  lab.holding = true;
  return lab;
}

function signatureOf(octets: Buffer): { readonly signature: string; readonly levels: number } {
  const token = findToken(rasMessage.decode(octets), octets);
  assert(typeof token === 'object');
  return { signature: Buffer.from(token.signature).toString('hex'), levels: token.path.length >> 5 };
}

describe('answers to requests that were verified together', () => {
  it('share a signature, and each is genuine by itself', () => {
    const lab = waiting();
    for (const [n, terminal] of terminals.entries()) lab.send(lab.arq(terminal, n + 1), terminal);
    // The lab verifies every answer.
    const { sent, events } = lab.releaseTogether();
    assert.deepEqual(
      sent.map(({ message }) => tagOf(message)),
      Array(12).fill('ACF'),
    );
    assert.deepEqual(
      sent.map(({ to }) => to.port),
      terminals.map(({ ras }) => ras.port),
    );
    assert.equal(new Set(sent.map(({ octets }) => signatureOf(octets).signature)).size, 1);
    assert.deepEqual([...new Set(sent.map(({ octets }) => signatureOf(octets).levels))], [4, 3]);
    assert.equal(events.filter(({ msgType }) => msgType === 'ARQ').length, 12);
  });

  it('are signed 32 at a time', () => {
    const lab = waiting();
    for (let n = 0; n < 70; n++) {
      const terminal = terminals[n % 12] ?? first;
      lab.send(lab.keepAlive(terminal), terminal);
    }
    const { sent } = lab.releaseTogether();
    assert.equal(sent.length, 70);
    const signatures = sent.map(({ octets }) => signatureOf(octets).signature);
    assert.deepEqual([new Set(signatures.slice(0, 32)).size, new Set(signatures).size], [1, 3]);
  });

  it('are signed alone where nothing else was verified', () => {
    const lab = waiting();
    lab.send(lab.arq(first, 1), first);
    const { sent } = lab.releaseTogether();
    assert.equal(signatureOf(sent[0]?.octets ?? assert.fail()).levels, 0);
  });

  it('are carried out in their order: the second of two calls of a guardian is one too many', () => {
    const lab = waiting();
    lab.send(lab.arq(first, 1), first);
    lab.send(lab.arq(first, 2), first);
    lab.send(lab.drq(first, 1), first);
    lab.send(lab.arq(first, 3), first);
    assert.deepEqual(tags(lab.releaseTogether()), ['ACF', 'ARJ', 'DCF', 'ACF']);
  });

  it('are not given to who signed falsely among them, and others lose nothing by it', () => {
    const lab = waiting();
    const forged = lab.sign(lab.arq(second, 2), { ...second, sign: third.sign });
    lab.send(lab.arq(first, 1), first);
    lab.deliver(forged, second.ras);
    lab.send(lab.arq(third, 3), third);
    const { sent } = lab.releaseTogether();
    assert.deepEqual(
      sent.map(({ message }) => tagOf(message)),
      ['ARJ', 'ACF', 'ACF'],
    );
    assert.equal(lab.state.calls.legs, 2);
  });

  it('are what a retransmission gets, octet for octet', () => {
    const lab = waiting();
    const requests = [first, second, third].map((terminal, n) => lab.sign(lab.arq(terminal, n + 1), terminal));
    for (const [n, octets] of requests.entries()) lab.deliver(Buffer.from(octets), terminals[n]?.ras ?? first.ras);
    const answers = lab.releaseTogether().sent.map(({ octets }) => octets);
    const again = requests.flatMap((octets, n) => lab.deliver(octets, terminals[n]?.ras ?? first.ras).sent);
    assert.deepEqual(
      again.map(({ octets }) => octets),
      answers,
    );
    assert.equal(lab.state.statistics.admissions, 3);
  });

  it('leave though one among them cannot be encoded', () => {
    const lab = waiting();
    const due = new DueAnswers<{ readonly message: UnsignedMessage }>();
    const fields = { generalID: 'x', sendersID: 'gk', timeStamp: 1_795_262_400 };
    for (let random = 0; random < 40; random++)
      due.add({
        message: new UnsignedMessage(
          (tokens) => ({ kind: 'unregistrationConfirm', value: { requestSeqNum: random, tokens } }),
          { ...fields, random: random === 7 ? Number.NaN : random },
        ),
      });
    const left: number[] = [];
    const outbox = new Outbox(lab.state, lab.keys.sign);
    // A requestSeqNum of 0 does not fit its type either.
    assert.throws(
      () =>
        due.answer(outbox, (_, { octets }) => {
          const { value } = rasMessage.decode(octets);
          left.push('requestSeqNum' in value ? value.requestSeqNum : 0);
        }),
      PerEncodeError,
    );
    assert.deepEqual(
      left,
      Array.from({ length: 40 }, (_, n) => n).filter((n) => n !== 0 && n !== 7),
    );
    due.answer(outbox, () => assert.fail('answered twice'));
  });
});
