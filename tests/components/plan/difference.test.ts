import assert from 'node:assert/strict';
import fc from 'fast-check';
import { differences, differencesText } from '../../../components/plan/difference.ts';
import type { Plan } from '../../../components/plan/index.ts';
import { diffLines, hunksOf } from '../../../components/plan/line-diff.ts';
import { snapshotOf } from '../../../components/plan/snapshot.ts';
import { plain } from '../../../components/plan/terminal.ts';
import { HOST, INSTANCE, plan, resource, SUBNET, VPC } from './example-plan.ts';

const diff = (before: Plan, after: Plan): string =>
  differencesText(differences(snapshotOf(before), snapshotOf(after)), plain);

const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `line ${at + 1}`);
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('the difference of two plans', () => {
  it('is none where only the order and the spelling of JSON differ', () => {
    const [one, other] = [resource(VPC, { a: 1, b: '{"x":1}' }), resource(HOST)];
    assert.equal(diff(plan(one, other), plan(other, resource(VPC, { b: '{ "x": 1 }', a: 1 }))), 'No differences.\n');
  });

  it('names what was added with its inputs, what was removed, and what changed', () => {
    const before = plan(resource(VPC, { cidrBlock: '10.0.0.0/16', keep: 1, gone: true }), resource(SUBNET, { a: 1 }));
    const after = plan(
      resource(VPC, { cidrBlock: '10.1.0.0/16', keep: 1, fresh: 'x' }, { protect: true }),
      resource(HOST),
      resource(INSTANCE, { userData: 'a\nb\n', list: ['x'] }, { in: HOST }),
    );
    assert.equal(
      diff(before, { ...after, outputs: { address: '<mcu.publicIp>' } }),
      `~ aws:ec2/vpc:Vpc council
    - cidrBlock: 10.0.0.0/16
    + cidrBlock: 10.1.0.0/16
    - gone: true
    + [protect]: true
    + fresh: x

+ guardian-council:host:Host mcu

+ aws:ec2/instance:Instance mcu
    + [parent]: guardian-council:host:Host::mcu
    + userData: … 2 lines
    + list: - x

~ outputs of the stack
    + address: <mcu.publicIp>

- aws:ec2/subnet:Subnet council-1

2 added, 2 changed, 1 removed
`,
    );
  });

  it('shows long texts by their changed lines', () => {
    const lines = numbered(40);
    const before = plan(resource(INSTANCE, { userData: textOf(lines) }));
    const after = plan(resource(INSTANCE, { userData: textOf(lines.with(19, '- name: new').toSpliced(35, 1)) }));
    assert.equal(
      diff(before, after),
      `~ aws:ec2/instance:Instance mcu [replaced: userData]
      userData:
        @@ -17 +17 @@
        line 17
        line 18
        line 19
    -   line 20
    +   - name: new
        line 21
        line 22
        line 23
        @@ -33 +33 @@
        line 33
        line 34
        line 35
    -   line 36
        line 37
        line 38
        line 39

0 added, 1 changed (1 by being replaced), 0 removed
`,
    );
  });

  it('shows lists and objects by their changed lines', () => {
    const text = diff(plan(resource(VPC, { list: ['a', 'b'] })), plan(resource(VPC, { list: ['a', 'c'] })));
    assert.match(text, / {6}list:\n {8}@@ -1 \+1 @@\n {8}- a\n {4}- {3}- b\n {4}\+ {3}- c\n/);
  });

  it('colours lines by what they are, not by what they begin with', () => {
    const [before, after] = ['- a\n- b\n', '- a\n- c\n'].map((userData) =>
      snapshotOf(plan(resource(VPC, { userData }))),
    );
    assert(before && after);
    const text = differencesText(differences(before, after), (style, line) => `<${style}>${line}</${style}>`);
    assert(text.includes('\n        - a\n'), text);
    assert(text.includes('    <red>-   - b</red>\n    <green>+   - c</green>\n'), text);
  });
});

describe('the difference of lines', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });

  it('leads from the one to the other, with no more changes than needed', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const found = diffLines(before, after);
        const without = (sign: string) => found.filter((line) => line.sign !== sign).map(({ text }) => text);
        assert.deepEqual([without('+'), without('-')], [before, after]);
        assert.equal(found.filter(({ sign }) => sign === ' ').length, longestCommon(before, after));
      }),
    );
  });

  it('is shown as a replacement where it would take too much memory', () => {
    const [before, after] = [numbered(3000), numbered(3000).reverse()];
    const found = diffLines(before, after);
    assert.deepEqual(
      [found.length, found[0], found.at(-1)],
      [6000, { sign: '-', text: 'line 1' }, { sign: '+', text: 'line 1' }],
    );
  });

  it('is cut into hunks that name the lines of both sides', () => {
    const found = hunksOf(diffLines(numbered(9), ['line 0', ...numbered(9).toSpliced(7, 1)]), 1);
    assert.deepEqual(
      found.map(({ before, after, lines: { length } }) => [before, after, length]),
      [
        [1, 1, 2],
        [7, 8, 3],
      ],
    );
    assert.deepEqual(hunksOf(diffLines(['a'], ['a']), 3), []);
  });
});

/** By the definition: the slow way. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (const [at, one] of a.entries())
    for (const [to, other] of b.entries()) {
      const [row, next] = [rows[at] ?? [], rows[at + 1] ?? []];
      next[to + 1] = one === other ? (row[to] ?? 0) + 1 : Math.max(row[to + 1] ?? 0, next[to] ?? 0);
    }
  return rows.at(-1)?.at(-1) ?? 0;
}
