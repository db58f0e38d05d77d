import { LabError } from '../errors.ts';
import { addressKinds } from './addresses.ts';
import { fleetKinds } from './fleets.ts';
import { iamKinds } from './iam.ts';
import { instanceKinds } from './instances.ts';
import type { Context, Kind } from './kind.ts';
import { kmsKinds } from './kms.ts';
import { loadBalancerKinds } from './load-balancers.ts';
import { messageKinds } from './messages.ts';
import { s3Kinds } from './s3.ts';
import { securityGroupKinds } from './security-groups.ts';
import { volumeKinds } from './volumes.ts';
import { vpcKinds, zonesOf } from './vpc.ts';

export { machineOf } from './instances.ts';
export { PENDING_KEY } from './kms.ts';
export { OBJECT_VERSION, putObject } from './s3.ts';
export { type FirewallRule, firewallOf } from './security-groups.ts';
export { type Context, type Kind, zonesOf };

/** How AWS treats each type that the stand-in knows. */
export const KINDS: Readonly<Record<string, Kind>> = {
  ...vpcKinds,
  ...securityGroupKinds,
  ...addressKinds,
  ...instanceKinds,
  ...volumeKinds,
  ...iamKinds,
  ...kmsKinds,
  ...s3Kinds,
  ...messageKinds,
  ...fleetKinds,
  ...loadBalancerKinds,
};

export function kindOf(type: string): Kind {
  const kind = KINDS[type];
  if (kind) return kind;
  throw new LabError(`the stand-in AWS provider knows no ${type}: give it a kind in lab/provider/services/`);
}
