/** The IAM documents of docs/operations/pull-requests.md: right in form, enough for what is planned, and no more. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { planOfProgram } from '../support/program-plan.ts';
import { ACTIONS, RELEASE_ACTIONS } from './iam-actions.ts';

const OPERATIONS = new URL('../../docs/operations/', import.meta.url);
const guide = readFileSync(new URL('pull-requests.md', OPERATIONS), 'utf8');

const statement = z.strictObject({
  Sid: z.string().regex(/^[A-Za-z0-9]+$/),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.strictObject({ Federated: z.string() }).optional(),
  Action: z.array(z.string().regex(/^[a-z0-9]+:[A-Za-z]*\*?$/)).min(1),
  Resource: z.array(z.string().regex(/^(\*|arn:aws:[a-z0-9]+:(REGION|\*)?:(ACCOUNT_ID)?:.+)$/)).optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())]))).optional(),
});
const document = z.strictObject({ Version: z.literal('2012-10-17'), Statement: z.array(statement).min(1) });

type Statement = z.infer<typeof statement>;

const FILES = readdirSync(new URL('iam/', OPERATIONS));
const textOf = (file: string): string => readFileSync(new URL(`iam/${file}`, OPERATIONS), 'utf8');
const statementsOf = (...files: readonly string[]): readonly Statement[] =>
  files.flatMap((file) => document.parse(JSON.parse(textOf(file))).Statement);
const allowed = (...files: readonly string[]): readonly string[] =>
  statementsOf(...files).flatMap(({ Effect, Action }) => (Effect === 'Allow' ? Action : []));

const UP = ['up-hosts.json', 'up-services.json'] as const;

/** Verbs that change nothing. */
const READS = /^[a-z0-9]+:(Get|List|Describe|View)[A-Za-z]*\*?$/;

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(text);

describe('the IAM documents for pull requests', function () {
  this.timeout(60_000);

  it('are right in form, small enough for IAM, and all named in the guide', () => {
    assert(FILES.length > 0);
    for (const file of FILES) {
      const sids = statementsOf(file).map(({ Sid }) => Sid);
      assert.equal(new Set(sids).size, sids.length, file);
      // A managed policy has at most 6,144 characters beside white space.
      assert(textOf(file).replaceAll(/\s/g, '').length <= 6_144, file);
      assert(guide.includes(`(iam/${file})`), `${file} is in the guide`);
    }
    for (const [, target = ''] of guide.matchAll(/\]\(([^)#]+)\)/g))
      assert(existsSync(new URL(target, OPERATIONS)), target);
  });

  it('trust this repository alone: named subjects without a wildcard, and the audience', () => {
    for (const file of ['trust-preview.json', 'trust-up.json']) {
      const [only, ...more] = statementsOf(file);
      assert.deepEqual([only?.Action, more], [['sts:AssumeRoleWithWebIdentity'], []]);
      const { StringEquals = {}, ...others } = only?.Condition ?? {};
      assert.deepEqual(others, {}, 'nothing but equality');
      assert.equal(StringEquals['token.actions.githubusercontent.com:aud'], 'sts.amazonaws.com');
      const subjects = StringEquals['token.actions.githubusercontent.com:sub'] ?? [];
      assert.deepEqual(
        subjects,
        file === 'trust-up.json'
          ? ['repo:OWNER/REPOSITORY:environment:ENVIRONMENT']
          : ['repo:OWNER/REPOSITORY:pull_request', 'repo:OWNER/REPOSITORY:ref:refs/heads/main'],
      );
      assert(!JSON.stringify(only).includes('*'), file);
    }
  });

  it('let the preview role read, and no secret of a host', () => {
    assert.deepEqual(
      allowed('read.json', 'state-read.json').filter((action) => !READS.test(action)),
      ['kms:Decrypt'],
    );
    const [decrypt] = statementsOf('state-read.json').filter(({ Action }) => Action.includes('kms:Decrypt'));
    assert.deepEqual(decrypt?.Resource, ['arn:aws:kms:REGION:ACCOUNT_ID:key/STATE_KEY_ID']);
    const [denied] = statementsOf('read.json').filter(({ Effect }) => Effect === 'Deny');
    for (const path of ['prod/secrets/mcu/jitsi/x', 'staging/pki/etcd-ca.key'])
      assert(
        denied?.Resource?.some((one) =>
          matches(one, `arn:aws:ssm:eu-central-1:ACCOUNT_ID:parameter/guardian-council/${path}`),
        ),
        path,
      );
    for (const action of ['GetParameter', 'GetParameters', 'GetParametersByPath', 'GetParameterHistory'])
      assert(denied?.Action.includes(`ssm:${action}`), action);
    // What is in a bucket is not its shape.
    const objects = statementsOf('read.json').filter(({ Action }) =>
      Action.some((one) => one.startsWith('s3:GetObject')),
    );
    assert.deepEqual(objects, []);
  });

  it('have no action for everything of a service, and none for all resources that could be narrowed', () => {
    for (const action of FILES.flatMap((file) => allowed(file)))
      assert(/^[a-z0-9]+:[A-Z]/.test(action) && (!action.includes('*') || READS.test(action)), action);
    const wide = statementsOf(...UP, 'up-empty-buckets.json', 'state-write.json').filter(
      ({ Effect, Resource, Condition }) => Effect === 'Allow' && Resource?.includes('*') && Condition === undefined,
    );
    assert.deepEqual(
      wide.flatMap(({ Action }) => Action),
      ['ssm:GetCommandInvocation'],
    );
  });

  it('give the up roles what each planned resource needs, and nothing that none needs', async () => {
    const { resources } = await planOfProgram('prod');
    const group = await planOfProgram('prod', { 'guardian-council:sipGatewayMax': '4' });
    const all = [...resources, ...group.resources];
    const types = new Set(all.map(({ type }) => type).filter((type) => type.startsWith('aws:')));
    assert.deepEqual(
      [...types].filter((type) => ACTIONS[type] === undefined),
      [],
      'types that tests/docs/iam-actions.ts does not know',
    );
    const needed = new Set([...Object.values(ACTIONS).flat(), ...RELEASE_ACTIONS]);
    const given = new Set(allowed(...UP));
    assert.deepEqual(
      [...needed].filter((action) => !given.has(action)),
      [],
      'missing in the documents',
    );
    assert.deepEqual(
      [...given].filter((action) => !needed.has(action)),
      [],
      'needed by nothing',
    );
  });

  it('let the up roles make the roles, buckets and topics that are planned, under the names that Pulumi gives', async () => {
    const { resources } = await planOfProgram('prod');
    for (const [type, action, arn] of [
      ['aws:iam/role:Role', 'iam:CreateRole', 'arn:aws:iam::ACCOUNT_ID:role/'],
      ['aws:iam/role:Role', 'iam:PassRole', 'arn:aws:iam::ACCOUNT_ID:role/'],
      [
        'aws:iam/instanceProfile:InstanceProfile',
        'iam:CreateInstanceProfile',
        'arn:aws:iam::ACCOUNT_ID:instance-profile/',
      ],
      ['aws:s3/bucket:Bucket', 's3:CreateBucket', 'arn:aws:s3:::'],
      ['aws:sns/topic:Topic', 'sns:CreateTopic', 'arn:aws:sns:REGION:ACCOUNT_ID:'],
    ] as const) {
      const planned = resources.filter((resource) => resource.type === type);
      assert(planned.length > 0, type);
      const patterns = statementsOf(...UP)
        .filter(({ Effect, Action }) => Effect === 'Allow' && Action.includes(action))
        .flatMap(({ Resource = [] }) => Resource);
      for (const { name } of planned)
        assert(
          patterns.some((pattern) => matches(pattern, `${arn}${name}-0123abc`)),
          `${action} of ${name}`,
        );
    }
  });

  it('keep an up role from itself, from hosts of other stacks, and from secrets', () => {
    const denials = statementsOf(...UP).filter(({ Effect }) => Effect === 'Deny');
    assert.deepEqual(
      denials.map(({ Sid }) => Sid),
      ['NoOtherStack', 'NotItself', 'NotTheKeyOfTheState', 'NotSecrets'],
    );
    const itself = denials.find(({ Sid }) => Sid === 'NotItself');
    assert(itself?.Resource?.some((one) => matches(one, 'arn:aws:iam::ACCOUNT_ID:role/guardian-council-up-prod')));
  });

  it('let nobody empty a bucket of prod', () => {
    const emptying = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention'];
    assert.deepEqual(
      allowed(...UP, 'read.json').filter((action) => emptying.includes(action)),
      [],
    );
    const row = guide.split('\n').find((line) => line.includes('`guardian-council-up-prod`')) ?? '';
    assert(row.includes('up-services.json') && !row.includes('up-empty-buckets.json'));
  });
});
