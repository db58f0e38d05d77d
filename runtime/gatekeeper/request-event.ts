import { RAS_TAGS, type SocketAddress } from '../h225/index.ts';
import { callIdOf } from './calls.ts';
import type { RasEvent } from './effects.ts';
import type { Request } from './refusals.ts';

/** What the log says of a request: nothing in it names a person or opens a door. */
export function describeRequest(request: Request, peer: SocketAddress, terminalId: string | undefined): RasEvent {
  const msgType = RAS_TAGS[request.kind];
  const seq = request.value.requestSeqNum;
  switch (request.kind) {
    case 'admissionRequest':
    case 'bandwidthRequest':
      return { msgType, seq, peer, terminalId, bandwidth: request.value.bandWidth, callId: callIdOf(request.value) };
    case 'disengageRequest':
      return {
        msgType,
        seq,
        peer,
        terminalId,
        reason: request.value.disengageReason.kind,
        callId: callIdOf(request.value),
      };
    case 'registrationRequest':
      return { msgType, seq, peer, terminalId, detail: request.value.keepAlive === true ? 'keepAlive' : undefined };
    default:
      return { msgType, seq, peer, terminalId };
  }
}
