import type { Policy } from '../policy.ts';
import { encryption } from './encryption.ts';
import { instanceMetadata } from './instance-metadata.ts';
import { instanceSizes } from './instance-sizes.ts';
import { leastPrivilege } from './least-privilege.ts';
import { noPlainSecrets } from './no-plain-secrets.ts';
import { openPorts } from './open-ports.ts';
import { privateBuckets } from './private-buckets.ts';
import { protection } from './protection.ts';
import { replacementOrder } from './replacement-order.ts';
import { requiredTags } from './required-tags.ts';
import { votersApart } from './voters-apart.ts';

/** The pack, in the order in which it is reported. */
export const POLICIES: readonly Policy[] = [
  encryption,
  privateBuckets,
  openPorts,
  instanceMetadata,
  leastPrivilege,
  noPlainSecrets,
  requiredTags,
  instanceSizes,
  protection,
  votersApart,
  replacementOrder,
];
