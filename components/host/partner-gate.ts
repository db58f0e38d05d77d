import { local } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';

export interface PartnerGateArgs {
  readonly stack: string;
  readonly region: string;
  /** The gatekeeper that is about to be touched. */
  readonly role: 'gatekeeper-primary' | 'gatekeeper-secondary';
  /** What it is made of: where that changes, the gate is passed anew. */
  readonly fingerprint: pulumi.Input<string>;
}

/** Run as a HealthGate's is. */
const ASK = 'node runtime/cli/council.mjs release spare --stack "$STACK" --region "$AWS_REGION" --role "$HOST_ROLE"';

/**
 * Stands before the first gatekeeper of a pair: it is only touched while the other one serves and etcd has a majority
 * without it, or when it does not serve itself, as before the first release. An update that failed half-way may have left
 * just one that serves. Hosts are found by their tags: the other one's id would be an output of what is made after this.
 */
export class PartnerGate extends pulumi.ComponentResource {
  constructor(name: string, args: PartnerGateArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:host:PartnerGate', name, {}, opts);
    const { stack, region, role, fingerprint } = args;
    new local.Command(
      name,
      {
        create: ASK,
        environment: { STACK: stack, AWS_REGION: region, HOST_ROLE: role },
        triggers: [fingerprint],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
