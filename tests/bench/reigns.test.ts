import assert from 'node:assert/strict';
import { isolationsOf, type RoleChange, reignsOf } from '../../bench/failover/reigns.ts';

const said = (gatekeeper: string, life: number, role: string, term: number, at: number): RoleChange => ({
  ...{ gatekeeper, life, role, term, at },
});

describe('who led when', () => {
  it('is told by their roles: until the next one', () => {
    const roles = [said('primary', 1, 'leading', 3, 100), said('primary', 1, 'standby', 7, 250)];
    assert.deepEqual(reignsOf(roles, []), [{ gatekeeper: 'primary', term: 3, from: 100, to: 250 }]);
  });

  it('ends with the process, of which another may have begun', () => {
    const roles = [said('primary', 1, 'leading', 3, 100), said('primary', 2, 'standby', 7, 900)];
    const ends = [{ gatekeeper: 'primary', life: 1, at: 250 }];
    assert.deepEqual(reignsOf(roles, ends), [{ gatekeeper: 'primary', term: 3, from: 100, to: 250 }]);
  });

  it('has no end that nobody told of, and the other says nothing about it', () => {
    const roles = [said('primary', 1, 'leading', 3, 100), said('secondary', 1, 'leading', 7, 250)];
    assert.deepEqual(reignsOf(roles, [{ gatekeeper: 'secondary', life: 1, at: 300 }]), [
      { gatekeeper: 'primary', term: 3, from: 100, to: Number.POSITIVE_INFINITY },
      { gatekeeper: 'secondary', term: 7, from: 250, to: 300 },
    ]);
  });

  it('begins anew with another term', () => {
    const roles = [said('primary', 1, 'leading', 3, 100), said('primary', 1, 'leading', 5, 200)];
    assert.deepEqual(
      reignsOf(roles, []).map(({ term, from, to }) => [term, from, to]),
      [
        [3, 100, 200],
        [5, 200, Number.POSITIVE_INFINITY],
      ],
    );
  });

  it('tells apart who was cut from the store', () => {
    const roles = [
      said('primary', 1, 'starting', 0, 100),
      said('primary', 1, 'isolated', 0, 200),
      said('primary', 1, 'standby', 7, 250),
    ];
    assert.deepEqual(isolationsOf(roles, []), [
      { gatekeeper: 'primary', from: 100, to: 200 },
      { gatekeeper: 'primary', from: 200, to: 250 },
    ]);
    assert.deepEqual(reignsOf(roles, []), []);
  });
});
