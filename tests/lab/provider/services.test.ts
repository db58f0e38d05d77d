import assert from 'node:assert/strict';
import type { Values } from '../../../lab/provider/index.ts';
import { type LabProvider, labProvider } from '../support/lab-provider.ts';
import { refusals } from '../support/refusals.ts';

const ROLE = 'aws:iam/role:Role';
const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';
const PROFILE = 'aws:iam/instanceProfile:InstanceProfile';
const PARAMETER = 'aws:ssm/parameter:Parameter';
const RECORD = 'aws:route53/record:Record';
const TOPIC = 'aws:sns/topic:Topic';
const SUBSCRIPTION = 'aws:sns/topicSubscription:TopicSubscription';
const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const GROUP = 'aws:autoscaling/group:Group';
const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
const BUDGET = 'aws:budgets/budget:Budget';

const trust = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const allow = (resource: string): string =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: resource }] });

describe("the other services' own rules", () => {
  let lab: LabProvider;
  beforeEach(async () => {
    lab = await labProvider();
  });
  afterEach(async () => await lab?.close());

  const { refuses, stays } = refusals(() => lab);

  it('IAM: a role once, trusted by somebody; policies that are some; nothing goes while it is used', async () => {
    await refuses(
      ROLE,
      { name: 'mcu', assumeRolePolicy: allow('*') },
      'MalformedPolicyDocument: Has prohibited field Resource',
    );
    await refuses(
      ROLE,
      { name: 'mcu', assumeRolePolicy: '{"Statement":[]}' },
      'MalformedPolicyDocument: Syntax errors in policy.',
    );
    const { outputs } = await lab.client.make(ROLE, 'mcu', { name: 'mcu', assumeRolePolicy: trust });
    assert.equal(outputs['arn'], 'arn:aws:iam::123456789012:role/mcu');
    assert.match(String(outputs['uniqueId']), /^AROA[0-9A-F]{17}$/);
    await refuses(
      ROLE,
      { name: 'mcu', assumeRolePolicy: trust },
      'EntityAlreadyExists: Role with name mcu already exists.',
    );
    await refuses(
      ROLE_POLICY,
      { role: 'nobody', policy: allow('*') },
      'NoSuchEntity: The role with name nobody cannot be found.',
    );
    await refuses(
      ROLE_POLICY,
      { role: 'mcu', policy: allow('bucket') },
      'MalformedPolicyDocument: Resource bucket must be in ARN format or "*".',
    );
    await refuses(
      ROLE_POLICY,
      { role: 'mcu', policy: allow(`arn:aws:s3:::${'a'.repeat(10_240)}`) },
      'LimitExceeded: Maximum policy size of 10240 bytes exceeded for role mcu',
    );
    const { id: policyId } = await lab.client.make(ROLE_POLICY, 'mcu', {
      role: 'mcu',
      name: 'mcu',
      policy: allow('*'),
    });
    await stays(ROLE, 'mcu', 'DeleteConflict: Cannot delete entity, must delete policies first.');
    await lab.client.delete(ROLE_POLICY, 'mcu', policyId);
    const { id: profileId } = await lab.client.make(PROFILE, 'mcu', { name: 'mcu', role: 'mcu' });
    await stays(ROLE, 'mcu', 'DeleteConflict: Cannot delete entity, must remove roles from instance profile first.');
    await lab.client.delete(PROFILE, 'mcu', profileId);
    await lab.client.delete(ROLE, 'mcu', 'mcu');
  });

  it('SSM: a parameter once, under a free name, of the pattern and size that are allowed', async () => {
    const inputs = {
      name: '/council/release',
      type: 'String',
      insecureValue: 'none',
      allowedPattern: '^(none|[0-9a-f]{64})$',
    };
    await refuses(
      PARAMETER,
      { ...inputs, insecureValue: 'latest' },
      'ParameterPatternMismatchException: Parameter value, cannot be validated against allowedPattern: ^(none|[0-9a-f]{64})$',
    );
    await refuses(PARAMETER, { ...inputs, name: '/aws/council' }, 'ValidationException: Parameter name');
    await refuses(
      PARAMETER,
      { name: 'a', type: 'String', value: 'é'.repeat(2_049) },
      'ValidationException: Standard tier parameters support a maximum parameter value of 4096 characters.',
    );
    const { id, outputs } = await lab.client.make(PARAMETER, 'release', inputs);
    assert.equal(outputs['arn'], 'arn:aws:ssm:eu-central-1:123456789012:parameter/council/release');
    await refuses(PARAMETER, inputs, 'ParameterAlreadyExists: ');
    const hash = 'a'.repeat(64);
    const updated = await lab.client.update(PARAMETER, 'release', id, inputs, { ...inputs, insecureValue: hash });
    assert.deepEqual([updated['insecureValue'], updated['version']], [hash, 2]);
  });

  it('Route 53: records in a zone that is there, of its domain, once, and well formed', async () => {
    lab.cloud.account.hostedZones = new Map([['Z1', 'council.example.org']]);
    const srv = {
      zoneId: 'Z1',
      name: '_sip._udp.council.example.org',
      type: 'SRV',
      ttl: 60,
      records: ['10 10 5060 sip.council.example.org'],
    };
    await refuses(RECORD, { ...srv, zoneId: 'Z2' }, 'NoSuchHostedZone: No hosted zone found with ID: Z2');
    await refuses(
      RECORD,
      { ...srv, name: '_sip._udp.example.com' },
      'InvalidChangeBatch: [RRSet with DNS name _sip._udp.example.com. is not permitted in zone council.example.org.]',
    );
    await refuses(
      RECORD,
      { ...srv, records: ['5060 sip.council.example.org'] },
      "InvalidChangeBatch: [Invalid Resource Record: '5060 sip.council.example.org' is not a valid value of type SRV]",
    );
    await refuses(
      RECORD,
      { ...srv, type: 'A', records: ['203.0.113.300'] },
      "InvalidChangeBatch: [Invalid Resource Record: '203.0.113.300'",
    );
    const { id } = await lab.client.make(RECORD, 'sip', srv);
    assert.equal(id, 'Z1__sip._udp.council.example.org_SRV');
    await refuses(
      RECORD,
      srv,
      "InvalidChangeBatch: [Tried to create resource record set [name='_sip._udp.council.example.org.', type='SRV'] but it already exists]",
    );
    await refuses(
      RECORD,
      { ...srv, type: 'CNAME', records: ['a'] },
      'InvalidChangeBatch: [RRSet of type CNAME with DNS name _sip._udp.council.example.org. is not permitted because a conflicting RRSet of the same name exists]',
    );
  });

  it('SNS and CloudWatch: somebody who can be told, by an alarm that can be', async () => {
    const { id: topic } = await lab.client.make(TOPIC, 'alarms', { name: 'alarms' });
    assert.equal(topic, 'arn:aws:sns:eu-central-1:123456789012:alarms');
    await refuses(
      SUBSCRIPTION,
      { topic, protocol: 'email', endpoint: 'nobody' },
      'InvalidParameter: Invalid parameter: Email address',
    );
    await refuses(
      SUBSCRIPTION,
      { topic: 'arn:aws:sns:eu-central-1:123456789012:none', protocol: 'email', endpoint: 'a@example.org' },
      'NotFound: Topic does not exist',
    );
    const { outputs } = await lab.client.make(SUBSCRIPTION, 'on-call', {
      topic,
      protocol: 'email',
      endpoint: 'a@example.org',
    });
    assert.equal(outputs['pendingConfirmation'], true);
    const alarm = {
      comparisonOperator: 'GreaterThanThreshold',
      evaluationPeriods: 2,
      period: 60,
      alarmActions: [topic],
    };
    await refuses(ALARM, { ...alarm, period: 45 }, 'ValidationError: Period must be 10, 20, 30 or a multiple of 60');
    await refuses(
      ALARM,
      { ...alarm, datapointsToAlarm: 3 },
      'ValidationError: DatapointsToAlarm must not be greater than EvaluationPeriods',
    );
    await refuses(
      ALARM,
      { ...alarm, alarmActions: ['arn:aws:automate:us-east-1:ec2:recover'] },
      'ValidationError: Invalid region us-east-1 specified. Only eu-central-1 is supported.',
    );
    await lab.client.make(ALARM, 'recover', { ...alarm, alarmActions: ['arn:aws:automate:eu-central-1:ec2:recover'] });
  });

  it('Auto Scaling and Budgets: sizes that fit each other, a template that is there, somebody to tell', async () => {
    const { id } = await lab.client.make(TEMPLATE, 'gateway', {
      imageId: 'ami-02003f9f0fde924ea',
      instanceType: 'c7i.xlarge',
    });
    const group = { minSize: 1, maxSize: 3, launchTemplate: { id, version: '$Latest' } };
    await refuses(
      GROUP,
      { ...group, minSize: 4 },
      'ValidationError: Max bound must be greater than or equal to min bound',
    );
    await refuses(
      GROUP,
      { ...group, launchTemplate: { id: 'lt-0' } },
      'ValidationError: You must use a valid fully-formed launch template.',
    );
    await refuses(
      GROUP,
      { ...group, vpcZoneIdentifiers: ['subnet-0'] },
      "InvalidSubnetID.NotFound: The subnet ID 'subnet-0' does not exist",
    );
    const { outputs } = await lab.client.make(GROUP, 'gateway', group);
    assert.equal(outputs['desiredCapacity'], 1);
    const updated = await lab.client.update(
      TEMPLATE,
      'gateway',
      id,
      {},
      { name: 'gateway', instanceType: 'c7i.2xlarge' },
    );
    assert.deepEqual([updated['latestVersion'], updated['defaultVersion']], [2, 1]);
    const budget = { budgetType: 'COST', limitAmount: '900', limitUnit: 'USD', timeUnit: 'MONTHLY' };
    const notification = {
      comparisonOperator: 'GREATER_THAN',
      threshold: 80,
      thresholdType: 'PERCENTAGE',
      notificationType: 'FORECASTED',
    };
    await refuses(
      BUDGET,
      { ...budget, notifications: [notification] },
      'InvalidParameterException: Number of subscribers must be from 1 to 11',
    );
    await lab.client.make(BUDGET, 'council', {
      ...budget,
      name: 'council',
      notifications: [{ ...notification, subscriberEmailAddresses: ['a@example.org'] }],
    });
    await refuses(
      BUDGET,
      { ...budget, name: 'council' },
      'DuplicateRecordException: Error creating budget: council - the budget already exists.',
    );
  });

  it('answers who and where the account is', async () => {
    const ask = async (name: string): Promise<Values> =>
      (await lab.client.invoke(`aws:index/${name}:${name}`, {})).result;
    assert.equal((await ask('getCallerIdentity'))['accountId'], '123456789012');
    assert.equal((await ask('getRegion'))['region'], 'eu-central-1');
    assert.deepEqual((await ask('getAvailabilityZones'))['names'], ['eu-central-1a', 'eu-central-1b', 'eu-central-1c']);
    assert.equal((await ask('getPartition'))['partition'], 'aws');
    const { failures } = await lab.client.invoke('aws:index/getRegion:getRegion', { zone: 'a' });
    assert.deepEqual(failures, ["zone: unknown property 'zone'; known here: endpoint, id, name, region"]);
  });
});
