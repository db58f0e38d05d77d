import type { NonStandardParameter } from '../non-standard.ts';

/** The policies of the council, in the order in which their gates stand; then why nobody is admitted for a while. */
export const POLICY_CODES = [
  'INVALID_SIGNATURE',
  'SYBIL_DUPLICATE',
  'PII_POLICY_VIOLATION',
  'QUOTA_EXCEEDED',
  'CAPACITY_EXCEEDED',
  /** What is promised cannot be kept safe: the store that the gatekeepers share is out of reach. */
  'STORE_UNAVAILABLE',
  /** The gatekeeper is about to stop; it lets live calls end. */
  'DRAINING',
] as const;
export type PolicyCode = (typeof POLICY_CODES)[number];

/**
 * Marks nonStandardData that holds a policy code. 32473 is the enterprise number that IANA keeps for examples (RFC
 * 5612), so no vendor's data can bear it. (A UUID under 2.25 would need no registration either, but Wireshark holds
 * arcs of more than 32 bits for malformed, and operators read these rejects there.)
 */
export const POLICY_OID = '1.3.6.1.4.1.32473.323.1';

const data = new Map(
  POLICY_CODES.map((code): [PolicyCode, NonStandardParameter] => [
    code,
    { nonStandardIdentifier: { kind: 'object', value: POLICY_OID }, data: Buffer.from(code, 'latin1') },
  ]),
);

/** A reject's nonStandardData: the policy's code as ASCII. */
export const policyData = (code: PolicyCode): NonStandardParameter | undefined => data.get(code);

/** The policy code in a reject's nonStandardData; `undefined` where it holds none. */
export function policyCodeOf(parameter: NonStandardParameter | undefined): PolicyCode | undefined {
  const identifier = parameter?.nonStandardIdentifier;
  if (parameter === undefined || identifier?.kind !== 'object' || identifier.value !== POLICY_OID) return undefined;
  const text = Buffer.from(parameter.data).toString('latin1');
  return POLICY_CODES.find((code) => code === text);
}
