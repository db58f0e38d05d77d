import { local } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';

export interface HealthGateArgs {
  readonly region: string;
  /** Who must be healthy. */
  readonly instanceId: pulumi.Input<string>;
  /** What the next host is made of: where that changes, the gate is passed anew. */
  readonly next: pulumi.Input<string>;
}

/** Waits, for ten minutes at most, until EC2 holds the machine and its system for healthy. */
const WAIT = 'aws ec2 wait instance-status-ok --region "$AWS_REGION" --instance-ids "$INSTANCE_ID"';

/**
 * Stands between one host and the next: the next one is only touched when EC2 says that the one before is healthy. What
 * runs on it is not asked yet: before there is a release nothing would answer. Runs where `pulumi up` runs, and needs
 * the AWS command line there.
 */
export class HealthGate extends pulumi.ComponentResource {
  constructor(name: string, { region, instanceId, next }: HealthGateArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:host:HealthGate', name, {}, opts);
    new local.Command(
      name,
      {
        create: WAIT,
        environment: { AWS_REGION: region, INSTANCE_ID: instanceId },
        triggers: [instanceId, next],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
