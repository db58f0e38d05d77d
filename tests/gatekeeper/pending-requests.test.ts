import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Pending, PendingRequests } from '../../runtime/gatekeeper/pending-requests.ts';
import { findToken, rasMessage } from '../../runtime/h225/index.ts';
import { milliseconds } from '../../runtime/units.ts';
import { GatekeeperLab, guardian } from '../support/gatekeeper-lab.ts';

const terminal = guardian(1);
const lab = new GatekeeperLab({ terminals: [terminal] });

/** A request that came at `since`; those with the same random are in one chain, and may have the same nonce. */
function pendingOf(since: number, random: number, nonce: string): Pending {
  const octets = lab.sign(lab.urq(terminal), terminal, { random });
  const request = rasMessage.decode(octets);
  const token = findToken(request, octets);
  assert(typeof token === 'object' && request.kind === 'unregistrationRequest');
  const from = { address: '192.0.2.1', port: 1719 };
  return { request, octets, from, token, terminal: terminal.record, nonce, since: milliseconds(since) };
}

const SEED = 20261122;

describe('requests that wait for their verdict', () => {
  it(`are found, taken and told late as a list would have it (seed ${SEED})`, () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ take: fc.nat() }),
      fc.record({ late: fc.nat(40) }),
    );
    const property = fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const requests = new PendingRequests(8);
      let model: { readonly ticket: number; readonly pending: Pending; told: boolean }[] = [];
      let now = 0;
      for (const step of steps) {
        now++;
        if ('add' in step) {
          const pending = pendingOf(now, step.add, `${step.add}`);
          if (model.length === 8) assert.throws(() => requests.add(pending), RangeError);
          else model.push({ ticket: requests.add(pending), pending, told: false });
        } else if ('take' in step) {
          const chosen = model[step.take % Math.max(1, model.length)];
          const ticket = chosen?.ticket ?? step.take;
          assert.equal(requests.take(ticket), chosen?.pending);
          assert.equal(requests.take(ticket), undefined, 'twice');
          model = model.filter((other) => other !== chosen);
        } else {
          const late = model.filter(({ pending, told }) => !told && pending.since <= now - step.late);
          assert.deepEqual(
            requests.late(now - step.late),
            late.map(({ pending }) => pending),
          );
          for (const one of late) one.told = true;
        }
        assert.deepEqual([requests.size, requests.isFull], [model.length, model.length === 8]);
        assert.equal(requests.oldest, model.find(({ told }) => !told)?.pending.since);
        for (const { pending } of model) assert(requests.has(pending.token, Buffer.from(pending.octets), pending.from));
      }
      const stranger = pendingOf(0, 0, '0');
      assert.equal(requests.has(stranger.token, stranger.octets, stranger.from), false);
    });
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });

  it('are not taken by tickets that were never given', () => {
    const requests = new PendingRequests(4);
    const ticket = requests.add(pendingOf(1, 1, 'a'));
    for (const wrong of [ticket + 1, ticket + 4, ticket - 4, 0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      assert.equal(requests.take(wrong), undefined, `${wrong}`);
    assert.notEqual(requests.take(ticket), undefined);
  });

  it('are told apart by where they came from', () => {
    const requests = new PendingRequests(4);
    const { token, nonce, octets, from, ...rest } = pendingOf(1, 1, 'a');
    requests.add({ ...rest, token, nonce, octets, from });
    assert(requests.has(token, octets, from));
    for (const other of [
      { ...from, port: 1 },
      { ...from, address: '192.0.2.2' },
    ])
      assert.equal(requests.has(token, octets, other), false);
    const { token: like, octets: others } = pendingOf(1, 1, 'b');
    assert.equal(requests.has(like, others, from), false, 'other octets under the same random');
  });
});
