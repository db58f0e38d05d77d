/** Why a datagram was not taken up. */
export const DATAGRAM_FAULTS = [
  /** No RAS message. */
  'malformed',
  /** An answer that nothing waits for, or a request that terminals do not serve. */
  'unexpected',
  'unsigned',
  'malformed token',
  /** Signed by, or under the lab policy sent by, another than the gatekeeper that it would have to come from. */
  'wrong sender',
  'wrong recipient',
  'stale timestamp',
  /** An answer to another request: an old one, sent again. */
  'wrong random',
  'wrong signature',
  'replay',
  /** So many false signatures came this second that no more are looked at. */
  'suppressed',
  /** No more can be remembered against replay, so no more is accepted. */
  'replay memory full',
] as const;
export type DatagramFault = (typeof DATAGRAM_FAULTS)[number];
