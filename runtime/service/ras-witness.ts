import type { RasEvent } from '../gatekeeper/index.ts';
import type { EpochMilliseconds } from '../units.ts';
import { decimal, maskAddress, quote, timestamp } from '../witness/index.ts';

/**
 * The witness line of a gatekeeper's event: fields as operators grep for them, the peer's address masked. Two are
 * written for every request, so the text is put together here, and only what comes from outside is quoted with care:
 * all other texts are the gatekeeper's own words.
 */
export function rasWitnessLine(event: RasEvent, ts: EpochMilliseconds): string {
  let line = `${beginningAt(ts)}${event.msgType}"`;
  if (event.seq !== undefined) line += `, "seq": ${decimal(event.seq)}`;
  line += peerField(event.peer.address);
  if (event.terminalId !== undefined) line += `, "terminal_id": ${quote(event.terminalId)}`;
  if (event.endpoint !== undefined) line += `, "endpoint": ${decimal(event.endpoint)}`;
  if (event.callId !== undefined) line += `, "call_id": "${hexOf(event.callId)}"`;
  if (event.bandwidth !== undefined) line += `, "bandwidth_units": ${decimal(event.bandwidth)}`;
  if (event.reason !== undefined) line += `, "reason": ${quote(event.reason)}`;
  if (event.policy !== undefined) line += `, "policy": "${event.policy}"`;
  if (event.detail !== undefined) line += `, "detail": ${quote(event.detail)}`;
  if (event.retransmission === true) line += ', "retransmission": true';
  if (event.count !== undefined) line += `, "count": ${decimal(event.count)}`;
  return `${line}}\n`;
}

let lastTime: EpochMilliseconds | undefined;
let lastBeginning = '';

/** What one turn of the event loop brings happens at one time. */
function beginningAt(ts: EpochMilliseconds): string {
  if (ts !== lastTime) {
    lastTime = ts;
    lastBeginning = `{"ts": "${timestamp(ts)}", "msg_type": "`;
  }
  return lastBeginning;
}

let lastAddress: string | undefined;
let lastPeer = '';

/** Datagrams of one sender often come together. */
function peerField(address: string): string {
  if (address !== lastAddress) {
    lastAddress = address;
    lastPeer = `, "peer": "${maskAddress(address)}"`;
  }
  return lastPeer;
}

let lastCallId: Uint8Array | undefined;
let lastHex = '';

/** A request and its answer name the same call by the same octets. */
function hexOf(octets: Uint8Array): string {
  if (octets !== lastCallId) {
    lastCallId = octets;
    lastHex = (Buffer.isBuffer(octets) ? octets : Buffer.from(octets)).toString('hex');
  }
  return lastHex;
}
