import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument } from '../iam.ts';

export interface AlarmTopicArgs {
  /** The AWS account that the stack is in: alarms of no other may speak here. */
  readonly accountId: pulumi.Input<string>;
  /** KMS key that CloudWatch may use. */
  readonly keyArn: pulumi.Input<string>;
  /** E-mail address that is told; it has to agree once, by the link that AWS sends. */
  readonly onCall: pulumi.Input<string> | undefined;
}

/** Where alarms of AWS's own go: hosts that fail tell it themselves, whether or not our monitoring lives. */
export class AlarmTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { accountId, keyArn, onCall }: AlarmTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:monitoring:AlarmTopic', name, {}, opts);
    const inside = { parent: this };
    const topic = new aws.sns.Topic(
      name,
      { displayName: 'Guardian Council alarms', kmsMasterKeyId: keyArn, tags: { Name: name } },
      inside,
    );
    const policy = policyDocument([
      {
        Sid: 'Alarms',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['sns:Publish'],
        Resource: [topic.arn],
        Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
      },
    ]);
    new aws.sns.TopicPolicy(name, { arn: topic.arn, policy }, inside);
    if (onCall !== undefined)
      new aws.sns.TopicSubscription(
        `${name}-on-call`,
        { topic: topic.arn, protocol: 'email', endpoint: onCall },
        inside,
      );
    this.arn = topic.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
