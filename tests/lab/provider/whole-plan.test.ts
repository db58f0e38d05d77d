import assert from 'node:assert/strict';
import type { Plan, PlannedResource } from '../../../components/plan/index.ts';
import type { Values } from '../../../lab/provider/index.ts';
import { planOfProgram } from '../../support/program-plan.ts';
import { type LabProvider, labProvider } from '../support/lab-provider.ts';
import { inOrder, resolve, shortType } from '../support/plan-order.ts';

/** What exists, by the short type and name that the plan's placeholders have. */
type Made = Map<string, { readonly resource: PlannedResource; readonly id: string; readonly outputs: Values }>;

/** The plan's inputs with what exists; what they refer to must be there. */
function resolved(inputs: object, made: Made): Values {
  return resolve(inputs, (type, name, property) => {
    const found = made.get(`${type} ${name}`)?.outputs[property];
    assert(found !== undefined, `<${type} ${name}.${property}> is not there`);
    return String(found);
  });
}

async function bringUp(plan: Plan, { client }: LabProvider): Promise<Made> {
  const made: Made = new Map();
  for (const resource of inOrder(plan)) {
    const inputs = resolved(resource.inputs, made);
    const { id, outputs } = await client.make(resource.type, resource.name, inputs);
    made.set(`${shortType(resource.type)} ${resource.name}`, { resource, id, outputs: { ...outputs, id } });
  }
  return made;
}

/** Room for more than one SIP gateway: a group of them, behind a load balancer. */
const GROUP = { 'guardian-council:sipGatewayMin': '2', 'guardian-council:sipGatewayMax': '4' };

const STACKS: readonly [title: string, stack: string, changes: Readonly<Record<string, string>>][] = [
  ['prod', 'prod', {}],
  ['staging', 'staging', {}],
  ['staging with a group of gateways', 'staging', GROUP],
];

for (const [title, stack, changes] of STACKS)
  describe(`the whole program of ${title}, made without an engine`, function () {
    this.timeout(300_000);
    let lab: LabProvider;
    let plan: Plan;
    let made: Made;
    before(async () => {
      lab = await labProvider();
      plan = await planOfProgram(stack, changes);
      made = await bringUp(plan, lab);
    });
    after(async () => await lab?.close());

    it('is accepted with the quotas of a new account, and is all there', () => {
      const planned = plan.resources.filter(({ type }) => type.startsWith('aws:')).length;
      assert.equal(lab.cloud.everything().length, planned);
    });

    it('has every property that the plan refers to as something only AWS knows', () => {
      // bringUp asserts each placeholder; this says that there were some.
      assert(made.size > 50);
    });

    it('shows no difference when it is planned again', async () => {
      for (const { resource, id } of made.values()) {
        const inputs = resolved(resource.inputs, made);
        const { inputs: now } = await lab.client.check(
          resource.type,
          resource.name,
          inputs,
          lab.cloud.find(resource.type, id)?.inputs,
        );
        const then = lab.cloud.find(resource.type, id)?.inputs ?? {};
        assert.deepEqual(
          await lab.client.diff(resource.type, resource.name, id, then, now),
          { changes: 'none', replaces: [], deleteBeforeReplace: false, detail: {} },
          resource.urn,
        );
      }
    });

    it('can be taken away again in the opposite order, and leaves nothing', async () => {
      for (const { resource, id } of [...made.values()].toReversed())
        await lab.client.delete(resource.type, resource.name, id);
      assert.deepEqual(lab.cloud.everything(), []);
    });
  });
