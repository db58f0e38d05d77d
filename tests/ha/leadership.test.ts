import assert from 'node:assert/strict';
import { leaseId, revision } from '../../runtime/ha/index.ts';
import { at, Bench, known, PRIMARY, SECONDARY } from '../support/leadership-bench.ts';

describe('leadership', () => {
  describe('ends before the lease can have run out', () => {
    it('to the millisecond, 10 % early, counted from when the renewal was asked for', () => {
      const bench = new Bench(PRIMARY).lead();
      bench.jump(900).renew('7', at(500));
      assert.equal(bench.jump(2299).mayLead, true);
      assert.equal(bench.jump(2300).mayLead, false);
    });

    it('with no renewal: it steps down, gives the lease up and asks for the store anew', () => {
      const bench = new Bench(PRIMARY).lead();
      const effects = bench.run(1900, false);
      assert.deepEqual(effects, [
        ...[500, 1000, 1500].map((time) => `${time} renewLease 7`),
        ...['starting', 'reload', 'revokeLease 7', 'grant 2'].map((effect) => `1800 ${effect}`),
      ]);
    });

    it('whatever an answer says that comes too late', () => {
      const bench = new Bench(PRIMARY).lead().jump(1800);
      bench.renew('7', at(1700));
      assert.deepEqual(bench.effects, ['starting', 'reload', 'revokeLease 7', 'grant 2']);
      bench.renew('7', at(1799));
      assert.equal(bench.mayLead, false);
    });

    it('where a freeze is slept through: the first thing that it does is step down', () => {
      const bench = new Bench(PRIMARY).lead().jump(9000);
      assert.equal(bench.mayLead, false);
      bench.machine.handOver(bench.now);
      assert.deepEqual(bench.effects, ['isolated from primary', 'reload', 'revokeLease 7', 'grant 2']);
    });

    it('no sooner for an older answer that comes after a newer one', () => {
      const bench = new Bench(PRIMARY).lead().jump(1000);
      bench.renew('7', at(900));
      bench.renew('7', at(400));
      assert.equal(bench.machine.leaseUntil, 2700);
    });

    it('never while renewals are answered', () => {
      const bench = new Bench(PRIMARY).lead();
      assert.deepEqual(bench.run(60_000), []);
      assert.equal(bench.mayLead, true);
    });
  });

  describe('is given up for good', () => {
    for (const [what, happens, rest] of [
      ['a guarded write was refused', (bench) => bench.machine.fenced(bench.now), ['revokeLease 7', 'grant 2']],
      ['its lease is gone', (bench) => bench.machine.leaseGone(leaseId('7'), bench.now), ['grant 2']],
      ['the mirror shows no leader', (bench) => bench.show(), ['revokeLease 7', 'grant 2']],
      ['the mirror shows another', (bench) => bench.show(known('secondary', '8', 9)), ['revokeLease 7', 'grant 2']],
    ] as [string, (bench: Bench) => void, string[]][])
      it(`when ${what}`, () => {
        const bench = new Bench(PRIMARY).lead().jump(200);
        happens(bench);
        assert.deepEqual(bench.effects, ['starting', 'reload', ...rest]);
        assert.equal(bench.mayLead, false);
      });

    it('so the term is not taken up again where the mirror still shows it; what is left of it is revoked', () => {
      const bench = new Bench(PRIMARY).lead().jump(200);
      bench.machine.fenced(bench.now);
      bench.grant('8');
      bench.effects;
      bench.sync(known('primary', '7', 5));
      assert.deepEqual(bench.effects, ['revokeLease 7', 'waiting']);
      bench.show();
      assert.deepEqual(bench.effects, ['campaign 8']);
      bench.show(known('primary', '8', 6));
      assert.deepEqual(bench.effects, ['leading 6, failover from primary']);
    });

    it('but not for a write without an answer: whether the lease runs is asked at once', () => {
      const bench = new Bench(PRIMARY).lead().jump(200);
      bench.machine.unreachable(bench.now);
      assert.deepEqual([bench.effects, bench.role], [['renewLease 7'], 'leading 5, first from nobody']);
    });

    it('nor for a watch that has ended', () => {
      const bench = new Bench(PRIMARY).lead().jump(200);
      bench.machine.mirrorLost(bench.now);
      bench.sync(known('primary', '7', 5));
      assert.deepEqual([bench.effects, bench.mayLead], [[], true]);
    });

    it('when the mirror, read anew, no longer shows it', () => {
      const bench = new Bench(PRIMARY).lead().jump(200);
      bench.machine.mirrorLost(bench.now);
      bench.show(known('secondary', '8', 9));
      assert.deepEqual(bench.effects.slice(0, 2), ['starting', 'reload']);
    });
  });

  describe('is campaigned for', () => {
    it('never before the mirror is read, nor on a lease that may have run out', () => {
      const bench = new Bench(PRIMARY);
      bench.machine.start(bench.now);
      assert.deepEqual(bench.effects, ['grant 2']);
      bench.grant('7');
      assert.deepEqual(bench.effects, ['register 7']);
      bench.jump(1800).sync();
      assert.deepEqual(bench.effects, ['renewLease 7', 'waiting']);
      bench.renew();
      assert.deepEqual(bench.effects, ['campaign 7']);
    });

    it('at once by a primary that finds no leader', () => {
      const bench = new Bench(PRIMARY).settle();
      assert.deepEqual(bench.effects, ['grant 2', 'register 7', 'campaign 7', 'waiting']);
    });

    it('a second later by a secondary that has never seen one', () => {
      const bench = new Bench(SECONDARY).settle();
      assert.deepEqual(bench.effects, ['grant 2', 'register 7', 'waiting']);
      assert.deepEqual(bench.run(1500), ['1000 campaign 7']);
    });

    it('at once by a secondary whose leader is gone', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4));
      assert.deepEqual(bench.effects, ['grant 2', 'register 7', 'standby of primary 4']);
      bench.show();
      assert.deepEqual(bench.effects, ['campaign 7', 'waiting']);
    });

    it('again 100 ms after it was lost, while the mirror shows none', () => {
      const bench = new Bench(PRIMARY).settle();
      bench.effects;
      bench.machine.lost(bench.now);
      assert.deepEqual(bench.run(150), ['100 campaign 7']);
      bench.machine.lost(bench.now);
      bench.show(known('secondary', '8', 9));
      assert.deepEqual([bench.effects, bench.run(1000)], [['standby of secondary 9'], []]);
    });

    it('never twice at a time', () => {
      const bench = new Bench(PRIMARY).settle();
      bench.effects;
      bench.show();
      assert.deepEqual(bench.run(1900), []);
    });

    it('and won, but led only when the mirror shows it', () => {
      const bench = new Bench(PRIMARY).settle();
      bench.effects;
      bench.machine.won(revision(5), bench.now);
      assert.deepEqual([bench.run(100), bench.role, bench.mayLead], [[], 'waiting', false]);
      bench.show(known('primary', '7', 5));
      assert.deepEqual(bench.effects, ['leading 5, first from nobody']);
    });

    it('with an outcome that nobody told but the mirror', () => {
      const bench = new Bench(PRIMARY).settle();
      bench.effects;
      bench.machine.campaignFailed(bench.now);
      assert.deepEqual(bench.run(100), ['100 campaign 7']);
      bench.show(known('primary', '7', 5));
      bench.machine.lost(bench.now);
      assert.deepEqual([bench.effects, bench.mayLead], [['leading 5, first from nobody'], true]);
    });

    it('anew, without waiting for the mirror, where an answer tells of what it has shown to be over', () => {
      const bench = new Bench(PRIMARY).settle();
      bench.show(known('primary', '7', 5));
      bench.show();
      bench.machine.won(revision(5), bench.now);
      bench.grant('8');
      bench.effects;
      bench.sync();
      assert.deepEqual(bench.effects, ['campaign 8', 'waiting']);
    });

    it('and given up where the mirror shows nothing for the time of a lease: it is stuck', () => {
      const bench = new Bench(PRIMARY).settle();
      bench.effects;
      bench.machine.won(revision(5), bench.now);
      const effects = ['starting', 'reload', 'revokeLease 7', 'grant 2'];
      assert.deepEqual(
        bench.run(2000),
        effects.map((effect) => `2000 ${effect}`),
      );
    });

    it('not on a lease that is not trusted, even when the mirror shows it won', () => {
      const bench = new Bench(PRIMARY).settle();
      bench.jump(1850).show(known('primary', '7', 5));
      assert.deepEqual([bench.role, bench.mayLead], ['waiting', false]);
      bench.renew();
      assert.deepEqual([bench.role, bench.mayLead], ['leading 5, first from nobody', true]);
    });
  });

  describe('of a former self', () => {
    it('is revoked at start, and waited for', () => {
      const bench = new Bench(PRIMARY).settle(known('primary', '3', 4));
      assert.deepEqual(bench.effects, ['grant 2', 'register 7', 'revokeLease 3', 'waiting']);
      bench.show();
      assert.deepEqual(bench.effects, ['campaign 7']);
      bench.show(known('primary', '7', 6));
      assert.deepEqual(bench.effects, ['leading 6, failover from primary']);
    });

    it('is no such thing when it comes up later: that is a process of the same name, and left alone', () => {
      const bench = new Bench(PRIMARY).settle(known('secondary', '3', 4));
      bench.effects;
      bench.show();
      bench.show(known('primary', '9', 6));
      assert.deepEqual(bench.effects, ['campaign 7', 'waiting', 'standby of primary 6']);
    });
  });
});
