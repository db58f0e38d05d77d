import assert from 'node:assert/strict';
import { nearMiss } from '../../../components/config/near-miss.ts';

const KNOWN = ['vpcCidr', 'subnetCidrs', 'adminCidrs', 'maxExperts', 'domain', 'region'];

describe('nearMiss', () => {
  const rows: readonly (readonly [what: string, name: string, meant: string | undefined])[] = [
    ['nothing that is near', 'colour', undefined],
    ['nothing for four slips', 'maxEx', undefined],
    ['half of a name', 'reg', 'region'],
    ['nothing for an empty name', '', undefined],
    ['nothing for a name of any length', 'domain'.repeat(1_000_000), undefined],
    ['a letter left out', 'vpcCdr', 'vpcCidr'],
    ['a letter too many', 'domaiin', 'domain'],
    ['another letter', 'regiun', 'region'],
    ['neighbours swapped', 'vpcCird', 'vpcCidr'],
    ['another case', 'MAXEXPERTS', 'maxExperts'],
    ['the nearest of several', 'subnetCidr', 'subnetCidrs'],
  ];
  for (const [what, name, meant] of rows) it(`finds ${what}`, () => assert.equal(nearMiss(name, KNOWN), meant));
});
