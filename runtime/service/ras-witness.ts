import type { RasEvent } from '../gatekeeper/index.ts';
import type { EpochMilliseconds } from '../units.ts';
import { maskAddress, quote, timestamp } from '../witness/index.ts';

/**
 * The witness line of a gatekeeper's event: fields as operators grep for them, the peer's address masked. Two are
 * written for every request, so the text is put together here, and only what comes from outside is quoted with care:
 * all other texts are the gatekeeper's own words.
 */
export function rasWitnessLine(event: RasEvent, ts: EpochMilliseconds): string {
  let line = `{"ts": "${timestamp(ts)}", "msg_type": "${event.msgType}"`;
  if (event.seq !== undefined) line += `, "seq": ${event.seq}`;
  line += `, "peer": "${masked(event.peer.address)}"`;
  if (event.terminalId !== undefined) line += `, "terminal_id": ${quote(event.terminalId)}`;
  if (event.endpoint !== undefined) line += `, "endpoint": ${event.endpoint}`;
  if (event.callId !== undefined) line += `, "call_id": "${hex(event.callId)}"`;
  if (event.bandwidth !== undefined) line += `, "bandwidth_units": ${event.bandwidth}`;
  if (event.reason !== undefined) line += `, "reason": ${quote(event.reason)}`;
  if (event.policy !== undefined) line += `, "policy": "${event.policy}"`;
  if (event.detail !== undefined) line += `, "detail": ${quote(event.detail)}`;
  if (event.retransmission === true) line += ', "retransmission": true';
  if (event.count !== undefined) line += `, "count": ${event.count}`;
  return `${line}}\n`;
}

let lastAddress = '';
let lastMasked = '';

/** Datagrams of one sender often come together. */
function masked(address: string): string {
  if (address !== lastAddress) {
    lastAddress = address;
    lastMasked = maskAddress(address);
  }
  return lastMasked;
}

const hex = (octets: Uint8Array): string => (Buffer.isBuffer(octets) ? octets : Buffer.from(octets)).toString('hex');
