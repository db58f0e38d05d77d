import assert from 'node:assert/strict';
import type { Plan, PlannedResource } from '../../../components/plan/index.ts';
import type { Value, Values } from '../../../lab/provider/index.ts';
import { planOfProgram } from '../../support/program-plan.ts';
import { type LabProvider, labProvider } from '../support/lab-provider.ts';

/** What exists, by the short type and name that the plan's placeholders have. */
type Made = Map<string, { readonly resource: PlannedResource; readonly id: string; readonly outputs: Values }>;

const shortType = (type: string): string => type.slice(type.lastIndexOf(':') + 1);

/** The plan's inputs with what exists in place of `<Vpc council.id>`. */
function resolved(value: unknown, made: Made): Value {
  if (typeof value === 'string')
    return value
      .replaceAll('<account>', '123456789012')
      .replaceAll(/<(\w+) ([\w.-]+?)\.(\w+)>/g, (placeholder, type, name, property) => {
        const found = made.get(`${type} ${name}`)?.outputs[property];
        assert(found !== undefined, `${placeholder} is not there`);
        return String(found);
      });
  if (Array.isArray(value)) return value.map((item) => resolved(item, made));
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' || typeof value === 'boolean' ? value : null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, made)]));
}

/** AWS's resources, each after what it needs. */
function inOrder({ resources }: Plan): PlannedResource[] {
  const byUrn = new Map(resources.map((one) => [one.urn, one]));
  const ordered = new Set<PlannedResource>();
  const visit = (one: PlannedResource | undefined): void => {
    if (!one || ordered.has(one)) return;
    for (const urn of one.dependsOn) visit(byUrn.get(urn));
    ordered.add(one);
  };
  resources.forEach(visit);
  return [...ordered].filter(({ type }) => type.startsWith('aws:'));
}

async function bringUp(plan: Plan, { client }: LabProvider): Promise<Made> {
  const made: Made = new Map();
  for (const resource of inOrder(plan)) {
    const inputs = resolved(resource.inputs, made);
    assert(typeof inputs === 'object' && inputs !== null && !Array.isArray(inputs));
    const { id, outputs } = await client.make(resource.type, resource.name, inputs as Values);
    made.set(`${shortType(resource.type)} ${resource.name}`, { resource, id, outputs: { ...outputs, id } });
  }
  return made;
}

for (const stack of ['prod', 'staging'])
  describe(`the whole program of ${stack}, made without an engine`, function () {
    this.timeout(60_000);
    let lab: LabProvider;
    let plan: Plan;
    let made: Made;
    before(async () => {
      lab = await labProvider();
      plan = await planOfProgram(stack);
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
        const inputs = resolved(resource.inputs, made) as Values;
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
