import type { EpochMilliseconds } from '../units.ts';

/** The audit logs: RAS messages, bridge events of the SIP gateway, and failovers. */
export type WitnessStream = 'ras' | 'gateway' | 'failover';

const PREFIXES: Readonly<Record<WitnessStream, string>> = {
  ras: 'h323_witness/h323_ras_',
  gateway: 'gateway/gateway_',
  failover: 'ha/failover_',
};

/** The stream's file for the UTC day of `at`, below the log folder: `h323_witness/h323_ras_20261121.jsonl`. */
export function witnessFileName(stream: WitnessStream, at: EpochMilliseconds): string {
  const date = new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
  return `${PREFIXES[stream]}${date}.jsonl`;
}
