/** What is committed of the plans is what the program registers: docs/plans/, and what documents say of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LOOPBACK_PORTS, PORTS, portPlan } from '../../../components/network/index.ts';
import { differences, differencesText } from '../../../components/plan/difference.ts';
import { generatedParts, withPart } from '../../../components/plan/documents.ts';
import { costPart, readSnapshot, snapshotFile, snapshotPart } from '../../../components/plan/files.ts';
import { type Plan, planOf } from '../../../components/plan/index.ts';
import { openPorts } from '../../../components/plan/open-ports.ts';
import { readPrices } from '../../../components/plan/prices.ts';
import { snapshotOf } from '../../../components/plan/snapshot.ts';
import { readStackFile, stackNames } from '../../../components/plan/stack-file.ts';
import { plain } from '../../../components/plan/terminal.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const HOW = 'If that is meant: npm run plan:update, and commit what it writes.';

const textOf = (file: string): string => readFileSync(new URL(file, `file://${ROOT}`), 'utf8');

let loads = 0;
async function planOfStack(stack: string): Promise<Plan> {
  loads += 1;
  return planOf(stack, readStackFile(ROOT, stack), () => import(`../../../index.ts?test=${loads}`));
}

describe('the plan snapshots', function () {
  this.timeout(60_000);

  for (const stack of stackNames(ROOT)) {
    it(`has in ${snapshotFile(stack)} what the program registers`, async () => {
      const plan = await planOfStack(stack);
      const found = differences(readSnapshot(ROOT, stack), snapshotOf(plan));
      assert.equal(found.length, 0, `${snapshotFile(stack)} differs:\n\n${differencesText(found, plain)}\n${HOW}`);
      const { file, text } = snapshotPart(plan);
      assert.equal(textOf(file), text, `${file} is spelt differently. ${HOW}`);
      assert(!text.includes(ROOT), 'no path of a machine');
      const cost = costPart(plan, readPrices());
      assert.equal(textOf(cost.file), cost.text, `${cost.file} is not up to date. ${HOW}`);
    });

    it(`opens in ${stack} what the port plan says, and nothing else`, async () => {
      const values = readStackFile(ROOT, stack);
      const { resources } = await planOfStack(stack);
      const admin: unknown = JSON.parse(values.config['guardian-council:adminCidrs'] ?? '[]');
      assert(Array.isArray(admin));
      const portOf = (name: string, byDefault: number): number =>
        Number(values.config[`guardian-council:${name}`] ?? byDefault);
      const chosen = {
        primaryRasPort: portOf('primaryRasPort', PORTS.endpointRas),
        secondaryRasPort: portOf('secondaryRasPort', PORTS.callSignalling),
      };
      const expected = portPlan(chosen).flatMap(({ host, protocol, from, to, sources }) =>
        sources.flatMap((source) => {
          const ports = protocol === 'icmp' ? `type ${from} code ${to}` : from === to ? `${from}` : `${from}-${to}`;
          const networks = { world: ['0.0.0.0/0'], admin: admin.map(String) };
          const senders = source === 'world' || source === 'admin' ? networks[source] : [source];
          return senders.map((one) => `${one} -> ${host} ${ports}/${protocol}`);
        }),
      );
      const actual = openPorts(resources).map(
        ({ source, host, ports, protocol }) => `${source} -> ${host} ${ports}/${protocol}`,
      );
      assert.deepEqual(actual.toSorted(), expected.toSorted());
      for (const { host, port, protocol } of LOOPBACK_PORTS)
        assert(!actual.some((rule) => rule.endsWith(` -> ${host} ${port}/${protocol}`)), `${host} ${port}/${protocol}`);
    });
  }

  it('has in the documents what the program and the port plan say', async () => {
    const plan = await planOfStack('prod');
    for (const part of generatedParts(plan, readStackFile(ROOT, 'prod'))) {
      const document = textOf(part.file);
      assert.equal(document, withPart(document, part), `${part.file} (${part.section ?? 'all of it'}) differs. ${HOW}`);
    }
  });
});
