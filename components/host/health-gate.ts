import { local } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import type { HostRole } from '../hosts.ts';

export interface HealthGateArgs {
  readonly stack: string;
  readonly region: string;
  /** Who must be healthy: a host that runs the release. */
  readonly role: HostRole;
  readonly instanceId: pulumi.Input<string>;
  /** Who is touched next, without whom etcd must decide then. */
  readonly next: HostRole;
  /** What both are made of: where that changes, the gate is passed anew. */
  readonly fingerprints: readonly [own: pulumi.Input<string>, next: pulumi.Input<string>];
}

/** Our own command, which speaks to AWS itself; it is run in the project's folder, as all of Pulumi's are. */
const WAIT =
  'node runtime/cli/council.mjs release gate --stack "$STACK" --region "$AWS_REGION" --host "$HOST_ROLE=$INSTANCE_ID" --next "$NEXT_ROLE"';

/**
 * Stands between one host and the next: the next one is only touched when EC2 says that the one before is healthy and,
 * once it is to run a release, when it serves with that: its unit is active, `/readyz` says so, RAS answers, its zone
 * has a leader, and etcd has a majority without the next one. Runs where `pulumi up` runs, and needs only Node.js and the credentials there.
 */
export class HealthGate extends pulumi.ComponentResource {
  constructor(name: string, args: HealthGateArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:host:HealthGate', name, {}, opts);
    const { stack, region, role, instanceId, next, fingerprints } = args;
    new local.Command(
      name,
      {
        create: WAIT,
        environment: { STACK: stack, AWS_REGION: region, HOST_ROLE: role, INSTANCE_ID: instanceId, NEXT_ROLE: next },
        // One of another size is the same instance, and was out.
        triggers: [instanceId, ...fingerprints],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
