import { byUrn, sourceOf } from '../graph.ts';
import { type Finding, labelOf, type StackPolicy, type StackResource } from '../policy.ts';
import { publicGrants } from '../policy-documents.ts';
import { BUCKET } from '../types.ts';
import { at, listOf, mapsOf, mayBeTrue, textOf, UNKNOWN } from '../values.ts';

const ACCESS_BLOCK = 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock';
const ENCRYPTION = 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration';
const ACL = 'aws:s3/bucketAcl:BucketAcl';
const POLICY = 'aws:s3/bucketPolicy:BucketPolicy';

/** All four: any one of them leaves a way in. */
const BLOCKS = ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'] as const;

/** S3's canned ACLs that let in more than the owner and AWS's own log delivery. */
const PUBLIC_ACLS: readonly string[] = ['authenticated-read', 'public-read', 'public-read-write'];

const ALGORITHMS: readonly string[] = ['AES256', 'aws:kms', 'aws:kms:dsse', UNKNOWN];

function accessBlockProblems(block: StackResource | undefined): string[] {
  if (block === undefined) return ['no BucketPublicAccessBlock is for it: make one, all four of its settings true'];
  return BLOCKS.filter((key) => !mayBeTrue(block.props[key])).map(
    (key) => `${labelOf(block)} leaves ${key} off: set it to true`,
  );
}

function encryptionProblems(encryption: StackResource | undefined): string[] {
  if (encryption === undefined)
    return ['no BucketServerSideEncryptionConfiguration is for it: make one, with aws:kms or AES256'];
  const algorithms = mapsOf(encryption.props['rules']).map((rule) =>
    textOf(at(rule, 'applyServerSideEncryptionByDefault', 'sseAlgorithm')),
  );
  const isGood = encryption.props['rules'] === UNKNOWN || algorithms.some((name) => ALGORITHMS.includes(name));
  return isGood ? [] : [`${labelOf(encryption)} encrypts nothing by default: set sseAlgorithm to aws:kms or AES256`];
}

const aclProblem = (label: string, acl: unknown): string[] =>
  typeof acl === 'string' && PUBLIC_ACLS.includes(acl) ? [`${label} has the public ACL ${acl}: take it off`] : [];

/** Every resource of a type that is for one of the buckets, with that bucket. */
function settingsOf(resources: readonly StackResource[]): (bucket: StackResource, type: string) => StackResource[] {
  const all = byUrn(resources);
  return (bucket, type) =>
    resources.filter((one) => one.type === type && sourceOf(all, one, 'bucket', BUCKET)?.urn === bucket.urn);
}

/** No bucket is open to the public, and every one encrypts what it is given. */
export const privateBuckets: StackPolicy = {
  name: 'private-buckets',
  description:
    'Every bucket blocks public access in all four ways, encrypts by default, and has no public ACL or policy.',
  level: 'mandatory',
  types: [BUCKET, ACL, POLICY],
  checkStack: (resources) => {
    const settings = settingsOf(resources);
    return resources.flatMap((resource): Finding[] => {
      const { urn, type, props } = resource;
      const found = (problems: readonly string[]): Finding[] => problems.map((message) => ({ urn, message }));
      const label = labelOf(resource);
      if (type === ACL) {
        const granted = mapsOf(at(props, 'accessControlPolicy', 'grants')).some((grant) =>
          listOf(at(grant, 'grantee', 'uri')).some((uri) =>
            /\/global\/(AllUsers|AuthenticatedUsers)$/.test(textOf(uri)),
          ),
        );
        return found([
          ...aclProblem(label, props['acl']),
          ...(granted ? [`${label} grants rights to everybody: take the grant out`] : []),
        ]);
      }
      if (type === POLICY)
        return found(
          publicGrants(props['policy']).map((sid) => `${label} lets everybody in by its statement ${sid}: name whom`),
        );
      if (type !== BUCKET) return [];
      return found([
        ...accessBlockProblems(settings(resource, ACCESS_BLOCK)[0]).map((problem) => `${label}: ${problem}`),
        ...encryptionProblems(settings(resource, ENCRYPTION)[0]).map((problem) => `${label}: ${problem}`),
        ...aclProblem(label, props['acl']),
      ]);
    });
  },
};
