import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument } from '../iam.ts';
import { type StackKeyPolicyArgs, stackKeyPolicy } from './policy.ts';

export interface StackKeyArgs extends StackKeyPolicyArgs {
  readonly stack: string;
}

/**
 * The KMS key of all that a stack keeps outside of its archive: volumes and their snapshots, flow logs, the alarm topic.
 * It is the stack's own, so that its use is logged, it turns over each year, and a snapshot is of use to nobody else. In
 * prod it is protected, and nobody may delete it.
 */
export class StackKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: StackKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:stack-key:StackKey', name, {}, opts);
    const { stack, environment } = args;
    const prod = environment === 'prod';
    const inside = { parent: this, protect: prod };
    const key = new aws.kms.Key(
      name,
      {
        description: `Volumes, logs and alarms of ${stack}`,
        enableKeyRotation: true,
        deletionWindowInDays: prod ? 30 : 7,
        policy: policyDocument(stackKeyPolicy(args)),
        tags: { Name: name },
      },
      inside,
    );
    new aws.kms.Alias(name, { name: `alias/guardian-council/${stack}/stack`, targetKeyId: key.keyId }, inside);
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
