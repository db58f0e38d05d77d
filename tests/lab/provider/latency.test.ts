import assert from 'node:assert/strict';
import { type Latency, seededLatency } from '../../../lab/provider/index.ts';
import { type LabProvider, labProvider } from '../support/lab-provider.ts';
import { VPC } from '../support/small-account.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const RULE = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';

describe('latency from a seed', () => {
  const some = (latency: Latency): number[] =>
    ['a', 'b', 'a'].flatMap((name) => [latency(INSTANCE, 'create', name), latency(RULE, 'delete', name)]);

  it('is the same for the same seed, and another one for another seed, resource, action or time', () => {
    assert.deepEqual(some(seededLatency(7)), some(seededLatency(7)));
    assert.notDeepEqual(some(seededLatency(7)), some(seededLatency(8)));
    assert.equal(new Set(some(seededLatency(7))).size, 6);
  });

  it('does not depend on which call comes first', () => {
    const [one, other] = [seededLatency(7), seededLatency(7)];
    const first = [one(INSTANCE, 'create', 'a'), one(INSTANCE, 'create', 'b')];
    assert.deepEqual([other(INSTANCE, 'create', 'b'), other(INSTANCE, 'create', 'a')], first.toReversed());
  });

  it('lies in the range of its type, stretched by the factor', () => {
    const latency = seededLatency(7, 10);
    for (let index = 0; index < 100; index++) {
      const [machine, rule, read] = [
        latency(INSTANCE, 'create', `${index}`),
        latency(RULE, 'create', `${index}`),
        latency(RULE, 'read', `${index}`),
      ];
      assert.ok(machine >= 200 && machine <= 900, String(machine));
      assert.ok(rule >= 10 && rule <= 80, String(rule));
      assert.ok(read >= 10 && read <= 30, String(read));
    }
  });
});

describe('a provider behind a network', () => {
  let lab: LabProvider;
  afterEach(async () => await lab?.close());

  it('answers in another order than it was asked', async () => {
    lab = await labProvider({ latency: (_type, _action, name) => (name === 'slow' ? 200 : 1) });
    const slow = lab.client.make(VPC, 'slow', { cidrBlock: '10.0.0.0/16' });
    await lab.client.make(VPC, 'fast', { cidrBlock: '10.1.0.0/16' });
    await slow;
    const log = lab.cloud.calls.map(({ phase, name }) => `${phase} ${name}`);
    assert.deepEqual(log, ['begin slow', 'begin fast', 'end fast', 'end slow']);
  });

  it('has done what was asked before the answer is there', async () => {
    lab = await labProvider({ latency: () => 200 });
    let isThere = false;
    const making = lab.client.make(VPC, 'one', { cidrBlock: '10.0.0.0/16' }).then(() => isThere);
    const looking = setInterval(() => {
      isThere ||= lab.cloud.all(VPC).length === 1;
    }, 5);
    try {
      assert.equal(await making, true);
    } finally {
      clearInterval(looking);
    }
  });
});
