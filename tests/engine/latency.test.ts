/** The real engine against an AWS that takes its time: calls that run side by side end in another order than they began. */
import assert from 'node:assert/strict';
import { type Call, seededLatency } from '../../lab/provider/index.ts';
import { emptyStack, needToolchain, TEST_PATIENCE } from './support/base.ts';
import { GATEKEEPERS, outages, Serving, secondVoters, Voters } from './support/serving.ts';
import type { EngineStack } from './support/stack.ts';
import type { Toolchain } from './toolchain/find.ts';

const SEED = Number(process.env['COUNCIL_ENGINE_SEED'] ?? 20_261_122);
/** Of a thousandth of AWS's times: a machine takes up to two seconds to come or to go. */
const FACTOR = 20;
const INSTANCE = 'aws:ec2/instance:Instance';
const GATE = 'command:local:Command';

/** What was done to machines and gates, in order. */
const course = (calls: readonly Call[]): string[] =>
  calls
    .filter(
      ({ type, name }) =>
        (type === INSTANCE && /^(gate|moni)/.test(name)) || (type === GATE && /-(spare|healthy)$/.test(name)),
    )
    .filter(({ action }) => action === 'create')
    .map(({ phase, name }) => `${phase} ${name}`);

const IN_ORDER = [
  'gatekeeper-secondary-spare',
  'gatekeeper-secondary',
  'gatekeeper-secondary-healthy',
  'gatekeeper-primary',
  'gatekeeper-primary-healthy',
  'monitoring',
].flatMap((name) => [`begin ${name}`, `end ${name}`]);

/** How many calls ended while one that had begun before them went on. */
function overtaking(calls: readonly Call[]): number {
  const running: string[] = [];
  let count = 0;
  for (const { phase, action, urn } of calls) {
    const call = `${action} ${urn}`;
    if (phase === 'begin') running.push(call);
    if (phase !== 'end' && phase !== 'fail') continue;
    const place = running.indexOf(call);
    if (place > 0) count += 1;
    running.splice(place, 1);
  }
  return count;
}

describe(`the real engine with latency (seed ${SEED}, COUNCIL_ENGINE_SEED)`, function () {
  this.timeout(TEST_PATIENCE);
  let toolchain: Toolchain;

  before(function () {
    toolchain = needToolchain(this);
  });

  /** What is changed, and what that is to do to the voters besides passing the gates. */
  const CHANGES = {
    staging: { key: 'amiId', value: 'ami-0fedcba9876543210', replaces: true },
    prod: { key: 'gatekeeperInstanceType', value: 'c7i.xlarge', replaces: false },
  } as const;

  for (const name of ['staging', 'prod'] as const)
    describe(`and ${name}`, () => {
      const { key, value, replaces } = CHANGES[name];
      let stack: EngineStack;

      before(async () => {
        stack = await emptyStack(toolchain, name, { latency: seededLatency(SEED, FACTOR) });
      });
      after(async () => stack?.close());

      it('brings up secondary, gate, primary, gate, monitoring, whatever overtakes what', async () => {
        const run = await stack.run('up');
        assert.equal(run.status, 0, run.stdout + run.stderr);
        assert.deepEqual(course(stack.cloud.calls), IN_ORDER);
        assert.ok(overtaking(stack.cloud.calls) > 30, `${overtaking(stack.cloud.calls)} calls overtook another one`);
        assert.deepEqual((await stack.state()).pending, []);
      });

      it(`changes ${key} with a gatekeeper serving at every step, one voter at a time`, async () => {
        const [serving, from] = [new Serving(stack.cloud), stack.cloud.calls.length];
        await stack.configure(key, value);
        const run = await stack.run('up');
        assert.equal(run.status, 0, run.stdout + run.stderr);
        const calls = stack.cloud.calls.slice(from);
        assert.deepEqual(outages(calls, serving), []);
        assert.deepEqual(secondVoters(calls, new Voters()), []);
        if (replaces) {
          assert.deepEqual(serving.now, GATEKEEPERS);
          assert.deepEqual(course(calls), IN_ORDER);
        }
      });

      if (replaces)
        it('fails in the middle of the next change, with calls under way beside it; the next up repairs it', async () => {
          const [serving, voters, from] = [new Serving(stack.cloud), new Voters(), stack.cloud.calls.length];
          await stack.configure(key, 'ami-00000000000000002');
          stack.failures.next(INSTANCE, 'create', 'InsufficientInstanceCapacity', 1, 'gatekeeper-primary');
          assert.notEqual((await stack.run('up')).status, 0);
          assert.equal(stack.failures.left, 0);
          const repair = await stack.run('up');
          assert.equal(repair.status, 0, repair.stdout + repair.stderr);
          const calls = stack.cloud.calls.slice(from);
          assert.deepEqual(outages(calls, serving), []);
          assert.deepEqual(secondVoters(calls, voters), []);
          assert.deepEqual(serving.now, GATEKEEPERS);
        });

      it('finds nothing to do afterwards, and no drift', async () => {
        const run = await stack.run('refresh');
        assert.equal(run.status, 0, run.stdout + run.stderr);
        assert.deepEqual(Object.keys(run.changes), ['same']);
      });

      if (name === 'staging')
        it('is destroyed, and leaves nothing', async () => {
          const run = await stack.run('destroy');
          assert.equal(run.status, 0, run.stdout + run.stderr);
          assert.deepEqual(stack.cloud.everything(), []);
          assert.deepEqual((await stack.state()).resources, []);
        });
    });
});
