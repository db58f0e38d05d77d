import { VOTERS } from '../../components/hosts.ts';
import { isProduction, labelOf, type Resource, type ResourcePolicy } from '../policy.ts';
import { BUCKET, INSTANCE, VOLUME } from '../types.ts';
import { mayBeTrue } from '../values.ts';

/** What is lost, or known to others, when it is deleted: data, keys to data, and addresses that terminals hold. */
const LOST: Readonly<Record<string, string>> = {
  [BUCKET]: 'what it holds is gone with it',
  [VOLUME]: 'what it holds is gone with it',
  'aws:backup/vault:Vault': 'what it holds is gone with it',
  'aws:ec2/eip:Eip': 'terminals know its address, and AWS gives it to others',
  'aws:kms/key:Key': 'what is encrypted under it cannot be read without it',
  'aws:route53/zone:Zone': 'its name servers change when it is made anew',
  'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration': 'files are not locked without it',
};

const isVoter = ({ type, name }: Resource): boolean => type === INSTANCE && VOTERS.some((voter) => voter === name);

/** In production what cannot be made again is not deleted by a slip; elsewhere `pulumi destroy` has to work. */
export const protection: ResourcePolicy = {
  name: 'protection',
  description: 'In production buckets, keys, addresses, data volumes and the voters of the quorum are protected.',
  level: 'mandatory',
  types: [...Object.keys(LOST), INSTANCE],
  check: (resource) => {
    const lost = isVoter(resource) ? 'a member of the quorum goes with it' : LOST[resource.type];
    if (lost === undefined || !isProduction(resource)) return [];
    const label = labelOf(resource);
    return [
      ...(resource.protect ? [] : [`${label} is not protected, and ${lost}: set the option protect`]),
      ...(resource.type !== INSTANCE || mayBeTrue(resource.props['disableApiTermination'])
        ? []
        : [`${label} can be terminated by hand, and ${lost}: set disableApiTermination to true`]),
      ...(resource.type === BUCKET && resource.props['forceDestroy'] === true
        ? [`${label} is emptied when it is deleted, and ${lost}: set forceDestroy to false`]
        : []),
    ];
  },
};
