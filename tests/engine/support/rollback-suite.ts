import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OBJECT_VERSION } from '../../../lab/provider/index.ts';
import { needToolchain, TEST_PATIENCE } from './base.ts';
import { RollbackLab, stackOf } from './rollback-lab.ts';

/** What the original is: found before a rollback, and asked for again afterwards. */
type Facts = (lab: RollbackLab) => unknown;

export interface RollbackSuite {
  /** What of the original must be the same before, during and after. */
  readonly facts?: Facts;
  /** More tests while the addresses are at the rollback stack. */
  readonly whileAway?: (lab: () => RollbackLab) => void;
  /** More tests when the rollback stack is gone. */
  readonly afterwards?: (lab: () => RollbackLab) => void;
}

/** `council rollback` by the real engine: a stack that stands in for another one, takes its addresses, and gives them back. */
export function describeRollback(name: string, { facts, whileAway, afterwards }: RollbackSuite = {}): void {
  describe(`council rollback of ${name}, by the real engine`, function () {
    this.timeout(TEST_PATIENCE);
    const standIn = `rollback-${name}`;
    let lab: RollbackLab;
    let known: unknown;

    before(async function () {
      lab = await RollbackLab.start(needToolchain(this), name);
      known = facts?.(lab);
    });
    afterEach(() => {
      assert.deepEqual(lab.outages, []);
      assert.deepEqual(facts?.(lab), known);
    });
    after(async () => lab?.close());

    it('makes nothing without --yes, and shows what it would make', async () => {
      const before = lab.stack.cloud.everything();
      const { status, stdout, stderr } = await lab.command(`--to ${lab.release}`);
      assert.equal(status, 0, stdout + stderr);
      assert.match(stdout, /^2\/6 preview: .*\n3\/6 stand-up: /m);
      assert.match(stderr, /aws:ec2:Instance +gatekeeper-primary +create/);
      assert.deepEqual(lab.stack.cloud.everything(), before);
    });

    it(`tells where the account's quota has no room for a second council, and leaves ${name} alone`, async () => {
      const { status, stderr } = await lab.command(`--to ${lab.release} --yes`);
      assert.equal(status, 1, stderr);
      assert.match(
        stderr,
        new RegExp(`VcpuLimitExceeded[\\s\\S]*stand-up: pulumi up failed[\\s\\S]*${name} was not touched and serves`),
      );
      lab.stack.cloud.account.quotas.standardVcpus = 64;
    });

    it('stops where the canary guardian is not admitted, before it takes anything', async () => {
      lab.canary.refused = true;
      const { status, stderr } = await lab.command(`--to ${lab.release} --yes`);
      assert.equal(status, 1, stderr);
      assert.match(stderr, /validate: the canary guardian on gatekeeper-secondary was not admitted/);
      assert.match(stderr, new RegExp(`${name} was not touched and serves`));
      assert.deepEqual(lab.serving(), Array(5).fill(name));
    });

    it('goes on with the same command: the addresses lead to the new hosts, the old ones stay as they are', async () => {
      lab.canary.refused = false;
      const before = lab.machines();
      const { status, stdout, stderr } = await lab.command(`--to ${lab.release} --yes`);
      assert.equal(status, 0, stdout + stderr);
      assert.deepEqual(lab.serving(), Array(5).fill(standIn));
      assert.deepEqual(lab.machines(), before);
      assert.deepEqual(
        lab.canary.asked.slice(-2).map((line) => line.split(' ')[0]),
        ['gatekeeper-secondary', 'gatekeeper-primary'],
      );
      assert.equal(lab.aws.calls.filter((call) => call === 'EC2 ModifyNetworkInterfaceAttribute').length, 5);
    });

    it('refuses another release while one stands in', async () => {
      const { status, stderr } = await lab.command(`--to ${'ef'.repeat(32)}`);
      assert.equal(status, 1);
      assert.match(stderr, /is of the release [0-9a-f]{64}: go back from it first/);
    });

    whileAway?.(() => lab);

    it('gives the addresses back, and leaves nothing of itself and everything else', async () => {
      const before = lab.machines();
      const dry = await lab.command('--back');
      assert.match(dry.stdout, /1\/4 give-back: /);
      assert.deepEqual(lab.serving(), Array(5).fill(standIn));
      const { status, stdout, stderr } = await lab.command('--back --yes');
      assert.equal(status, 0, stdout + stderr);
      assert.deepEqual(lab.serving(), Array(5).fill(name));
      assert.deepEqual(lab.machines(), before);
      assert.deepEqual(
        lab.stack.cloud.everything().filter((one) => stackOf(one) === standIn && one.type !== OBJECT_VERSION),
        [],
      );
      assert.equal(existsSync(join(lab.stack.project.folder, `Pulumi.${standIn}.yaml`)), false);
      const again = await lab.command('--back --yes');
      assert.equal(again.status, 0, again.stderr);
    });

    it("leaves the original's state true: a refresh and an update replace nothing", async () => {
      const before = lab.machines();
      const up = await lab.stack.run('up', ['--refresh']);
      assert.equal(up.status, 0, up.stdout + up.stderr);
      assert.deepEqual(lab.machines(), before);
      assert.deepEqual(lab.serving(), Array(5).fill(name));
      assert.ok(!readFileSync(lab.stack.project.stackFile, 'utf8').includes('rollback'));
    });

    afterwards?.(() => lab);
  });
}
