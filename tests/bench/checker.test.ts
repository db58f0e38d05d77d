import assert from 'node:assert/strict';
import { check } from '../../bench/failover/checker.ts';
import type { Operation, Reign, Rule, Run, Witnessed } from '../../bench/failover/run-record.ts';

const TECHNICAL = 'if://guardian/technical';
const CALL = '00c0ffee';

/** Confirmed by the primary 5 ms after it was sent, unless told otherwise. */
const operation = (kind: Operation['kind'], sentAt: number, rest: Partial<Operation> = {}): Operation => ({
  ...{ guardian: TECHNICAL, kind, outcome: 'confirmed', sentAt, endedAt: sentAt + 5, from: 'primary' },
  ...(kind !== 'register' && { call: CALL }),
  ...rest,
});
const registered = operation('register', 1000);
const admitted = operation('admit', 2000, { bandwidth: 50_000 });
const unanswered = { outcome: 'unknown', endedAt: 9000 } as const;

/** The primary is lost at 5000 ms, and the secondary leads from 7500 ms on. */
const REIGNS: readonly Reign[] = [
  { gatekeeper: 'primary', term: 5, from: 500, to: 5000 },
  { gatekeeper: 'secondary', term: 9, from: 7500, to: Number.POSITIVE_INFINITY },
];
const NOTHING = { calls: new Map(), sessions: 0, bandwidth: new Map() };
const left = (bandwidth: number) => ({
  ...{ calls: new Map([[CALL, bandwidth]]), sessions: 1 },
  bandwidth: new Map([[TECHNICAL, (bandwidth * 100) / 2]]),
});
const settling = [
  operation('bandwidth', 20_000, { from: 'secondary', bandwidth: 100 }),
  operation('disengage', 21_000, { from: 'secondary' }),
];

/** One call that was admitted before the failover, and changed and ended at the end of the run. */
const run = (changed: Partial<Run> = {}): Run => ({
  ...{ operations: [registered, admitted], reigns: REIGNS, freezes: [], isolations: [] },
  ...{ final: left(50_000), settling, settlingSince: 19_000, settled: NOTHING, flight: 50, waking: 100 },
  ...changed,
});
const rules = (changed: Partial<Run> = {}): readonly Rule[] => check(run(changed)).violations.map(({ rule }) => rule);

describe('the history checker', () => {
  describe('of calls', () => {
    it('finds an admission that was confirmed and is gone', () => {
      const verdict = check(run({ final: NOTHING }));
      assert.deepEqual(
        verdict.violations.map(({ rule, about }) => [rule, about]),
        [
          ['admission-lost', CALL],
          ['sums-differ', 'the leader'],
          ['sums-differ', 'the leader'],
        ],
      );
      assert.deepEqual([verdict.callsLost, verdict.confirmsLost], [1, 1]);
    });

    it('finds a call whose end was confirmed and that lives on', () => {
      const ended = operation('disengage', 3000);
      const found = rules({ operations: [registered, admitted, ended], settling: [] });
      assert.deepEqual(found, ['call-not-ended', 'sums-differ', 'sums-differ']);
    });

    it('finds a call that went back to a bandwidth of before', () => {
      const changed = operation('bandwidth', 3000, { bandwidth: 20_000 });
      assert.deepEqual(rules({ operations: [registered, admitted, changed] }), ['bandwidth-lost', 'sums-differ']);
    });

    it('finds a live call that a leader knows nothing of', () => {
      const refused = { outcome: 'refused', from: 'secondary', reason: 'invalidConferenceID' } as const;
      const asked = operation('bandwidth', 8000, refused);
      assert.deepEqual(rules({ operations: [registered, admitted, asked] }), ['call-unknown']);
    });

    it('finds a call that a leader ended by itself', () => {
      const dropped = operation('dropped', 8000, { from: 'secondary' });
      const verdict = check(run({ operations: [registered, admitted, dropped], final: NOTHING, settling: [] }));
      assert.deepEqual(
        verdict.violations.map(({ rule }) => rule),
        ['call-dropped'],
      );
      assert.equal(verdict.callsLost, 1);
    });

    it('finds a call that nobody asked for', () => {
      const calls = new Map([
        [CALL, 50_000],
        ['0badca11', 10],
      ]);
      const final = { calls, sessions: 2, bandwidth: new Map([[TECHNICAL, 2_500_500]]) };
      assert.deepEqual(rules({ final }), ['call-invented', 'sums-differ', 'sums-differ']);
    });

    it('finds a call that is counted twice', () => {
      const final = { ...left(50_000), sessions: 2 };
      assert.deepEqual(rules({ final }), ['sums-differ', 'sums-differ']);
    });

    it('finds bandwidth that is granted twice', () => {
      const final = { ...left(50_000), bandwidth: new Map([[TECHNICAL, 5_000_000]]) };
      assert.deepEqual(rules({ final }), ['sums-differ', 'sums-differ']);
    });

    it('finds a lost call by the counts alone, where the store was not read', () => {
      assert.deepEqual(rules({ final: { sessions: 0, bandwidth: new Map() } }), ['sums-differ', 'sums-differ']);
    });

    it('finds a call that cannot be changed, or not ended, at the new leader', () => {
      const [brq, drq] = settling;
      assert(brq && drq);
      assert.deepEqual(rules({ settling: [drq] }), ['not-settled']);
      assert.deepEqual(rules({ settling: [brq, { ...drq, outcome: 'unknown' }] }), ['not-settled']);
    });

    it('finds what is left when all calls have ended', () => {
      assert.deepEqual(rules({ settled: left(100) }), ['not-settled']);
      assert.deepEqual(rules({ settled: { ...NOTHING, bandwidth: new Map([[TECHNICAL, 5]]) } }), ['not-settled']);
    });

    it('takes a refusal of more bandwidth as no loss', () => {
      const more = operation('bandwidth', 3000, { outcome: 'refused', reason: 'insufficientResources', bandwidth: 1 });
      assert.deepEqual(rules({ operations: [registered, admitted, more] }), []);
    });
  });

  describe('of operations whose outcome nobody learned', () => {
    it('takes an admission either way, with any bandwidth up to what it asked for', () => {
      const operations = [registered, operation('admit', 4000, { ...unanswered, bandwidth: 50_000 })];
      assert.deepEqual(rules({ operations, final: NOTHING, settling: [] }), []);
      assert.deepEqual(rules({ operations, final: left(50_000) }), []);
      assert.deepEqual(rules({ operations, final: left(40_000) }), []);
    });

    it('takes a change either way, but nothing else', () => {
      const changed = operation('bandwidth', 4000, { ...unanswered, bandwidth: 20_000 });
      const operations = [registered, admitted, changed];
      assert.deepEqual(rules({ operations, final: left(50_000) }), []);
      assert.deepEqual(rules({ operations, final: left(20_000) }), []);
      assert.deepEqual(rules({ operations, final: left(30_000) }), ['bandwidth-lost']);
      assert.deepEqual(rules({ operations, final: NOTHING }), ['admission-lost', 'sums-differ']);
    });

    it('takes an end either way', () => {
      const operations = [registered, admitted, operation('disengage', 4000, unanswered)];
      assert.deepEqual(rules({ operations, final: left(50_000) }), []);
      assert.deepEqual(rules({ operations, final: NOTHING, settling: [] }), []);
    });

    it('takes an admission without a name as one call, or none', () => {
      const { call: _, ...nameless } = operation('admit', 4000, unanswered);
      const operations = [registered, admitted, nameless];
      const calls = new Map([
        [CALL, 50_000],
        ['5eed', 100],
      ]);
      const final = { calls, sessions: 2, bandwidth: new Map([[TECHNICAL, 2_505_000]]) };
      assert.deepEqual(rules({ operations }), []);
      assert.deepEqual(rules({ operations, final }), []);
      assert.deepEqual(rules({ final }), ['call-invented', 'sums-differ', 'sums-differ']);
    });

    it('counts them', () => {
      const operations = [registered, admitted, operation('disengage', 4000, unanswered)];
      assert.deepEqual(check(run({ operations })).checked, { operations: 5, unknown: 1, calls: 1 });
    });
  });

  describe('of registrations', () => {
    it('finds a guardian that registered anew', () => {
      const again = operation('register', 8000, { from: 'secondary' });
      assert.deepEqual(rules({ operations: [registered, admitted, again] }), ['registered-anew']);
    });

    it('finds a guardian that was ejected', () => {
      const ejected = operation('ejected', 8000, { from: 'secondary' });
      assert.deepEqual(rules({ operations: [registered, admitted, ejected] }), ['registered-anew']);
    });

    it('takes keep-alives from whoever leads, and one registration of each guardian', () => {
      const alive = operation('keep-alive', 8000, { from: 'secondary' });
      const other = operation('register', 8000, { guardian: 'if://guardian/civic' });
      assert.deepEqual(rules({ operations: [registered, admitted, alive, other] }), []);
    });
  });

  describe('of leadership', () => {
    const [primary, secondary] = REIGNS;
    assert(primary && secondary);

    it('finds two leaders at one time', () => {
      const { violations } = check(run({ reigns: [{ ...primary, to: 7510 }, secondary] }));
      assert.deepEqual(violations, [
        { rule: 'two-leaders', about: 'secondary', detail: "term 9 and primary's 5 overlap by 10.0 ms" },
      ]);
    });

    it('finds a term that does not grow', () => {
      assert.deepEqual(rules({ reigns: [primary, { ...secondary, term: 5 }] }), ['term-not-grown']);
      assert.deepEqual(rules({ reigns: [primary, { ...secondary, term: 4 }] }), ['term-not-grown']);
    });

    it('takes a stopped leader as no leader while it is stopped, and for the moment that it needs to wake', () => {
      const freezes = [{ gatekeeper: 'primary', from: 5000, to: 11_000 }];
      assert.deepEqual(rules({ reigns: [{ ...primary, to: 11_080 }, secondary], freezes }), []);
      assert.deepEqual(rules({ reigns: [{ ...primary, to: 11_120 }, secondary], freezes }), ['two-leaders']);
    });

    it('finds a confirm from a gatekeeper that does not lead', () => {
      const changed = operation('bandwidth', 7000, { from: 'secondary', bandwidth: 50_000 });
      assert.deepEqual(rules({ operations: [registered, admitted, changed] }), ['confirm-without-lead']);
    });

    it('finds a confirm from a leader that woke too late', () => {
      const freezes = [{ gatekeeper: 'primary', from: 5000, to: 11_000 }];
      const changed = operation('bandwidth', 11_000, { bandwidth: 50_000 });
      const reigns = [{ ...primary, to: 11_080 }, secondary];
      assert.deepEqual(rules({ reigns, freezes, operations: [registered, admitted, changed] }), [
        'confirm-without-lead',
      ]);
    });

    it('allows a datagram its flight', () => {
      const changed = (endedAt: number) =>
        rules({ operations: [registered, admitted, operation('bandwidth', 4000, { bandwidth: 50_000, endedAt })] });
      assert.deepEqual(changed(5050), []);
      assert.deepEqual(changed(5051), ['confirm-without-lead']);
    });
  });

  describe('of the witness logs', () => {
    const types: Partial<Record<Operation['kind'], string>> = {
      ...{ admit: 'ACF', bandwidth: 'BCF', disengage: 'DCF' },
    };
    const line = (of: Operation, changed: Partial<Witnessed> = {}): Witnessed => ({
      ...{ gatekeeper: of.from ?? '', type: types[of.kind] ?? '', call: of.call ?? '', at: of.endedAt - 1 },
      ...{ isOfNoCall: false, again: false, ...changed },
    });
    const all = [admitted, ...settling];
    const lines = all.map((one) => line(one));

    it('finds a confirm that is not in the log of who gave it', () => {
      assert.deepEqual(rules({ witnessed: lines }), []);
      assert.deepEqual(rules({ witnessed: lines.slice(1) }), ['unwitnessed']);
      const elsewhere = lines.map((one) => (one.type === 'ACF' ? { ...one, gatekeeper: 'secondary' } : one));
      assert.deepEqual(rules({ witnessed: elsewhere }), ['unwitnessed']);
    });

    it('finds two confirms behind one line', () => {
      const twice = [
        registered,
        admitted,
        ...[3000, 4000].map((at) => operation('bandwidth', at, { bandwidth: 50_000 })),
      ];
      const witnessed = [...lines, line(operation('bandwidth', 3000))];
      assert.deepEqual(rules({ operations: twice, witnessed }), ['unwitnessed']);
    });

    it('takes the answer of before from a gatekeeper that does not lead', () => {
      const answered = { ...admitted, from: 'secondary' };
      const witnessed = (changed: Partial<Witnessed>) =>
        rules({
          operations: [registered, answered],
          witnessed: [...settling.map((one) => line(one)), line(answered, changed)],
        });
      const again = true;
      assert.deepEqual(witnessed({ again }), []);
      assert.deepEqual(witnessed({}), ['confirm-without-lead']);
      // Another kind of answer, another call, another time, another gatekeeper: none of them is this confirm's line.
      const neither = ['confirm-without-lead', 'unwitnessed'];
      assert.deepEqual(witnessed({ again, type: 'BCF' }), neither);
      assert.deepEqual(witnessed({ again, at: answered.sentAt - 101 }), neither);
      assert.deepEqual(witnessed({ again, at: answered.endedAt + 3 }), neither);
      assert.deepEqual(witnessed({ again, gatekeeper: 'primary' }), neither);
      assert.deepEqual(witnessed({ again, call: 'of another' }), neither);
    });

    it('finds an answer of before that who is cut from the store gives again without having given it', () => {
      const cut = { reigns: [{ gatekeeper: 'primary', term: 5, from: 500, to: 2001 }, ...REIGNS.slice(1)], flight: 1 };
      const isolations = [{ gatekeeper: 'primary', from: 2001, to: 9000 }];
      const again = line(admitted, { again: true });
      const witnessed = [...settling.map((one) => line(one)), again];
      assert.deepEqual(rules({ ...cut, witnessed }), [], 'a standby has it from the store');
      assert.deepEqual(rules({ ...cut, witnessed, isolations }), ['confirm-without-lead']);
      assert.deepEqual(rules({ ...cut, witnessed: [...witnessed, line(admitted)], isolations }), []);
    });

    it('finds a live call whose end was confirmed by a leader that knew no such call', () => {
      const ended = operation('disengage', 8000, { from: 'secondary' });
      const found = (isOfNoCall: boolean) =>
        check(
          run({
            ...{ operations: [registered, admitted, ended], final: NOTHING, settling: [] },
            witnessed: [line(admitted), line(ended, { isOfNoCall })],
          }),
        );
      assert.deepEqual(
        found(true).violations.map(({ rule }) => rule),
        ['call-unknown'],
      );
      assert.deepEqual([found(true).callsLost, found(false).callsLost], [1, 0]);
    });
  });

  it('finds nothing in a run where nothing went wrong', () => {
    assert.deepEqual(check(run()), {
      violations: [],
      ...{ callsLost: 0, confirmsLost: 0, checked: { operations: 4, unknown: 0, calls: 1 } },
    });
  });
});
