/** A rollback of production: its protections hold all the time, and only the way of its addresses changes. */
import assert from 'node:assert/strict';
import { OBJECT_VERSION, putObject } from '../../lab/provider/index.ts';
import { type RollbackLab, stackOf } from './support/rollback-lab.ts';
import { describeRollback } from './support/rollback-suite.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const EIP = 'aws:ec2/eip:Eip';
const ASSOCIATION = 'aws:ec2/eipAssociation:EipAssociation';
const BUCKET = 'aws:s3/bucket:Bucket';
const LOG = 'rollback-prod-gatekeeper-primary/h323_ras_20260101.jsonl';

/** Everything of production but where its addresses lead: ids, and what was asked for. */
const facts = (lab: RollbackLab): unknown => lab.owned().map(({ type, id, inputs }) => ({ type, id, inputs }));

const archiveOf = ({ stack }: RollbackLab): string =>
  stack.cloud.all(BUCKET).find((one) => stackOf(one) === 'prod' && one.name.includes('witness'))?.id ?? '';

describeRollback('prod', {
  facts,

  whileAway(lab) {
    it('has machines that may end, beside those of production, which may not, and no address of its own', () => {
      const machines = lab().stack.cloud.all(INSTANCE);
      assert.deepEqual(
        machines.map((one) => `${stackOf(one)} ${one.outputs['disableApiTermination'] === true}`).toSorted(),
        [...Array(5).fill('prod true'), ...Array(5).fill('rollback-prod false')],
      );
      assert.deepEqual(lab().stack.cloud.all(EIP).map(stackOf), Array(5).fill('prod'));
    });

    it("writes its witness logs into production's archive, under a lock that nobody lifts", () => {
      const { inputs } = putObject(lab().stack.cloud, archiveOf(lab()), LOG);
      assert.equal(inputs['mode'], 'COMPLIANCE');
    });

    it('cannot be robbed by production, whose refresh finds its addresses gone and whose up is refused them', async () => {
      const { stack } = lab();
      const refresh = await stack.run('refresh');
      assert.equal(refresh.status, 0, refresh.stdout + refresh.stderr);
      assert.equal(refresh.changes['delete'], 5);
      const up = await stack.run('up');
      assert.notEqual(up.status, 0);
      assert.match(up.stdout + up.stderr, /Resource\.AlreadyAssociated/);
      assert.deepEqual(lab().serving(), Array(5).fill('rollback-prod'));
    });

    it('lets production be worked on when that is told that its addresses are lent; nothing is replaced', async () => {
      const { stack } = lab();
      await stack.configure('addressesLentTo', 'rollback-prod');
      const up = await stack.run('up');
      assert.equal(up.status, 0, up.stdout + up.stderr);
      assert.deepEqual(lab().serving(), Array(5).fill('rollback-prod'));
      assert.ok(
        up.steps.every(({ op, type }) => !/delete|replace/.test(op) || type === ASSOCIATION),
        up.stdout,
      );
    });

    it('leaves production protected: its destroy is refused, and touches nothing of either stack', async () => {
      const before = lab().stack.cloud.everything();
      await assert.rejects(lab().stack.shell('pulumi destroy --stack prod'), /cannot be deleted[\s\S]*protect/);
      assert.deepEqual(lab().stack.cloud.everything(), before);
      await lab().stack.pulumi(['config', 'rm', 'guardian-council:addressesLentTo', '--stack', 'prod']);
    });
  },

  afterwards(lab) {
    it('has left the logs of that time in the archive, locked', () => {
      const logs = lab().stack.cloud.all(OBJECT_VERSION);
      assert.deepEqual(
        logs.map(({ name, inputs }) => [name, inputs['mode'], inputs['bucket']]),
        [[LOG, 'COMPLIANCE', archiveOf(lab())]],
      );
    });

    it('has left every protection of production on', async () => {
      const { resources } = await lab().stack.state();
      const of = (type: string) => resources.filter((one) => one.type === type);
      for (const type of [INSTANCE, EIP, BUCKET, 'aws:ebs/volume:Volume', 'aws:kms/key:Key'])
        for (const { urn, protect } of of(type)) assert.equal(protect, true, urn);
      assert.equal(of(ASSOCIATION).length, 5);
    });
  },
});
