import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../../../lab/provider/index.ts';
import { type LabProvider, labProvider } from '../support/lab-provider.ts';
import { hostInputs, INSTANCE, smallHost, VPC } from '../support/small-account.ts';

const cidr = { cidrBlock: '10.0.0.0/16' };

describe('failures that a test plans', () => {
  let lab: LabProvider;
  beforeEach(async () => {
    lab = await labProvider();
  });
  afterEach(async () => await lab?.close());

  const logged = (): string[] => lab.cloud.calls.map(({ action, phase, name }) => `${action} ${phase} ${name}`);

  it('throttles: two attempts are made again, the third fails, and nothing is made', async () => {
    lab.failures.next(VPC, 'create', 'Throttling', 2);
    await lab.client.make(VPC, 'one', cidr);
    assert.deepEqual(logged(), ['create begin one', 'create retry one', 'create retry one', 'create end one']);
    lab.failures.next(VPC, 'create', 'Throttling', 3);
    await assert.rejects(
      lab.client.make(VPC, 'two', cidr),
      /creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 400, api error Throttling: Rate exceeded/,
    );
    assert.deepEqual(logged().slice(4), [
      'create begin two',
      'create retry two',
      'create retry two',
      'create fail two',
    ]);
    assert.equal(lab.cloud.all(VPC).length, 1);
    assert.equal(lab.failures.left, 0);
  });

  it('hits the resource, the action and the number of calls that were named', async () => {
    lab.failures.next(VPC, 'create', 'InternalError', 1, 'two');
    lab.failures.next(VPC, 'delete', { code: 'Custom', message: 'because', status: 418 });
    const { id } = await lab.client.make(VPC, 'one', cidr);
    await assert.rejects(
      lab.client.make(VPC, 'two', cidr),
      /StatusCode: 500, api error InternalError: An internal error has occurred/,
    );
    await lab.client.make(VPC, 'two', cidr);
    await assert.rejects(
      lab.client.delete(VPC, 'one', id),
      /deleting EC2 VPC \(vpc-[0-9a-f]{17}\): operation error EC2: DeleteVpc, https response error StatusCode: 418, api error Custom: because/,
    );
    await lab.client.delete(VPC, 'one', id);
    assert.equal(lab.failures.left, 0);
  });

  it('loses an answer after AWS did what was asked', async () => {
    lab.failures.next(VPC, 'create', 'AnswerLost');
    await assert.rejects(
      lab.client.make(VPC, 'one', cidr),
      /creating EC2 VPC: operation error EC2: CreateVpc: request send failed, read: connection reset by peer/,
    );
    assert.equal(lab.cloud.all(VPC).length, 1);
  });

  it('holds a call before anything is done, until it is let go', async () => {
    const hold = lab.failures.hold(VPC, 'create');
    const making = lab.client.make(VPC, 'one', cidr);
    await hold.reached;
    assert.deepEqual(lab.cloud.all(VPC), []);
    hold.release();
    await making;
    assert.equal(lab.cloud.all(VPC).length, 1);
  });

  it('has no room for an instance, and then has', async () => {
    const host = await smallHost(lab);
    await lab.client.delete(INSTANCE, 'host', host.instanceId);
    lab.failures.next(INSTANCE, 'create', 'InsufficientInstanceCapacity');
    await assert.rejects(
      lab.client.make(INSTANCE, 'host', hostInputs(host.cardId)),
      /api error InsufficientInstanceCapacity: We currently do not have sufficient capacity/,
    );
    await lab.client.make(INSTANCE, 'host', hostInputs(host.cardId));
  });

  it('tells listeners of each call as it happens', async () => {
    const heard: string[] = [];
    const stop = lab.cloud.onCall(({ seq, action, phase, id }) => heard.push(`${seq} ${action} ${phase} ${id !== ''}`));
    const { id } = await lab.client.make(VPC, 'one', cidr);
    stop();
    await lab.client.delete(VPC, 'one', id);
    assert.deepEqual(heard, ['1 create begin false', '2 create end true']);
  });
});

describe('the account in a file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-account-'));
    file = join(folder, 'account.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is there again for the next provider, with fresh ids, and only for its owner', async () => {
    const first = await labProvider({ cloud: { file } });
    const { id } = await first.client.make(VPC, 'one', cidr);
    await first.close();
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const second = await labProvider({ cloud: { file } });
    try {
      assert.deepEqual(second.cloud.all(VPC), first.cloud.all(VPC));
      assert.notEqual((await second.client.make(VPC, 'two', { cidrBlock: '10.1.0.0/16' })).id, id);
    } finally {
      await second.close();
    }
  });

  it('is refused with its name when it is broken, and left as it is', () => {
    writeFileSync(file, '{"counter": -1, "resources": []}');
    assert.throws(() => new Cloud({ file }), {
      name: 'LabError',
      message: `${file}: counter: Too small: expected number to be >=0; delete it to begin with an empty account`,
    });
    writeFileSync(file, '{');
    assert.throws(() => new Cloud({ file }), {
      name: 'LabError',
      message: `${file} is not JSON; delete it to begin with an empty account`,
    });
    assert.equal(readFileSync(file, 'utf8'), '{');
  });
});
