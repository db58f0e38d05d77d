import { labelOf, type ResourcePolicy } from '../policy.ts';
import { INSTANCE, LAUNCH_TEMPLATE } from '../types.ts';
import { at, UNKNOWN } from '../values.ts';

/** Without a token, whoever gets a host to fetch a URL reads its role's credentials (SSRF). */
export const instanceMetadata: ResourcePolicy = {
  name: 'instance-metadata',
  description: 'A host gives out its metadata, credentials among them, by IMDSv2 only, and to nobody a hop away.',
  level: 'mandatory',
  types: [INSTANCE, LAUNCH_TEMPLATE],
  check: (resource) => {
    const tokens = at(resource.props, 'metadataOptions', 'httpTokens');
    const hops = at(resource.props, 'metadataOptions', 'httpPutResponseHopLimit');
    const label = labelOf(resource);
    return [
      ...(tokens === 'required' || tokens === UNKNOWN
        ? []
        : [`${label}: IMDSv1 answers without a token: set metadataOptions.httpTokens to required`]),
      ...(hops === 1 || hops === UNKNOWN
        ? []
        : [`${label}: containers may reach its credentials: set metadataOptions.httpPutResponseHopLimit to 1`]),
    ];
  },
};
