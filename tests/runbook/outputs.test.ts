import assert from 'node:assert/strict';
import { parseStackOutputs, StackOutputsError } from '../../runtime/runbook/index.ts';
import { stackOutputs } from '../support/stack-outputs.ts';

const problemsOf = (text: string): readonly string[] => {
  try {
    parseStackOutputs(text);
  } catch (error) {
    assert.ok(error instanceof StackOutputsError);
    return error.problems;
  }
  return [];
};

describe('parseStackOutputs', () => {
  let good = '';
  before(async () => {
    good = await stackOutputs('prod');
  });
  const change = (path: string, value: unknown): string => {
    const outputs: Record<string, unknown> = JSON.parse(good);
    const steps = path.split('.');
    let at: Record<string, unknown> = outputs;
    for (const step of steps.slice(0, -1)) {
      const next = at[step];
      assert.ok(typeof next === 'object' && next !== null);
      at = Object.fromEntries(Object.entries(next));
      Object.assign(
        outputs,
        steps.length === 2 ? { [step]: at } : { addresses: { ...Object(outputs['addresses']), [step]: at } },
      );
    }
    at[steps.at(-1) ?? ''] = value;
    return JSON.stringify(outputs);
  };

  it('reads what the program puts out, of every stack, whatever else there is', async () => {
    assert.equal(parseStackOutputs(good).stack, 'prod');
    assert.equal(parseStackOutputs(change('more', { of: 'it' })).region, 'eu-central-1');
    assert.equal(parseStackOutputs(await stackOutputs('staging')).stack, 'staging');
  });

  it('takes a stack without names, and contacts that Pulumi hides or that are not given', () => {
    assert.deepEqual(parseStackOutputs(change('names', {})).names, {});
    assert.equal(parseStackOutputs(change('contacts.onCall', '[secret]')).contacts.onCall, '[secret]');
    assert.equal(parseStackOutputs(change('contacts.onCall', undefined)).contacts.onCall, undefined);
  });

  it('refuses nothing, and what is no JSON', () => {
    assert.deepEqual(problemsOf(' \n'), ['(nothing came): pulumi stack output --json prints an object']);
    assert.match(problemsOf('OUTPUTS: {')[0] ?? '', /^\(all of it\): no JSON: /);
  });

  for (const [path, value, problem] of [
    ['stack', undefined, /^stack: /],
    ['instances.mcu', 'i-1; reboot', /^instances\.mcu: must be the id of an EC2 instance$/],
    ['instances.mcu', '', /^instances\.mcu: must be/],
    ['addresses.public.mcu', '203.0.113.999', /^addresses\.public\.mcu: must be an IPv4 address$/],
    ['region', 'eu-central-1 --profile x', /^region: must be an AWS region$/],
    ['arns.witnessBucket', 'arn:aws:s3:::a$(id)', /^arns\.witnessBucket: must be an ARN$/],
    ['contacts.onCall', 'a@b|c@d', /^contacts\.onCall: must be an e-mail address$/],
    ['names.mcu', 'mcu.`id`', /^names/],
    ['ports', [], /^ports: /],
  ] as const)
    it(`refuses ${JSON.stringify(value)} as ${path}, and names it`, () => {
      const problems = problemsOf(change(path, value));
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', problem);
    });

  it('names every problem at once', () => {
    assert.ok(problemsOf('{}').length >= 10);
  });
});
