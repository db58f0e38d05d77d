/** Both stacks that are committed keep to the pack, and one with all that a configuration may ask for, and the pack has looked at what there is to look at. */
import assert from 'node:assert/strict';
import * as aws from '@pulumi/aws';
import { judged, POLICIES } from '../../policy/index.ts';
import { TAGGABLE } from '../../policy/taggable.ts';
import { changed, complaints, planned, type Resources, withInput } from './planned-stack.ts';

/** The SDK's constructor of a resource type such as `aws:ec2/vpc:Vpc`. */
function constructorOf(type: string): unknown {
  const [, module = '', name = ''] = type.split(':');
  const room: unknown = Reflect.get(aws, module.split('/')[0] ?? '');
  return typeof room === 'object' && room !== null ? Reflect.get(room, name) : undefined;
}

/** Its tags are a list of their own form, which no provider adds to: a test of the component looks at them. */
const OWN_FORM = 'aws:autoscaling/group:Group';

/** Whether it takes tags: the constructor copies each input that it knows. */
const takesTags = (type: string): boolean =>
  type !== OWN_FORM && /resourceInputs\["tags"\] = args/.test(String(constructorOf(type)));

/** Room for more than one SIP gateway: a group of them, behind a load balancer. */
const GROUP = { 'guardian-council:sipGatewayMin': '2', 'guardian-council:sipGatewayMax': '4' };

const STACKS: readonly [title: string, stack: string, changes: Readonly<Record<string, string>>][] = [
  ['prod', 'prod', {}],
  ['staging', 'staging', {}],
  ['prod with a group of gateways', 'prod', GROUP],
];

for (const [title, stack, changes] of STACKS)
  describe(`the policies on ${title}`, function () {
    this.timeout(60_000);
    let resources: Resources = [];

    before(async () => {
      resources = await planned(stack, changes);
    });

    it('hold', () => assert.deepEqual(complaints(resources), []));

    it('have each something to look at', () => {
      const idle = judged(POLICIES, resources).filter(({ looked }) => looked === 0);
      assert.deepEqual(
        idle.map(({ policy }) => policy.name),
        [],
      );
    });

    it('know of every type that takes tags', () => {
      const types = [...new Set(resources.map(({ type }) => type))].filter((type) => type.startsWith('aws:'));
      const unknown = types.filter((type) => takesTags(type) !== TAGGABLE.has(type));
      assert(types.length > 20);
      assert.deepEqual(unknown, [], 'policy/taggable.ts has these, or should');
    });
  });

describe('the protection of staging', function () {
  this.timeout(60_000);

  it('is not asked for, until the stack says that it is production, or says nothing', async () => {
    const staging = await planned('staging');
    const as = (defaultTags: Record<string, string>) =>
      complaints(staging.map((one) => ({ ...one, defaultTags }))).filter((line) => line.startsWith('protection: '));
    const tags = { Project: 'guardian-council', Stack: 'staging' };
    assert.deepEqual(as({ ...tags, Environment: 'rollback' }), []);
    const asked = as({ ...tags, Environment: 'prod' });
    assert(asked.length >= 14, String(asked.length));
    assert.deepEqual(as(tags), asked);
  });

  it('leaves alone what a change of one input leaves alone', async () => {
    const staging = await planned('staging');
    const larger = changed(staging, ['Instance', 'mcu'], (mcu) => withInput(mcu, 'instanceType', 'c7i.4xlarge'));
    assert.deepEqual(complaints(larger), []);
  });
});
