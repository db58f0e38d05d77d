import { type BandwidthUnits, bandwidthUnits } from '../../units.ts';
import type { AdmissionFacts, Gate } from './facts.ts';

/** What a call may have: as much as was asked for, as far as the endpoint's quota and the council's total go. */
export const grantable = (
  asked: number,
  { quotaRoom, councilRoom }: Pick<AdmissionFacts, 'quotaRoom' | 'councilRoom'>,
): BandwidthUnits => bandwidthUnits(Math.max(0, Math.min(asked, quotaRoom, councilRoom)));

/** Grants less before it refuses: no only where nothing worthwhile is left. */
export const fairness: Gate = (facts) => {
  const asked = facts.request.bandWidth;
  return grantable(asked, facts) < Math.min(asked, facts.worthwhile)
    ? { policy: 'QUOTA_EXCEEDED', reason: 'requestDenied' }
    : undefined;
};
