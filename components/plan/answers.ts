import type { runtime } from '@pulumi/pulumi';
import type { PlannedValues } from './plan.ts';

/** What AWS would say of a resource once it is there, as a name in angle brackets: a plan has no such values. */
const later = (type: string, name: string, what: string): string => `<${type.split(':').at(-1)} ${name}.${what}>`;

/** Properties that other resources could take up, by type; every resource has an id, a name and an ARN. */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  'aws:ebs/volume:Volume': ['availabilityZone'],
  'aws:ec2/eip:Eip': ['publicIp', 'publicDns', 'allocationId'],
  'aws:ec2/instance:Instance': ['availabilityZone', 'primaryNetworkInterfaceId', 'privateIp', 'publicIp'],
  'aws:ec2/launchTemplate:LaunchTemplate': ['latestVersion'],
  'aws:ec2/networkInterface:NetworkInterface': ['macAddress', 'privateIp'],
  'aws:ec2/vpc:Vpc': ['defaultNetworkAclId', 'defaultRouteTableId', 'defaultSecurityGroupId', 'mainRouteTableId'],
  'aws:iam/instanceProfile:InstanceProfile': ['uniqueId'],
  'aws:iam/role:Role': ['uniqueId'],
  'aws:kms/key:Key': ['keyId'],
  'aws:lb/loadBalancer:LoadBalancer': ['dnsName', 'zoneId'],
  'aws:route53/record:Record': ['fqdn'],
  'aws:route53/zone:Zone': ['zoneId'],
  'aws:s3/bucket:Bucket': ['bucket', 'bucketDomainName', 'bucketRegionalDomainName'],
  'aws:s3/bucketObjectv2:BucketObjectv2': ['versionId'],
  'aws:ssm/parameter:Parameter': ['version'],
  'command:local:Command': ['stdout', 'stderr'],
  'command:remote:Command': ['stdout', 'stderr'],
  'docker:index/registryImage:RegistryImage': ['sha256Digest'],
  'docker:index/remoteImage:RemoteImage': ['imageId', 'repoDigest'],
};

/** What stacks export, by their names. */
export type OutputsByStack = Readonly<Record<string, PlannedValues>>;

/** A stack that is referred to and of which nothing is known. */
export class UnknownStackError extends Error {
  override readonly name = 'UnknownStackError';
  readonly code = 'UNKNOWN_STACK';

  constructor(stack: string) {
    super(
      `the program refers to the stack ${stack}, of which this plan knows nothing: is there a Pulumi.${stack}.yaml?`,
    );
  }
}

/**
 * The state of a resource as the program sees it after its creation: its inputs, and names for what AWS makes up.
 * @param outputs what the stacks export that may be referred to
 * @throws UnknownStackError for a reference to another one
 */
export function stateOf(
  { type, name, inputs }: runtime.MockResourceArgs,
  outputs: OutputsByStack = {},
): runtime.MockResourceResult {
  if (type === 'pulumi:pulumi:StackReference') {
    // ORGANIZATION/PROJECT/STACK
    const stack = String(inputs['name']).split('/').at(-1) ?? '';
    const exported = outputs[stack];
    if (exported === undefined) throw new UnknownStackError(stack);
    return { id: stack, state: { ...inputs, outputs: exported, secretOutputNames: [] } };
  }
  const computed = Object.fromEntries((COMPUTED[type] ?? []).map((key) => [key, later(type, name, key)]));
  const state = { name: later(type, name, 'name'), arn: later(type, name, 'arn'), ...computed, ...inputs };
  return { id: later(type, name, 'id'), state };
}

/** A function of a provider that a plan has no answer to. */
export class UnknownFunctionError extends Error {
  override readonly name = 'UnknownFunctionError';
  readonly code = 'UNKNOWN_FUNCTION';
  /** What Pulumi makes the message of the error from that the program gets. */
  readonly details: string;

  constructor(token: string) {
    super(`the program asks for ${token}: a plan has no answer to it, unless components/plan/answers.ts gives one`);
    this.details = this.message;
  }
}

/** What a look-up would find. */
export function answerOf({ token, inputs }: runtime.MockCallArgs): Record<string, unknown> {
  if (token === 'docker:index/getRegistryImage:getRegistryImage')
    return { ...inputs, sha256Digest: `sha256:<digest of ${String(inputs['name'])}>` };
  if (token === 'aws:index/getCallerIdentity:getCallerIdentity') return { accountId: '<account>' };
  throw new UnknownFunctionError(token);
}
