import { local } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';

export interface HealthGateArgs {
  readonly region: string;
  readonly instanceId: pulumi.Input<string>;
}

/** Waits, for ten minutes at most, until EC2 holds the machine and its system for healthy. */
const WAIT = 'aws ec2 wait instance-status-ok --region "$AWS_REGION" --instance-ids "$INSTANCE_ID"';

/**
 * Stands between one host and the next: what depends on it is only touched when the host before answers. "Created" is
 * not "healthy". Runs where `pulumi up` runs, and needs the AWS command line there.
 */
export class HealthGate extends pulumi.ComponentResource {
  constructor(name: string, { region, instanceId }: HealthGateArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:host:HealthGate', name, {}, opts);
    new local.Command(
      name,
      {
        create: WAIT,
        environment: { AWS_REGION: region, INSTANCE_ID: instanceId },
        // A new instance has a new identity, and is waited for anew.
        triggers: [instanceId],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
