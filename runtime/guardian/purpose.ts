import type { RasMessage, RasMessageKind } from '../h225/index.ts';
import type { BandwidthUnits } from '../units.ts';
import type { GuardianCall } from './call-table.ts';
import type { RequestTag } from './events.ts';

interface Wish {
  readonly call: GuardianCall;
  /** The gatekeeper did not know the terminal when it was first asked. Each happens once, or it would for ever. */
  readonly again?: boolean;
  /** A gatekeeper sent it on to another. */
  readonly redirected?: boolean;
}

/** What a request about a call is for. */
export type CallPurpose =
  | ({ readonly kind: 'admit' | 'readmit' } & Wish)
  | ({ readonly kind: 'bandwidth'; readonly units: BandwidthUnits } & Wish)
  /** `silent`: whoever asked was told already that it is over. */
  | { readonly kind: 'disengage'; readonly call: GuardianCall; readonly silent: boolean };

/** What a request is for. It can be made again at another gatekeeper. */
export type Purpose = CallPurpose | { readonly kind: 'discover' | 'register' | 'renew' | 'leave' | 'report' };

export const isCallPurpose = (purpose: Purpose): purpose is CallPurpose => 'call' in purpose;

const PROCEDURES: Readonly<
  Record<Purpose['kind'], { readonly tag: RequestTag; readonly answers: readonly RasMessageKind[] }>
> = {
  discover: { tag: 'GRQ', answers: ['gatekeeperConfirm', 'gatekeeperReject'] },
  register: { tag: 'RRQ', answers: ['registrationConfirm', 'registrationReject'] },
  renew: { tag: 'RRQ', answers: ['registrationConfirm', 'registrationReject'] },
  leave: { tag: 'URQ', answers: ['unregistrationConfirm', 'unregistrationReject'] },
  report: { tag: 'IRR', answers: ['infoRequestAck', 'infoRequestNak'] },
  admit: { tag: 'ARQ', answers: ['admissionConfirm', 'admissionReject'] },
  readmit: { tag: 'ARQ', answers: ['admissionConfirm', 'admissionReject'] },
  bandwidth: { tag: 'BRQ', answers: ['bandwidthConfirm', 'bandwidthReject'] },
  disengage: { tag: 'DRQ', answers: ['disengageConfirm', 'disengageReject'] },
};

/** What goes to the gatekeeper that a reject points to; `undefined` where the reject is to be taken as it is. */
export function redirect(purpose: Purpose): readonly CallPurpose[] | undefined {
  switch (purpose.kind) {
    case 'discover':
    case 'register':
    case 'renew':
      return [];
    case 'admit':
    case 'readmit':
    case 'bandwidth':
      return purpose.redirected === true ? undefined : [{ ...purpose, redirected: true }];
    default:
      return undefined;
  }
}

const ANY: ReadonlySet<string> = new Set<RasMessageKind>(['requestInProgress', 'unknownMessageResponse']);

export const tagOf = ({ kind }: Purpose): RequestTag => PROCEDURES[kind].tag;

/** Whether a message can answer a request that was made for `purpose`. */
export const answers = (message: RasMessage, { kind }: Purpose): boolean =>
  ANY.has(message.kind) || PROCEDURES[kind].answers.some((answer) => answer === message.kind);
