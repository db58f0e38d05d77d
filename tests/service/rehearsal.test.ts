import assert from 'node:assert/strict';
import { MemoryStore, type Store } from '../../runtime/ha/index.ts';
import { rehearseInDress } from '../../runtime/service/dress-rehearsal.ts';
import { rehearse } from '../../runtime/service/rehearsal.ts';
import { milliseconds } from '../../runtime/units.ts';
import { delegated } from '../support/delegated-store.ts';
import { GatekeeperLab } from '../support/gatekeeper-lab.ts';

describe('the rehearsal', () => {
  it('plays every call through: admitted, changed and ended by the leader, sent on by the standby', () => {
    const lab = new GatekeeperLab();
    assert.equal(rehearse(lab.state.config), 40);
    assert.equal(rehearse({ ...lab.state.config, policy: 'open-lab' }), 40);
  });

  it('leaves nothing behind', () => {
    const lab = new GatekeeperLab();
    rehearse(lab.state.config);
    assert.equal(lab.state.endpoints.size, 0);
    assert.equal(lab.state.statistics.admissions, 0);
  });
});

describe('the dress rehearsal', () => {
  const { config } = new GatekeeperLab().state;
  const data = () => new MemoryStore(() => milliseconds(performance.now()));

  it('plays every call through with the store, and leaves nothing in it', async function () {
    // However busy the machine is.
    this.timeout(40_000);
    const store = data().client();
    const before = { key: '/guardian-council/zone/state/x', value: Buffer.of(1) };
    await store.commit({ guards: [], puts: [before], deletes: [] });
    const commits: string[] = [];
    const watched = store.watch('', (await store.read('')).revision, {
      changed: (changes) => void commits.push(...changes.map(({ key }) => key)),
      ended: () => assert.fail(),
    });
    const patience = milliseconds(30_000);
    assert.equal(await rehearseInDress({ config, store, instance: 'one', patience }), 25);
    watched.close();
    assert.ok(commits.some((key) => key.includes('/state/') && key.includes('rehearsal')));
    assert.deepEqual(
      (await store.read('')).entries.map(({ key }) => key),
      [before.key],
    );
  });

  it('may be given by two at once, and again after one that was cut short', async () => {
    const store = data().client();
    const both = ['one', 'two'].map((instance) => rehearseInDress({ config, store, instance }));
    assert.deepEqual(await Promise.all(both), [25, 25]);
    let commits = 0;
    const failing: Store = {
      ...delegated(store),
      commit: (transaction) => (++commits > 20 ? Promise.reject(new Error('cut')) : store.commit(transaction)),
    };
    assert.ok((await rehearseInDress({ config, store: failing, instance: 'one' })) < 25);
    assert.ok((await store.read('')).entries.length > 0, 'it could not clear up');
    assert.equal(await rehearseInDress({ config, store, instance: 'one' }), 25);
    assert.deepEqual((await store.read('')).entries, []);
  });

  it('is left out where the store is out of reach, and cut short where it is slow', async function () {
    this.timeout(10_000);
    const store = data().client();
    await store.close();
    assert.equal(await rehearseInDress({ config, store, instance: 'one' }), 0);
    const quick = data().client();
    const slow: Store = {
      ...delegated(quick),
      async commit(transaction) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return quick.commit(transaction);
      },
    };
    const played = await rehearseInDress({ config, store: slow, instance: 'one' });
    assert.ok(played > 0 && played < 25, `${played}`);
  });
});
