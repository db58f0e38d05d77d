import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlannedResource, PlannedValue, PlannedValues } from '../../../components/plan/index.ts';
import { parseSnapshot, snapshotOf, snapshotText } from '../../../components/plan/snapshot.ts';
import { INSTANCE, plan, resource, small, VPC } from './example-plan.ts';

const text = (...resources: readonly PlannedResource[]): string => snapshotText('test', snapshotOf(plan(...resources)));

describe('a snapshot', () => {
  it('is the same in whatever order resources are registered', () => {
    const expected = text(...small.resources);
    fc.assert(
      fc.property(fc.shuffledSubarray([...small.resources], { minLength: small.resources.length }), (shuffled) => {
        assert.equal(text(...shuffled), expected);
      }),
    );
  });

  it('has what is registered, long texts and JSON as lines', () => {
    assert.equal(
      text(
        resource(VPC, { cidrBlock: '10.0.0.0/16', version: '1.10' }),
        resource(
          INSTANCE,
          { policy: '{"a":["b"]}', userData: '#cloud-config\na: 1\n' },
          { in: VPC, needs: [VPC], protect: true, deleteBeforeReplace: false },
        ),
      ),
      `# What the program registers for the stack test. Written by \`npm run plan:update\`.

aws:ec2/vpc:Vpc::council:
  inputs:
    cidrBlock: 10.0.0.0/16
    version: "1.10"

guardian-council:host:Host$aws:ec2/instance:Instance::mcu:
  parent: aws:ec2/vpc:Vpc::council
  dependsOn:
    - aws:ec2/vpc:Vpc::council
  protect: true
  deleteBeforeReplace: false
  inputs:
    policy: |
      {
        "a": [
          "b"
        ]
      }
    userData: |
      #cloud-config
      a: 1

outputs: {}
`,
    );
  });

  it('is read as it was written, whatever is in it', () => {
    const line = fc.string({ unit: 'binary', maxLength: 12 });
    const texts = fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n'));
    const { value } = fc.letrec<{ value: PlannedValue; values: PlannedValues }>((tie) => ({
      value: fc.oneof(texts, fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie('value')), tie('values')),
      values: fc.dictionary(line, tie('value')),
    }));
    fc.assert(
      fc.property(value, texts, (one, other) => {
        const snapshot = snapshotOf({ ...plan(resource(VPC, { one, other })), outputs: { one } });
        assert.deepEqual(parseSnapshot('f', snapshotText('test', snapshot)), snapshot);
      }),
      { numRuns: 500 },
    );
  });

  it('that cannot be read is told of with its file', () => {
    for (const [broken, message] of [
      ['a: [', /^docs\/x.yaml: Flow sequence/],
      ['- a\n', /^docs\/x.yaml: must be a map of resources$/],
      ['a: 1\n', /^docs\/x.yaml: a must be a map$/],
    ] as const)
      assert.throws(() => parseSnapshot('docs/x.yaml', broken), { name: 'SnapshotError', message });
  });
});
