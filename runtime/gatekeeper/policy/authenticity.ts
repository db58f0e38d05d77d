import type { Gate } from './facts.ts';

/** The request speaks for the endpoint whose terminal signed it. (That the signature is genuine was seen before.) */
export const authenticity: Gate = ({ signer, terminal, lab }) => {
  if (signer === undefined ? lab && terminal === undefined : signer === terminal) return undefined;
  return { policy: 'INVALID_SIGNATURE', reason: 'securityDenial' };
};
