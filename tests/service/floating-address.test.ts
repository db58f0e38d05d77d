import assert from 'node:assert/strict';
import { leaseId, type Role, revision } from '../../runtime/ha/index.ts';
import {
  type FloatingAddress,
  FloatingAddressKeeper,
  openFloatingAddress,
  parseFloatingAddress,
} from '../../runtime/service/floating-address.ts';
import { openLog } from '../../runtime/service/log.ts';
import { until } from '../support/until.ts';

describe('the setting of a floating address', () => {
  it('says what is allowed where it is given something else', () => {
    const wrong: readonly (readonly [text: string, why: string])[] = [
      ['', 'it begins with neither eip: nor ip:'],
      ['192.0.2.9', 'it begins with neither eip: nor ip:'],
      ['eip:192.0.2.9', "'192.0.2.9' is no allocation id"],
      ['eip:eipalloc-', "'eipalloc-' is no allocation id"],
      ['eip:eipalloc-0123456789abcdef0@eth0', "'eth0' is no address"],
      ['ip:host/24@eth0', "'host' is no address"],
      ['ip:192.0.2.9@eth0', 'the prefix must be a whole number from 1 to 32'],
      ['ip:192.0.2.9/33@eth0', 'the prefix must be a whole number from 1 to 32'],
      ['ip:2001:db8::9/129@eth0', 'the prefix must be a whole number from 1 to 128'],
      ['ip:192.0.2.9/24', 'the network interface is missing or none'],
      ['ip:192.0.2.9/24@', 'the network interface is missing or none'],
      ['ip:192.0.2.9/24@-f', 'the network interface is missing or none'],
      ['ip:192.0.2.9/24@a-name-too-long-for-linux', 'the network interface is missing or none'],
    ];
    const allowed = 'eip:ALLOCATION-ID, eip:ALLOCATION-ID@PRIVATE-ADDRESS, or ip:ADDRESS/PREFIX@INTERFACE';
    for (const [text, why] of wrong) {
      const message = `floating address '${text}': ${why}; it must be ${allowed}`;
      assert.throws(() => parseFloatingAddress(text), { name: 'RangeError', message });
    }
  });

  it('names an Elastic IP or an address with its interface', async () => {
    const allocationId = 'eipalloc-0123456789abcdef0';
    assert.deepEqual(parseFloatingAddress(`eip:${allocationId}`), {
      kind: 'eip',
      allocationId,
      privateAddress: undefined,
    });
    const bound = { kind: 'eip', allocationId, privateAddress: '10.20.1.11' };
    assert.deepEqual(parseFloatingAddress(`eip:${allocationId}@10.20.1.11`), bound);
    const address = { kind: 'ip', address: '192.0.2.9', prefix: 24, device: 'eth0.7' };
    assert.deepEqual(parseFloatingAddress('ip:192.0.2.9/24@eth0.7'), address);
    assert.equal((await openFloatingAddress('ip:2001:db8::9/64@eth0')).describe(), 'address 2001:db8::9/64 on eth0');
    assert.equal((await openFloatingAddress(`eip:${allocationId}`)).describe(), `Elastic IP ${allocationId}`);
  });
});

describe('a floating address', () => {
  const times = { firstRetry: 1, longestRetry: 4, settle: 20 };
  const log = openLog('test', true);
  const leading = (term: number): Role => ({
    kind: 'leading',
    term: revision(term),
    previous: undefined,
    how: 'first',
  });
  const ras = { address: '127.0.0.1', port: 1719 };
  const standby: Role = {
    ...{ kind: 'standby', term: revision(9) },
    leader: { instance: 'other', since: 0, ras, lease: leaseId('1') },
  };

  /** Notes what is asked of it; `claim` does what the test tells it to. */
  function address(claim: (signal: AbortSignal | undefined) => Promise<void>) {
    const asked: string[] = [];
    const floating: FloatingAddress = {
      async claim(signal) {
        asked.push('claim');
        await claim(signal);
      },
      async release() {
        asked.push('release');
      },
      describe: () => 'address',
      close: () => void asked.push('close'),
    };
    return { asked, keeper: new FloatingAddressKeeper({ address: floating, log, times }) };
  }

  it('is claimed again until it is here; failures are counted', async () => {
    let left = 3;
    const { asked, keeper } = address(async () => {
      if (left-- > 0) throw new Error('not yet');
    });
    keeper.onRole(leading(1));
    await until(() => keeper.held);
    assert.deepEqual([keeper.failures, asked.slice(0, 4)], [3, ['claim', 'claim', 'claim', 'claim']]);
    await keeper.stop();
  });

  it('is no longer claimed once leading has ended, and then let go', async () => {
    const { asked, keeper } = address(async () => {
      throw new Error('never');
    });
    keeper.onRole(leading(1));
    await until(() => keeper.failures > 2);
    keeper.onRole(standby);
    await keeper.stop();
    const claims = asked.filter((what) => what === 'claim').length;
    assert.deepEqual(asked, [...Array<string>(claims).fill('claim'), 'release', 'close']);
    assert.equal(keeper.held, false);
  });

  it('is let go only after a claim under way has ended, which is told to end', async () => {
    let ended = false;
    const { asked, keeper } = address(
      (signal) =>
        new Promise((_, reject) =>
          signal?.addEventListener('abort', () => {
            ended = true;
            reject(new Error('aborted'));
          }),
        ),
    );
    keeper.onRole(leading(1));
    await until(() => asked.length > 0);
    keeper.onRole({ kind: 'waiting' });
    await keeper.stop();
    assert.deepEqual([ended, asked, keeper.failures], [true, ['claim', 'release', 'close'], 0]);
  });

  it('is claimed once more after a while: a late call of the former leader may have taken it back', async () => {
    const { asked, keeper } = address(async () => {});
    keeper.onRole(leading(1));
    await until(() => asked.length === 2);
    assert.deepEqual([asked, keeper.held], [['claim', 'claim'], true]);
    await keeper.stop();
    assert.deepEqual(asked.slice(2), ['release', 'close']);
  });

  it('is let go once by who does not lead: a former process may have died with it', async () => {
    const { asked, keeper } = address(async () => {});
    for (const role of [standby, { kind: 'waiting' }, standby] as const) keeper.onRole(role);
    keeper.onRole(leading(1));
    await until(() => keeper.held);
    keeper.onRole(standby);
    await keeper.stop();
    assert.deepEqual(asked, ['release', 'claim', 'release', 'close']);
  });

  it('whose release fails is counted, and claimed all the same the next time', async () => {
    const asked: string[] = [];
    const floating: FloatingAddress = {
      claim: async () => void asked.push('claim'),
      release: () => Promise.reject(new Error('no right to')),
      describe: () => 'address',
    };
    const keeper = new FloatingAddressKeeper({ address: floating, log, times: { ...times, settle: 60_000 } });
    keeper.onRole(standby);
    keeper.onRole(leading(1));
    await until(() => keeper.held);
    assert.deepEqual([keeper.failures, asked], [1, ['claim']]);
    await keeper.stop();
  });
});
