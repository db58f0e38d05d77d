import type { runtime } from '@pulumi/pulumi';

/** What AWS would say of a resource once it is there, as a name in angle brackets: a plan has no such values. */
const later = (name: string, what: string): string => `<${name}.${what}>`;

/** Properties that other resources of this program take up, by type; every resource has an id and an arn. */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  'aws:ec2/eip:Eip': ['publicIp', 'allocationId'],
  'aws:ec2/vpc:Vpc': ['defaultSecurityGroupId', 'defaultRouteTableId'],
  'aws:kms/key:Key': ['keyId'],
  'aws:s3/bucket:Bucket': ['bucket'],
};

/** The state of a resource as the program sees it after its creation: its inputs, and names for what AWS makes up. */
export function stateOf({ type, name, inputs }: runtime.MockResourceArgs): runtime.MockResourceResult {
  const computed = Object.fromEntries((COMPUTED[type] ?? []).map((key) => [key, later(name, key)]));
  const state = { name: later(name, 'name'), arn: later(name, 'arn'), ...computed, ...inputs };
  return { id: later(name, 'id'), state };
}

/** What a look-up would find. */
export function answerOf({ token, inputs }: runtime.MockCallArgs): Record<string, unknown> {
  if (token === 'docker:index/getRegistryImage:getRegistryImage')
    return { ...inputs, sha256Digest: `sha256:<digest of ${String(inputs['name'])}>` };
  throw new Error(`the plan knows no answer to ${token}`);
}
