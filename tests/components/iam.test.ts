import assert from 'node:assert/strict';
import * as aws from '@pulumi/aws';
import { type PolicyStatement, policyDocument } from '../../components/iam.ts';
import { planOf } from '../../components/plan/index.ts';

const statement = (Sid: string, arn: PolicyStatement['Resource'] = ['arn:aws:s3:::x']): PolicyStatement => ({
  Sid,
  Effect: 'Allow',
  Action: ['s3:GetObject'],
  Resource: arn,
});

describe('policyDocument', () => {
  for (const Sid of ['', 'Read Releases', 'read-releases', 'read_releases', 'Читать'])
    it(`refuses the Sid '${Sid}'`, () => {
      assert.throws(() => policyDocument([statement(Sid)]), {
        name: 'RangeError',
        message: `the Sid '${Sid}' is not letters and digits`,
      });
    });

  it('refuses two statements of one Sid, as AWS would', () => {
    assert.throws(() => policyDocument([statement('Read'), statement('Write'), statement('Read')]), {
      name: 'RangeError',
      message: 'two statements of a policy have the Sid Read',
    });
  });

  it('puts what other resources make up into the JSON', async () => {
    const { outputs } = await planOf('test', { config: {}, secretKeys: [] }, async () => {
      const { arn } = new aws.s3.Bucket('b', {});
      return { document: policyDocument([statement('Read', [arn, 'arn:aws:s3:::x'])]) };
    });
    assert.equal(
      outputs['document'],
      '{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"],' +
        '"Resource":["<Bucket b.arn>","arn:aws:s3:::x"]}]}',
    );
  });
});
