import assert from 'node:assert/strict';
import type { Plan } from '../../../components/plan/index.ts';
import { withOutputs } from '../../../components/plan/references.ts';

const KEY = 'guardian-council:rollbackOf';

describe('a stack that refers to another one', () => {
  const asked: string[] = [];
  const planned = async (stack: string): Promise<Plan> => {
    asked.push(stack);
    return { stack, resources: [], outputs: { from: stack } };
  };
  beforeEach(() => {
    asked.length = 0;
  });

  it('gets what that one would export, which is planned for it', async () => {
    const values = { config: { [KEY]: 'prod', other: 'x' }, secretKeys: ['other'] };
    assert.deepEqual(await withOutputs('rollback-7', values, planned), {
      ...values,
      outputs: { prod: { from: 'prod' } },
    });
    assert.deepEqual(asked, ['prod']);
  });

  it('is left as it is where it refers to none, to itself, or to one that might refer back', async () => {
    for (const config of [{}, { [KEY]: 'rollback-7' }, { [KEY]: 'rollback-8' }]) {
      const values = { config, secretKeys: [] };
      assert.equal(await withOutputs('rollback-7', values, planned), values);
    }
    assert.deepEqual(asked, []);
  });

  it('fails as that one does', async () => {
    const values = { config: { [KEY]: 'prod' }, secretKeys: [] };
    const fails = async (): Promise<Plan> => {
      throw new Error('prod is broken');
    };
    await assert.rejects(withOutputs('rollback-7', values, fails), /prod is broken/);
  });
});
