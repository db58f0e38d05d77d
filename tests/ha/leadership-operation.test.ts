import assert from 'node:assert/strict';
import { leaseId, revision } from '../../runtime/ha/index.ts';
import { at, Bench, known, PRIMARY, SECONDARY } from '../support/leadership-bench.ts';

describe('leadership in operation', () => {
  describe('is handed over', () => {
    it('by nobody but the leader', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4));
      bench.effects;
      bench.machine.handOver(bench.now);
      bench.machine.drained(bench.now);
      assert.deepEqual([bench.effects, bench.role], [[], 'standby of primary 4']);
    });

    it('drained first, with leadership kept meanwhile, then resigned and left to others', () => {
      const bench = new Bench(PRIMARY).lead();
      bench.machine.handOver(bench.now);
      bench.machine.handOver(bench.now);
      assert.deepEqual([bench.effects, bench.mayLead], [['drain'], true]);
      bench.machine.drained(bench.now);
      assert.equal(bench.mayLead, false);
      assert.deepEqual(bench.effects, ['waiting', 'resign 5']);
      bench.show(known('primary', '7', 5));
      assert.deepEqual([bench.effects, bench.mayLead], [[], false], 'a mirror that is behind');
      bench.machine.resigned(bench.now);
      bench.show(undefined, 5);
      bench.show(known('secondary', '8', 9));
      assert.deepEqual(bench.effects, ['standby of secondary 9']);
      bench.show();
      assert.deepEqual(bench.effects, ['campaign 7', 'waiting'], 'the other had its turn');
    });

    it('and taken back after 5 s in which nobody wanted it', () => {
      const bench = new Bench(PRIMARY).lead();
      bench.machine.handOver(bench.now);
      bench.machine.drained(bench.now);
      bench.machine.resigned(bench.now);
      bench.show(undefined, 5);
      bench.effects;
      assert.deepEqual(bench.run(5000), ['5000 campaign 7']);
      bench.show(known('primary', '7', 8));
      assert.deepEqual(bench.effects, ['leading 8, handed over from primary']);
    });

    it('by a key that goes with its lease where resigning failed', () => {
      const bench = new Bench(PRIMARY).lead();
      bench.machine.handOver(bench.now);
      bench.machine.drained(bench.now);
      bench.effects;
      bench.machine.resignFailed(bench.now);
      assert.deepEqual(bench.effects, ['revokeLease 7']);
    });

    it('in vain where the lease runs out while it drains', () => {
      const bench = new Bench(PRIMARY).lead();
      bench.machine.handOver(bench.now);
      bench.effects;
      bench.jump(1800).machine.drained(bench.now);
      assert.deepEqual(bench.effects, ['starting', 'reload', 'revokeLease 7', 'grant 2']);
    });

    it('to an heir, who leads without a campaign, and no longer once that is on a lease of before', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4));
      bench.effects;
      bench.show(known('secondary', '7', 6), 4);
      assert.deepEqual(bench.effects, ['leading 6, handed over from primary']);
      assert.equal(bench.mayLead, true);
      const late = new Bench(SECONDARY).settle(known('primary', '3', 4));
      late.machine.leaseGone(leaseId('7'), late.now);
      late.effects;
      late.show(known('secondary', '7', 6), 4);
      assert.deepEqual(late.effects, ['revokeLease 7', 'waiting']);
    });

    it('and so known to who follows, where the handover names the last term', () => {
      for (const [handedOver, how] of [
        [undefined, 'failover'],
        [3, 'failover'],
        [4, 'handed over'],
      ] as const) {
        const bench = new Bench(SECONDARY).settle(known('primary', '3', 4));
        bench.show(undefined, handedOver);
        bench.show(known('secondary', '7', 6));
        assert.equal(bench.role, `leading 6, ${how} from primary`);
      }
    });
  });

  describe('stops', () => {
    it('before it has started, without a word to the store', () => {
      const bench = new Bench(PRIMARY);
      bench.machine.stop(bench.now);
      assert.deepEqual([bench.effects, bench.machine.nextDeadline()], [['stopped'], undefined]);
    });

    it('as a standby by giving its lease up, and heeds nothing afterwards', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4));
      bench.effects;
      bench.machine.stop(bench.now);
      assert.deepEqual(bench.effects, ['revokeLease 7', 'stopped']);
      bench.show();
      bench.machine.start(bench.now);
      bench.machine.stop(bench.now);
      assert.deepEqual([bench.effects, bench.machine.nextDeadline()], [[], undefined]);
    });

    it('and gives back a lease that is granted afterwards', () => {
      const bench = new Bench(PRIMARY);
      bench.machine.start(bench.now);
      bench.machine.stop(bench.now);
      bench.effects;
      bench.grant('7');
      assert.deepEqual(bench.effects, ['revokeLease 7']);
    });

    for (const answer of ['resigned', 'resignFailed'] as const)
      it(`as a leader by handing over first (${answer})`, () => {
        const bench = new Bench(PRIMARY).lead();
        bench.machine.stop(bench.now);
        assert.deepEqual([bench.effects, bench.mayLead], [['drain'], true]);
        bench.machine.drained(bench.now);
        assert.deepEqual(bench.effects, ['waiting', 'resign 5']);
        bench.machine[answer](bench.now);
        assert.deepEqual(bench.effects, ['revokeLease 7', 'stopped']);
      });

    it('in the middle of a handover, once that is done', () => {
      const bench = new Bench(PRIMARY).lead();
      bench.machine.handOver(bench.now);
      bench.machine.drained(bench.now);
      bench.effects;
      bench.machine.stop(bench.now);
      assert.deepEqual(bench.effects, []);
      bench.machine.resigned(bench.now);
      assert.deepEqual(bench.effects, ['revokeLease 7', 'stopped']);
    });

    it('at once where the lease runs out while it drains', () => {
      const bench = new Bench(PRIMARY).lead();
      bench.machine.stop(bench.now);
      bench.effects;
      assert.deepEqual(bench.run(1800, false).slice(-2), ['1800 revokeLease 7', '1800 stopped']);
    });

    it('with a campaign under way, whose key then goes with the lease', () => {
      const bench = new Bench(PRIMARY).settle();
      bench.effects;
      bench.machine.stop(bench.now);
      assert.deepEqual(bench.effects, ['revokeLease 7', 'stopped']);
      bench.machine.won(revision(5), bench.now);
      bench.show(known('primary', '7', 5));
      assert.deepEqual([bench.effects, bench.mayLead], [[], false]);
    });
  });

  describe('without the store', () => {
    it('is isolated after the time of a lease, and tells who led last', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4));
      bench.effects;
      const effects = bench.run(2400, false).filter((effect) => !effect.includes('renew'));
      assert.deepEqual(effects, ['2000 isolated from primary']);
    });

    it('is isolated from nobody where it never knew a leader', () => {
      const bench = new Bench(SECONDARY);
      bench.machine.start(bench.now);
      bench.effects;
      const asked = [500, 1000, 1500, 2000].map((time) => `${time} grant 2`);
      assert.deepEqual(bench.run(2000), [...asked, '2000 isolated from nobody']);
    });

    it('is isolated whatever a mirror shows, which may be old, and does not campaign', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4)).jump(2000);
      bench.show();
      assert.deepEqual(bench.effects.slice(-2), ['renewLease 7', 'isolated from primary']);
    });

    it('reads the mirror anew when the store is back, and goes on from there', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4)).jump(3000);
      bench.machine.advance(bench.now);
      bench.effects;
      bench.renew();
      assert.deepEqual(bench.effects, ['starting', 'reload']);
      bench.sync(known('primary', '3', 4));
      assert.deepEqual(bench.effects, ['standby of primary 4']);
    });

    it('is back when the mirror could be read, which is then not read twice', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4)).jump(3000);
      bench.machine.mirrorLost(bench.now);
      bench.effects;
      bench.sync(known('primary', '3', 4));
      bench.renew();
      assert.deepEqual(bench.effects, ['standby of primary 4']);
    });

    it('stays isolated for an answer to what was asked too long ago', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4)).jump(9000);
      bench.renew('7', at(6500));
      assert.equal(bench.role, 'isolated from primary');
    });
  });

  describe('keeps a lease', () => {
    it('by asking again 100 ms after it asked in vain, for the lease as for its renewal', () => {
      const bench = new Bench(PRIMARY);
      bench.machine.start(bench.now);
      bench.jump(20).machine.grantFailed(bench.now);
      bench.effects;
      assert.deepEqual(bench.run(100), ['100 grant 2']);
      bench.grant('7');
      bench.effects;
      assert.deepEqual(bench.run(600, false), ['600 renewLease 7']);
      bench.jump(990).machine.renewFailed(bench.now);
      assert.deepEqual(bench.effects, ['renewLease 7'], 'at once where asking took longer');
      bench.machine.renewFailed(bench.now);
      assert.deepEqual(bench.run(1090, false), ['1090 renewLease 7']);
    });

    it('as a standby too: one that is gone is replaced, and the member record put on the new one', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4)).jump(400);
      bench.effects;
      bench.machine.leaseGone(leaseId('7'), bench.now);
      bench.grant('8');
      assert.deepEqual([bench.effects, bench.role], [['grant 2', 'register 8'], 'standby of primary 4']);
    });

    it('with the member record on it: what failed is tried again', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4));
      bench.effects;
      bench.machine.registerFailed(leaseId('6'), bench.now);
      bench.machine.registerFailed(leaseId('7'), bench.now);
      assert.deepEqual(bench.run(400), ['100 register 7']);
    });

    it('and no second one: what was granted late is given back', () => {
      const bench = new Bench(SECONDARY).settle(known('primary', '3', 4));
      bench.effects;
      bench.grant('8');
      assert.deepEqual([bench.effects, bench.machine.lease], [['revokeLease 8'], '7']);
    });

    it('that is its own: news of others change nothing', () => {
      const bench = new Bench(PRIMARY).lead();
      bench.machine.leaseGone(leaseId('6'), bench.now);
      bench.jump(1000).renew('6');
      assert.equal(bench.machine.leaseUntil, 1800);
      assert.equal(bench.mayLead, true);
    });
  });

  it('is starting, not standby, while its watch has ended', () => {
    const bench = new Bench(SECONDARY).settle(known('primary', '3', 4));
    bench.effects;
    bench.machine.mirrorLost(bench.now);
    bench.sync(known('primary', '3', 4));
    assert.deepEqual(bench.effects, ['starting', 'standby of primary 4']);
  });
});
