import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseOf, needToolchain, TEST_PATIENCE } from './support/base.ts';
import { leaks, SECRETS } from './support/leaks.ts';
import type { EngineStack } from './support/stack.ts';
import type { Toolchain } from './toolchain/find.ts';

/** Every file below a folder, its text by its path. */
function filesIn(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => join(entry.parentPath, entry.name)).map((path) => [path, readFileSync(path, 'latin1')]),
  );
}

describe('the search for secrets', () => {
  it('finds them as they are, in base64 at any place, in hex and in a URL', () => {
    const { etcdKey, onCallContact } = SECRETS;
    const places = {
      plain: `a ${etcdKey} b`,
      first: Buffer.from(`${etcdKey}!`).toString('base64'),
      second: Buffer.from(`x${etcdKey}!`).toString('base64'),
      third: Buffer.from(`xy${etcdKey}!`).toString('base64'),
      hex: Buffer.from(etcdKey).toString('hex'),
      url: `?to=${encodeURIComponent(onCallContact)}`,
      nowhere: etcdKey.slice(1),
    };
    assert.deepEqual(leaks(places), [
      'onCallContact in url',
      ...['plain', 'first', 'second', 'third', 'hex'].map((place) => `etcdKey in ${place}`),
    ]);
  });
});

describe('secrets under the real engine', function () {
  this.timeout(TEST_PATIENCE);
  let toolchain: Toolchain;
  let stack: EngineStack;

  before(async function () {
    toolchain = needToolchain(this);
    ({ stack } = await baseOf(toolchain, 'staging'));
  });

  it('are in no state, backup or history that Pulumi keeps, nor in the configuration file', async () => {
    const files = filesIn(stack.project.backend);
    assert.ok(
      Object.keys(files).some((path) => path.endsWith('staging.json')),
      Object.keys(files).join(' '),
    );
    const { text } = await stack.state();
    assert.deepEqual(leaks({ ...files, 'the export': text, file: readFileSync(stack.project.stackFile, 'utf8') }), []);
  });

  it('would be found in a state that shows them', async () => {
    const shown = await stack.pulumi(['stack', 'export', '--show-secrets', '--stack', stack.name]);
    assert.deepEqual(leaks({ shown }), ['onCallContact in shown']);
  });

  it("are in no machine's user data", () => {
    const machines = stack.cloud.all('aws:ec2/instance:Instance');
    const data = machines.map(({ name, outputs }) => {
      const { userData, userDataBase64 } = { ...outputs };
      return [
        name,
        typeof userData === 'string' ? userData : Buffer.from(String(userDataBase64), 'base64').toString('latin1'),
      ];
    });
    assert.equal(data.length, 5);
    for (const [name, text = ''] of data) assert.ok(text.length > 500, name);
    assert.deepEqual(leaks(Object.fromEntries(data)), []);
  });

  it('reach only who is to have them: the subscription of the alarms, and who hears of the budget', () => {
    const things = stack.cloud.everything();
    const places = Object.fromEntries(things.map((one) => [`${one.type} ${one.name}`, JSON.stringify(one)]));
    const found = leaks(places);
    const told = /^\w+Contact in aws:(sns\/topicSubscription:TopicSubscription|budgets\/budget:Budget) /;
    assert.ok(found.length > 0 && found.every((one) => told.test(one)), found.join('\n'));
    assert.ok(found.some((one) => one.startsWith('onCallContact in aws:sns/topicSubscription:TopicSubscription ')));
  });

  it('are in no output that is shown', async () => {
    const outputs = JSON.stringify(await stack.outputs());
    assert.deepEqual(leaks({ outputs }), []);
  });
});
