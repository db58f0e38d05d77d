import type { Refusal } from '../guardian/index.ts';

/** What came to nothing: the terminal's registration, a call, or a change of a call's bandwidth. */
export type GuardianRefusal = 'REGISTRATION_REFUSED' | 'ADMISSION_REFUSED' | 'BANDWIDTH_REFUSED';

/** The gatekeeper refuses, or none answers. The message holds all of it. */
export class GuardianRefusedError extends Error implements Refusal {
  readonly code: GuardianRefusal;
  readonly reason: string;
  readonly policy?: string;
  readonly hint?: string;

  constructor(code: GuardianRefusal, reason: string, { policy, hint }: Omit<Refusal, 'reason'> = {}) {
    super(
      [reason, policy, hint === undefined ? undefined : `(${hint})`].filter((part) => part !== undefined).join(' '),
    );
    this.name = 'GuardianRefusedError';
    this.code = code;
    this.reason = reason;
    if (policy !== undefined) this.policy = policy;
    if (hint !== undefined) this.hint = hint;
  }
}

export const refusedBy = (code: GuardianRefusal, refusal: Refusal): GuardianRefusedError =>
  new GuardianRefusedError(code, refusal.reason, refusal);
