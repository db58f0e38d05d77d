import { compile } from '../../asn1/index.ts';
import { RasMessage } from './ras-message.ts';

/** Aligned PER of a RAS datagram (H.225.0 Annex H). Decoded octet strings are views into the datagram. */
export const rasMessage = compile('RasMessage', RasMessage);
