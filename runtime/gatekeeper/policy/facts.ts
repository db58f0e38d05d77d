import type { TerminalRecord } from '../../config/index.ts';
import type { AdmissionReject, AdmissionRequest, PolicyCode } from '../../h225/index.ts';
import type { BandwidthUnits } from '../../units.ts';

/** What the gates judge by: a request, and what is known when it comes. */
export interface AdmissionFacts {
  readonly request: AdmissionRequest;
  /** Whose signature the request bears. */
  readonly signer: TerminalRecord | undefined;
  /** Whose endpoint it speaks for. */
  readonly terminal: TerminalRecord | undefined;
  /** Unsigned requests are let through. */
  readonly lab: boolean;
  /** Live sessions of the endpoint, apart from the one asked for. */
  readonly sessions: number;
  /** Live sessions of all, apart from the one asked for. */
  readonly councilSessions: number;
  readonly councilLimit: number;
  /** The endpoint's quota less its other calls. */
  readonly quotaRoom: BandwidthUnits;
  /** What all calls together leave. */
  readonly councilRoom: BandwidthUnits;
  /** Less than this is not worth a call, unless less was asked for. */
  readonly worthwhile: BandwidthUnits;
}

/** A gate's no: the policy, and the standard reason that stock endpoints understand. */
export interface Refusal {
  readonly policy: PolicyCode;
  readonly reason: AdmissionReject['rejectReason']['kind'] &
    ('securityDenial' | 'invalidPermission' | 'requestDenied' | 'resourceUnavailable');
}

export type Gate = (facts: AdmissionFacts) => Refusal | undefined;
