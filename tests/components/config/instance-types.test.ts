import assert from 'node:assert/strict';
import { capacityOf } from '../../../components/config/index.ts';

describe('capacityOf', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['t2.large', 't2 is burstable: it slows down when its CPU credits are used up'],
    ['t3a.xlarge', 't3a is burstable: it slows down when its CPU credits are used up'],
    ['t4g.2xlarge', 't4g is burstable: it slows down when its CPU credits are used up'],
    ['m7i-flex.large', 'm7i-flex does not give its full CPU all the time'],
    ['a1.large', 'a1 is arm64 (Graviton), and the image is x86-64'],
    ['c6gn.large', 'c6gn is arm64 (Graviton), and the image is x86-64'],
    ['r8g.large', 'r8g is arm64 (Graviton), and the image is x86-64'],
    ['c7i.medium', 'medium is none of the sizes large, xlarge, 2xlarge, 4xlarge, 8xlarge, 12xlarge, 16xlarge'],
    ['c7i', 'an instance type is written as family.size, such as c7i.large'],
    ['C7i.large', 'an instance type is written as family.size, such as c7i.large'],
    ['c7i.large ', 'an instance type is written as family.size, such as c7i.large'],
    ['', 'an instance type is written as family.size, such as c7i.large'],
  ];
  for (const [type, reason] of refused)
    it(`says why ${JSON.stringify(type)} cannot be a host's`, () => assert.equal(capacityOf(type), reason));

  it('knows an old family for none of those that it has', () => {
    assert.match(String(capacityOf('m5.large')), /^m5 is none of c6a, c6i, /);
  });

  // vCPUs and memory as the AWS EC2 Instance Types Guide has them.
  const known: readonly (readonly [string, number, number])[] = [
    ['c7i.large', 2, 4],
    ['c6a.xlarge', 4, 8],
    ['c7a.2xlarge', 8, 16],
    ['c6in.4xlarge', 16, 32],
    ['c8i.16xlarge', 64, 128],
    ['m6i.large', 2, 8],
    ['m8a.8xlarge', 32, 128],
    ['r6i.xlarge', 4, 32],
    ['r7i.12xlarge', 48, 384],
  ];
  for (const [type, vcpus, gib] of known) it(`knows ${type}`, () => assert.deepEqual(capacityOf(type), { vcpus, gib }));
});
