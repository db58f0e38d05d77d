import type { EpochMilliseconds } from '../units.ts';

/**
 * One event for the audit log. Fields are flat, named as operators grep for them, and hold neither personal data nor
 * keys nor signatures: addresses go through `maskAddress`, free text through `scrub`. Undefined fields are left out.
 */
export interface WitnessRecord {
  readonly ts: EpochMilliseconds;
  /** `ARQ`, `ACF`, `GATEKEEPER_FAILOVER`, … */
  readonly msg_type: string;
  readonly [field: string]: string | number | boolean | null | undefined | readonly string[];
}
