import type { Resource } from '../cloud/cloud.ts';
import { parseNetwork } from '../ipv4.ts';
import { number, same, text, texts } from '../values.ts';
import {
  arn,
  type Context,
  checkJson,
  checkOneOf,
  checkRange,
  type Kind,
  listed,
  need,
  needPolicy,
  other,
  refuse,
  uuid,
} from './kind.ts';
import { findKey, keyServes } from './kms.ts';

export const TOPIC = 'aws:sns/topic:Topic';
export const LOG_GROUP = 'aws:cloudwatch/logGroup:LogGroup';
const PARAMETER = 'aws:ssm/parameter:Parameter';
const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';

const topic: Kind = {
  title: 'SNS Topic',
  api: { service: 'SNS', create: 'CreateTopic', update: 'SetTopicAttributes', delete: 'DeleteTopic' },
  id: (inputs, context) => arn('sns', text(inputs, 'name'), context),
  admit(inputs) {
    if (!/^[\w-]{1,256}(\.fifo)?$/.test(text(inputs, 'name')))
      refuse('InvalidParameter', 'Invalid parameter: Topic Name');
    if (text(inputs, 'displayName').length > 100) refuse('InvalidParameter', 'Invalid parameter: DisplayName');
  },
  outputs: (_inputs, id, { cloud }) => ({
    arn: id,
    owner: cloud.account.accountId,
    signatureVersion: 1,
    tracingConfig: 'PassThrough',
  }),
};

function needTopic(id: string, context: Context): Resource {
  return need(context, TOPIC, id, 'NotFound', 'Topic does not exist', 404);
}

const topicPolicy: Kind = {
  title: 'SNS Topic Policy',
  api: { service: 'SNS', create: 'SetTopicAttributes', update: 'SetTopicAttributes', delete: 'SetTopicAttributes' },
  check: (inputs) => checkJson(inputs, 'policy'),
  id: (inputs) => text(inputs, 'arn'),
  admit(inputs, context) {
    const { id } = needTopic(text(inputs, 'arn'), context);
    const statements = needPolicy(text(inputs, 'policy'), 'InvalidParameter', 'Invalid parameter: Policy Error: null');
    if (statements.some((one) => !same(listed(one['Resource']), [id])))
      refuse('InvalidParameter', 'Invalid parameter: Policy statement must apply to a single resource');
  },
  outputs: (_inputs, _id, { cloud }) => ({ owner: cloud.account.accountId }),
};

const subscription: Kind = {
  title: 'SNS Topic Subscription',
  api: { service: 'SNS', create: 'Subscribe', update: 'SetSubscriptionAttributes', delete: 'Unsubscribe' },
  check: (inputs) =>
    checkOneOf(inputs, 'protocol', [
      'application',
      'email',
      'email-json',
      'firehose',
      'http',
      'https',
      'lambda',
      'sms',
      'sqs',
    ]),
  id: (inputs, { cloud }) => `${text(inputs, 'topic')}:${uuid(cloud.nextNumber())}`,
  admit(inputs, context) {
    needTopic(text(inputs, 'topic'), context);
    const [protocol, endpoint] = [text(inputs, 'protocol'), text(inputs, 'endpoint')];
    if (protocol.startsWith('email') && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(endpoint))
      refuse('InvalidParameter', 'Invalid parameter: Email address');
    if (/^https?$/.test(protocol) && !endpoint.startsWith(`${protocol}://`))
      refuse('InvalidParameter', 'Invalid parameter: Endpoint must match the specified protocol');
  },
  outputs: (inputs, id, { cloud }) => ({
    arn: id,
    ownerId: cloud.account.accountId,
    // Somebody has to follow the link in the mail.
    pendingConfirmation: text(inputs, 'protocol').startsWith('email'),
    confirmationWasAuthenticated: false,
  }),
};

const parameter: Kind = {
  title: 'SSM Parameter',
  api: { service: 'SSM', create: 'PutParameter', update: 'PutParameter', delete: 'DeleteParameter' },
  check(inputs) {
    const given = ['value', 'insecureValue', 'valueWo'].filter((name) => inputs[name] !== undefined);
    const one =
      given.length === 1
        ? []
        : [
            {
              property: 'value',
              reason: `exactly one of value, insecureValue, valueWo must be given, and ${given.join(', ') || 'none'} is`,
            },
          ];
    const secure = inputs['type'] === 'SecureString' && inputs['insecureValue'] !== undefined;
    return [
      ...one,
      ...(secure
        ? [
            {
              property: 'insecureValue',
              reason: 'invalid configuration, cannot set type = SecureString and insecureValue',
            },
          ]
        : []),
      ...checkOneOf(inputs, 'type', ['String', 'StringList', 'SecureString']),
      ...checkOneOf(inputs, 'tier', ['Standard', 'Advanced', 'Intelligent-Tiering']),
    ];
  },
  id: (inputs) => text(inputs, 'name'),
  admit(inputs, context, current) {
    const [name, pattern] = [text(inputs, 'name'), text(inputs, 'allowedPattern')];
    const value = text(inputs, 'insecureValue') || text(inputs, 'value') || text(inputs, 'valueWo');
    if (!/^[\w./-]+$/.test(name) || /^\/?(aws|ssm)/i.test(name))
      refuse(
        'ValidationException',
        `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive) and can include only a mix of letters, numbers and the following symbols .-_ : ${name}`,
      );
    if (other(context, PARAMETER, current, (one) => one.id === name) && inputs['overwrite'] !== true)
      refuse(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    if (pattern && !new RegExp(pattern).test(value))
      refuse(
        'ParameterPatternMismatchException',
        `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
      );
    const limit = text(inputs, 'tier') === 'Advanced' ? 8_192 : 4_096;
    if (Buffer.byteLength(value) > limit || value === '')
      refuse(
        'ValidationException',
        value === ''
          ? "Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1."
          : `Standard tier parameters support a maximum parameter value of ${limit} characters.`,
      );
  },
  outputs: (inputs, id, context, current) => ({
    arn: arn('ssm', `parameter${id.startsWith('/') ? '' : '/'}${id}`, context),
    dataType: inputs['dataType'] ?? 'text',
    tier: inputs['tier'] ?? 'Standard',
    value: text(inputs, 'insecureValue') || text(inputs, 'value'),
    version: (current ? (number(current.outputs, 'version') ?? 0) : 0) + 1,
  }),
};

const alarm: Kind = {
  title: 'CloudWatch Metric Alarm',
  api: { service: 'CloudWatch', create: 'PutMetricAlarm', update: 'PutMetricAlarm', delete: 'DeleteAlarms' },
  check: (inputs) => [
    ...checkRange(inputs, 'evaluationPeriods', 1, 1_440),
    ...checkOneOf(inputs, 'statistic', ['Average', 'Maximum', 'Minimum', 'SampleCount', 'Sum']),
    ...checkOneOf(inputs, 'treatMissingData', ['breaching', 'ignore', 'missing', 'notBreaching']),
    ...checkOneOf(inputs, 'comparisonOperator', [
      'GreaterThanOrEqualToThreshold',
      'GreaterThanThreshold',
      'GreaterThanUpperThreshold',
      'LessThanLowerOrGreaterThanUpperThreshold',
      'LessThanLowerThreshold',
      'LessThanOrEqualToThreshold',
      'LessThanThreshold',
    ]),
  ],
  id: (inputs) => text(inputs, 'name'),
  admit(inputs, context) {
    const period = number(inputs, 'period');
    if (period !== undefined && ![10, 20, 30].includes(period) && (period <= 0 || period % 60 !== 0))
      refuse('ValidationError', 'Period must be 10, 20, 30 or a multiple of 60');
    if ((number(inputs, 'datapointsToAlarm') ?? 1) > (number(inputs, 'evaluationPeriods') ?? 1))
      refuse('ValidationError', 'DatapointsToAlarm must not be greater than EvaluationPeriods');
    for (const list of ['alarmActions', 'okActions', 'insufficientDataActions']) {
      if (texts(inputs, list).length > 5)
        refuse(
          'ValidationError',
          `1 validation error detected: Value at '${list}' failed to satisfy constraint: Member must have length less than or equal to 5`,
        );
      for (const action of texts(inputs, list)) {
        if (!/^arn:aws:[a-z0-9-]+:/.test(action)) refuse('ValidationError', `Invalid arn syntax: ${action}`);
        if (action.startsWith('arn:aws:automate:') && action.split(':')[3] !== context.region)
          refuse(
            'ValidationError',
            `Invalid region ${action.split(':')[3]} specified. Only ${context.region} is supported.`,
          );
      }
    }
  },
  outputs: (_inputs, id, context) => ({ arn: arn('cloudwatch', `alarm:${id}`, context) }),
};

/** Days that CloudWatch Logs can keep lines (PutRetentionPolicy). */
const RETENTIONS = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827, 2_192, 2_557, 2_922, 3_288, 3_653,
];

const logGroup: Kind = {
  title: 'CloudWatch Logs Log Group',
  api: { service: 'CloudWatch Logs', create: 'CreateLogGroup', update: 'PutRetentionPolicy', delete: 'DeleteLogGroup' },
  check(inputs) {
    const days = number(inputs, 'retentionInDays');
    return days === undefined || RETENTIONS.includes(days)
      ? []
      : [
          {
            property: 'retentionInDays',
            reason: `expected retentionInDays to be one of [${RETENTIONS.join(' ')}], got ${days}`,
          },
        ];
  },
  id: (inputs) => text(inputs, 'name'),
  admit(inputs, context, current) {
    const [name, keyName] = [text(inputs, 'name'), text(inputs, 'kmsKeyId')];
    if (!/^[\w./#-]{1,512}$/.test(name))
      refuse(
        'InvalidParameterException',
        `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint`,
      );
    if (other(context, LOG_GROUP, current, (one) => one.id === name))
      refuse('ResourceAlreadyExistsException', 'The specified log group already exists');
    const encryption = keyName ? findKey(keyName, context) : undefined;
    if (keyName && (!encryption || !keyServes(encryption, `logs.${context.region}.amazonaws.com`)))
      refuse(
        'AccessDeniedException',
        `The specified KMS key does not exist or is not allowed to be used with Arn '${arn('logs', `log-group:${name}`, context)}'`,
      );
  },
  outputs: (inputs, id, context) => ({
    arn: arn('logs', `log-group:${id}`, context),
    logGroupClass: inputs['logGroupClass'] ?? 'STANDARD',
    retentionInDays: inputs['retentionInDays'] ?? 0,
  }),
};

/** What the last part of a record must look like, where a wrong one is easily written (RFC 2782, RFC 3403). */
const RECORDS: Readonly<Record<string, (value: string) => boolean>> = {
  A: (value) => parseNetwork(`${value}/32`) !== undefined,
  SRV: (value) => /^\d{1,5} \d{1,5} \d{1,5} \S+$/.test(value),
  NAPTR: (value) => /^\d{1,5} \d{1,5} "[A-Za-z0-9]*" "[^"]*" "[^"]*" \S+$/.test(value),
  CNAME: (value) => /^\S+$/.test(value),
  TXT: (value) => value.length <= 4_000,
};

const RECORD = 'aws:route53/record:Record';

const record: Kind = {
  title: 'Route53 Record',
  api: {
    service: 'Route 53',
    create: 'ChangeResourceRecordSets',
    update: 'ChangeResourceRecordSets',
    delete: 'ChangeResourceRecordSets',
  },
  check: (inputs) => [
    ...checkRange(inputs, 'ttl', 0, 2_147_483_647),
    ...(inputs['records'] === undefined && inputs['aliases'] === undefined
      ? [{ property: 'records', reason: 'one of aliases, records must be given' }]
      : []),
  ],
  id: (inputs) =>
    [text(inputs, 'zoneId'), text(inputs, 'name'), text(inputs, 'type'), text(inputs, 'setIdentifier')]
      .filter(Boolean)
      .join('_'),
  admit(inputs, context, current) {
    const [zoneId, name, type] = [text(inputs, 'zoneId'), text(inputs, 'name').toLowerCase(), text(inputs, 'type')];
    const { hostedZones } = context.cloud.account;
    const domain = hostedZones?.get(zoneId);
    if (!/^Z[A-Z0-9]{1,31}$/.test(zoneId) || (hostedZones && domain === undefined))
      refuse('NoSuchHostedZone', `No hosted zone found with ID: ${zoneId}`, 404);
    if (domain !== undefined && name !== domain && !name.endsWith(`.${domain}`))
      refuse('InvalidChangeBatch', `[RRSet with DNS name ${name}. is not permitted in zone ${domain}.]`);
    const sameName = (one: Resource): boolean =>
      one.outputs['zoneId'] === zoneId &&
      text(one.outputs, 'name').toLowerCase() === name &&
      one.outputs['setIdentifier'] === inputs['setIdentifier'];
    if (
      other(context, RECORD, current, (one) => sameName(one) && one.outputs['type'] === type) &&
      inputs['allowOverwrite'] !== true
    )
      refuse(
        'InvalidChangeBatch',
        `[Tried to create resource record set [name='${name}.', type='${type}'] but it already exists]`,
      );
    if (
      other(
        context,
        RECORD,
        current,
        (one) => sameName(one) && (type === 'CNAME') !== (one.outputs['type'] === 'CNAME'),
      )
    )
      refuse(
        'InvalidChangeBatch',
        `[RRSet of type ${type} with DNS name ${name}. is not permitted because a conflicting RRSet of the same name exists]`,
      );
    for (const value of texts(inputs, 'records'))
      if (RECORDS[type]?.(value) === false)
        refuse('InvalidChangeBatch', `[Invalid Resource Record: '${value}' is not a valid value of type ${type}]`);
  },
  outputs: (inputs) => ({ fqdn: text(inputs, 'name'), name: text(inputs, 'name').toLowerCase() }),
};

export const messageKinds: Readonly<Record<string, Kind>> = {
  [TOPIC]: topic,
  'aws:sns/topicPolicy:TopicPolicy': topicPolicy,
  'aws:sns/topicSubscription:TopicSubscription': subscription,
  [PARAMETER]: parameter,
  [ALARM]: alarm,
  [LOG_GROUP]: logGroup,
  [RECORD]: record,
};
