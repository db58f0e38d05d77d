import type { Resource } from '../cloud/cloud.ts';
import { AwsError } from '../errors.ts';
import { flag, maps, number, same, text, texts, type Values } from '../values.ts';
import { vcpusOf } from './instance-types.ts';
import { admitImage, admitProfile } from './instances.ts';
import { arn, type Context, checkOneOf, checkRange, ec2Id, type Kind, need, other, refuse, uuid } from './kind.ts';
import { TARGET_GROUP } from './load-balancers.ts';
import { needGroup as needSecurityGroup } from './security-groups.ts';
import { needSubnet } from './vpc.ts';

export const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
export const GROUP = 'aws:autoscaling/group:Group';
const HOOK = 'aws:autoscaling/lifecycleHook:LifecycleHook';
const POLICY = 'aws:autoscaling/policy:Policy';
const PLAN = 'aws:backup/plan:Plan';
const VAULT = 'aws:backup/vault:Vault';
const SELECTION = 'aws:backup/selection:Selection';
const BUDGET = 'aws:budgets/budget:Budget';

const launchTemplate: Kind = {
  title: 'EC2 Launch Template',
  api: {
    service: 'EC2',
    create: 'CreateLaunchTemplate',
    update: 'CreateLaunchTemplateVersion',
    delete: 'DeleteLaunchTemplate',
  },
  id: (_inputs, context) => ec2Id('lt', context),
  admit(inputs, context, current) {
    const [name, instanceType] = [text(inputs, 'name'), text(inputs, 'instanceType')];
    if (other(context, TEMPLATE, current, ({ outputs }) => outputs['name'] === name))
      refuse('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');
    if (instanceType && vcpusOf(instanceType) === undefined)
      refuse('InvalidParameterValue', `Invalid value '${instanceType}' for InstanceType.`);
    if (Buffer.from(text(inputs, 'userData'), 'base64').length > 16_384)
      refuse('InvalidUserData.Malformed', 'User data is limited to 16384 bytes');
  },
  outputs(inputs, id, context, current) {
    const before = current ? (number(current.outputs, 'latestVersion') ?? 0) : 0;
    const latestVersion = current && same(launched(inputs), launched(current.inputs)) ? before : before + 1;
    const defaultVersion = flag(inputs, 'updateDefaultVersion')
      ? latestVersion
      : (number(inputs, 'defaultVersion') ?? current?.outputs['defaultVersion'] ?? 1);
    return { arn: arn('ec2', `launch-template/${id}`, context), latestVersion, defaultVersion };
  },
};

/** What a version of a template holds: the rest is the template's own, and a change of it makes no version. */
const launched = ({
  name: _,
  tags: _own,
  tagsAll: _all,
  updateDefaultVersion: _by,
  defaultVersion: _no,
  ...rest
}: Values): Values => rest;

const NOT_FULLY_FORMED = 'You must use a valid fully-formed launch template.';

/** Refuses a template of which no instance could be started; what a group is told begins with the same words each time. */
function admitTemplate(named: Values, context: Context): void {
  const id = text(named, 'id') || text(named, 'launchTemplateId');
  if (!id) return;
  const missing = `${NOT_FULLY_FORMED} The specified launch template ID does not exist.`;
  const { outputs } = need(context, TEMPLATE, id, 'ValidationError', missing);
  const version = text(named, 'version');
  if (/^\d+$/.test(version) && Number(version) > (number(outputs, 'latestVersion') ?? 0))
    refuse(
      'ValidationError',
      `${NOT_FULLY_FORMED} Could not find the specified version ${version} for the launch template with ID ${id}.`,
    );
  try {
    if (!text(outputs, 'imageId')) refuse('MissingParameter', 'The request must contain the parameter ImageId');
    admitImage(text(outputs, 'imageId'), context);
    for (const profile of maps(outputs, 'iamInstanceProfile')) admitProfile(text(profile, 'name'), context);
    for (const card of maps(outputs, 'networkInterfaces'))
      for (const one of texts(card, 'securityGroups')) needSecurityGroup(one, context);
  } catch (error) {
    if (error instanceof AwsError) refuse('ValidationError', `${NOT_FULLY_FORMED} ${error.message}`);
    throw error;
  }
}

/** How many instances a group aims at: what was asked for, or what it had, within its bounds. */
function desiredOf(inputs: Values, current: Resource | undefined): number {
  const [least, most] = [number(inputs, 'minSize') ?? 0, number(inputs, 'maxSize') ?? 0];
  const had = current ? (number(current.outputs, 'desiredCapacity') ?? least) : least;
  return number(inputs, 'desiredCapacity') ?? Math.min(Math.max(had, least), most);
}

/**
 * Groups launch no instances here: how many they would start is in `desiredCapacity`, and of what in the template, for
 * tests to look at. So nothing is ever a target, and a group can be deleted at once, where Pulumi's provider would first
 * set its size to 0 and wait for the last instance to go.
 */
const group: Kind = {
  title: 'Auto Scaling Group',
  api: {
    service: 'Auto Scaling',
    create: 'CreateAutoScalingGroup',
    update: 'UpdateAutoScalingGroup',
    delete: 'DeleteAutoScalingGroup',
  },
  id: (inputs) => text(inputs, 'name'),
  admit(inputs, context, current) {
    const [least, most] = [number(inputs, 'minSize') ?? 0, number(inputs, 'maxSize') ?? 0];
    const desired = desiredOf(inputs, current);
    if (least > most) refuse('ValidationError', 'Max bound must be greater than or equal to min bound');
    if (desired < least || desired > most)
      refuse(
        'ValidationError',
        `Desired capacity:${desired} must be between the specified min size:${least} and max size:${most}`,
      );
    if (other(context, GROUP, current, (one) => one.id === text(inputs, 'name')))
      refuse('AlreadyExists', 'AutoScalingGroup by this name already exists - A group with the name already exists');
    for (const id of texts(inputs, 'vpcZoneIdentifiers')) needSubnet(id, context);
    const templates = [
      ...maps(inputs, 'launchTemplate'),
      ...maps(inputs, 'mixedInstancesPolicy')
        .flatMap((policy) => maps(policy, 'launchTemplate'))
        .flatMap((one) => maps(one, 'launchTemplateSpecification')),
    ];
    if (templates.length === 0 && !text(inputs, 'launchConfiguration'))
      refuse(
        'ValidationError',
        'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
      );
    for (const template of templates) admitTemplate(template, context);
    for (const id of texts(inputs, 'targetGroupArns'))
      need(
        context,
        TARGET_GROUP,
        id,
        'ValidationError',
        'Provided Target Groups may not be valid. Please ensure they exist and try again.',
      );
  },
  outputs: (inputs, id, context, current) => ({
    arn: arn('autoscaling', `autoScalingGroup:${uuid(id.length)}:autoScalingGroupName/${id}`, context),
    desiredCapacity: desiredOf(inputs, current),
    healthCheckType: inputs['healthCheckType'] ?? 'EC2',
    defaultCooldown: inputs['defaultCooldown'] ?? 300,
  }),
};

const needGroup = (inputs: Values, context: Context): void =>
  void need(
    context,
    GROUP,
    text(inputs, 'autoscalingGroupName'),
    'ValidationError',
    'AutoScalingGroup name not found - null',
  );

const lifecycleHook: Kind = {
  title: 'Auto Scaling Lifecycle Hook',
  api: {
    service: 'Auto Scaling',
    create: 'PutLifecycleHook',
    update: 'PutLifecycleHook',
    delete: 'DeleteLifecycleHook',
  },
  check: (inputs) => [
    ...checkOneOf(inputs, 'defaultResult', ['CONTINUE', 'ABANDON']),
    ...checkOneOf(inputs, 'lifecycleTransition', [
      'autoscaling:EC2_INSTANCE_LAUNCHING',
      'autoscaling:EC2_INSTANCE_TERMINATING',
    ]),
    ...checkRange(inputs, 'heartbeatTimeout', 30, 7_200),
  ],
  id: (inputs) => text(inputs, 'name'),
  admit: needGroup,
};

const scalingPolicy: Kind = {
  title: 'Auto Scaling Policy',
  api: { service: 'Auto Scaling', create: 'PutScalingPolicy', update: 'PutScalingPolicy', delete: 'DeletePolicy' },
  check: (inputs) =>
    checkOneOf(inputs, 'policyType', ['PredictiveScaling', 'SimpleScaling', 'StepScaling', 'TargetTrackingScaling']),
  id: (inputs) => text(inputs, 'name'),
  admit(inputs, context) {
    needGroup(inputs, context);
    if (text(inputs, 'policyType') === 'TargetTrackingScaling' && inputs['targetTrackingConfiguration'] === undefined)
      refuse('ValidationError', 'TargetTrackingConfiguration cannot be empty for policy type TargetTrackingScaling.');
  },
  outputs: (inputs, id, context) => ({
    arn: arn(
      'autoscaling',
      `scalingPolicy:${uuid(id.length)}:autoScalingGroupName/${text(inputs, 'autoscalingGroupName')}:policyName/${id}`,
      context,
    ),
  }),
};

const vault: Kind = {
  title: 'Backup Vault',
  api: { service: 'Backup', create: 'CreateBackupVault', update: 'TagResource', delete: 'DeleteBackupVault' },
  id: (inputs) => text(inputs, 'name'),
  admit(inputs, context, current) {
    const name = text(inputs, 'name');
    if (!/^[\w-]{2,50}$/.test(name)) refuse('InvalidParameterValueException', `Invalid vault name: ${name}`);
    if (other(context, VAULT, current, (one) => one.id === name))
      refuse('AlreadyExistsException', 'Backup vault with the same name already exists');
  },
  outputs: (inputs, id, context) => ({
    arn: arn('backup', `backup-vault:${id}`, context),
    recoveryPoints: 0,
    kmsKeyArn: inputs['kmsKeyArn'] ?? arn('kms', 'alias/aws/backup', context),
  }),
  dismiss({ id }, context) {
    const used = other(context, PLAN, undefined, ({ outputs }) =>
      maps(outputs, 'rules').some((rule) => rule['targetVaultName'] === id),
    );
    if (used)
      refuse('InvalidRequestException', `Backup vault cannot be deleted because it is used by backup plan ${used.id}`);
  },
};

const plan: Kind = {
  title: 'Backup Plan',
  api: { service: 'Backup', create: 'CreateBackupPlan', update: 'UpdateBackupPlan', delete: 'DeleteBackupPlan' },
  id: (_inputs, { cloud }) => uuid(cloud.nextNumber()),
  admit(inputs, context) {
    for (const rule of maps(inputs, 'rules')) {
      const name = text(rule, 'targetVaultName');
      need(context, VAULT, name, 'ResourceNotFoundException', `Backup vault does not exist: ${name}`);
      const schedule = text(rule, 'schedule');
      if (schedule && !/^(cron|rate)\(.+\)$/.test(schedule))
        refuse('InvalidParameterValueException', `Invalid schedule expression: ${schedule}`);
      const [cold, end] =
        maps(rule, 'lifecycle').map((one) => [number(one, 'coldStorageAfter'), number(one, 'deleteAfter')])[0] ?? [];
      if (cold && end && end < cold + 90)
        refuse(
          'InvalidParameterValueException',
          'DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays',
        );
    }
  },
  outputs: (_inputs, id, context) => ({
    arn: arn('backup', `backup-plan:${id}`, context),
    version: uuid(context.cloud.nextNumber()),
  }),
  dismiss({ id }, context) {
    if (other(context, SELECTION, undefined, ({ outputs }) => outputs['planId'] === id))
      refuse('InvalidRequestException', 'Related backup plan selections must be deleted prior to backup plan deletion');
  },
};

const selection: Kind = {
  title: 'Backup Selection',
  api: {
    service: 'Backup',
    create: 'CreateBackupSelection',
    update: 'CreateBackupSelection',
    delete: 'DeleteBackupSelection',
  },
  id: (_inputs, { cloud }) => uuid(cloud.nextNumber()),
  admit(inputs, context) {
    need(context, PLAN, text(inputs, 'planId'), 'ResourceNotFoundException', 'Cannot find Backup plan with ID');
    const role = text(inputs, 'iamRoleArn');
    if (!other(context, 'aws:iam/role:Role', undefined, ({ outputs }) => outputs['arn'] === role))
      refuse('InvalidParameterValueException', `IAM Role ${role} cannot be assumed by AWS Backup`);
  },
};

const lifecyclePolicy: Kind = {
  title: 'DLM Lifecycle Policy',
  api: {
    service: 'DLM',
    create: 'CreateLifecyclePolicy',
    update: 'UpdateLifecyclePolicy',
    delete: 'DeleteLifecyclePolicy',
  },
  check: (inputs) => checkOneOf(inputs, 'state', ['ENABLED', 'DISABLED']),
  id: (_inputs, context) => ec2Id('policy', context),
  outputs: (_inputs, id, context) => ({ arn: arn('dlm', `policy/${id}`, context) }),
};

const budget: Kind = {
  title: 'Budget',
  api: { service: 'Budgets', create: 'CreateBudget', update: 'UpdateBudget', delete: 'DeleteBudget' },
  check: (inputs) => [
    ...checkOneOf(inputs, 'budgetType', [
      'COST',
      'RI_COVERAGE',
      'RI_UTILIZATION',
      'SAVINGS_PLANS_COVERAGE',
      'SAVINGS_PLANS_UTILIZATION',
      'USAGE',
    ]),
    ...checkOneOf(inputs, 'timeUnit', ['ANNUALLY', 'CUSTOM', 'DAILY', 'MONTHLY', 'QUARTERLY']),
  ],
  id: (inputs, { cloud }) => `${cloud.account.accountId}:${text(inputs, 'name')}`,
  admit(inputs, context, current) {
    const name = text(inputs, 'name');
    if (other(context, BUDGET, current, ({ outputs }) => outputs['name'] === name))
      refuse('DuplicateRecordException', `Error creating budget: ${name} - the budget already exists.`);
    if (!/^\d+(\.\d+)?$/.test(text(inputs, 'limitAmount')))
      refuse('InvalidParameterException', 'Budget limit amount must be a positive number');
    for (const one of maps(inputs, 'notifications'))
      if (texts(one, 'subscriberEmailAddresses').length + texts(one, 'subscriberSnsTopicArns').length === 0)
        refuse('InvalidParameterException', 'Number of subscribers must be from 1 to 11');
  },
  outputs: (inputs, _id, context) => ({
    arn: arn('budgets', `budget/${text(inputs, 'name')}`, context, true),
    accountId: context.cloud.account.accountId,
  }),
};

export const fleetKinds: Readonly<Record<string, Kind>> = {
  [TEMPLATE]: launchTemplate,
  [GROUP]: group,
  [HOOK]: lifecycleHook,
  [POLICY]: scalingPolicy,
  [VAULT]: vault,
  [PLAN]: plan,
  [SELECTION]: selection,
  'aws:dlm/lifecyclePolicy:LifecyclePolicy': lifecyclePolicy,
  [BUDGET]: budget,
};
