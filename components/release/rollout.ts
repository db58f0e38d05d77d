import { local } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';

export interface RolloutArgs {
  readonly stack: string;
  readonly region: string;
  /** SHA-256 of the release to run; `undefined` before the first one: then there is nothing to bring. */
  readonly release: pulumi.Input<string> | undefined;
  /** Bucket that has it. */
  readonly bucketName: pulumi.Input<string>;
  /** Instances that run the release, by their roles. Those of a role that is not here, or unknown, are found by their tags. */
  readonly instances: Readonly<Record<string, pulumi.Input<string> | undefined>>;
  /** What must be there, and have passed its gates, before a release is brought to the hosts. */
  readonly after: readonly pulumi.Resource[];
}

/** The stack and the region are in every command's variables, so that nothing is put together by a shell. */
const COUNCIL = 'node runtime/cli/council.mjs release';
const WHERE = '--stack "$STACK" --region "$AWS_REGION"';

/**
 * Brings the release to the hosts, one after the other, with a gate after each: secondary gatekeeper, primary gatekeeper,
 * MCU, SIP gateway. Where a host does not serve with it, that one and those before it are taken back to the release
 * before, and `pulumi up` fails.
 *
 * It is one command and no chain of them: after a failure the hosts are back where they were, and a chain's first links
 * would say in the state that they are not. A changed release shows in the preview as this command's changed variable; a
 * replaced instance runs it again, which then touches nobody who serves already.
 *
 * The command, and no resource of Pulumi, owns the parameters that hosts read: one of Pulumi's would say the new release
 * in the state while a host was taken back to the old one.
 */
export class Rollout extends pulumi.ComponentResource {
  constructor(name: string, args: RolloutArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:release:Rollout', name, {}, opts);
    const { stack, region, release, bucketName, instances, after } = args;
    const hosts = Object.entries(instances).flatMap(([role, id]) =>
      id === undefined ? [] : [pulumi.interpolate`${role}=${id}`],
    );
    const where = { STACK: stack, AWS_REGION: region };
    // There from the first `up` on, since a rollout that failed leaves parameters too.
    const parameters = new local.Command(
      `${name}-parameters`,
      { delete: `${COUNCIL} forget ${WHERE}`, environment: where },
      { parent: this },
    );
    if (release !== undefined)
      new local.Command(
        name,
        {
          create: `${COUNCIL} rollout ${WHERE} --release "$RELEASE" --bucket "$RELEASE_BUCKET" --host $HOSTS`,
          environment: {
            ...where,
            RELEASE: release,
            RELEASE_BUCKET: bucketName,
            // Words without blanks or quotes: roles are ours and ids are EC2's.
            HOSTS: pulumi.all(hosts).apply((texts) => texts.join(' ')),
          },
        },
        // Children do not inherit it.
        { parent: this, dependsOn: [parameters, ...after] },
      );
    this.registerOutputs({});
  }
}
