/**
 * A process of its own (`node --expose-gc --import tsx`): endpoints register, and refresh their registrations again and
 * again. Writes how many octets a refresh left among the long-lived objects, where it should leave nothing. Argument:
 * `settled`, as a gatekeeper's process is, or `plain`, as Node starts.
 */
import { getHeapSpaceStatistics } from 'node:v8';
import { fullRegistration, seqOffset } from '../../bench/requests.ts';
import { allocateAmongTheYoung } from '../../runtime/adapters/heap.ts';
import { rasMessage } from '../../runtime/h225/index.ts';
import { GatekeeperLab } from './gatekeeper-lab.ts';

const ENDPOINTS = 20_000;
const ROUNDS = 10;

if (process.argv[2] === 'settled') allocateAmongTheYoung();
const { gatekeeper, now } = new GatekeeperLab({ config: { policy: 'open-lab', maxEndpoints: ENDPOINTS } });

function receive(octets: Buffer): void {
  // A socket gives each datagram a sender of its own.
  gatekeeper.receive(octets, { address: '192.0.2.1', port: 1719 }, now);
  gatekeeper.takeEffects();
}

const longLived = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? Number.NaN;

for (let n = 0; n < ENDPOINTS; n++) receive(rasMessage.encode(fullRegistration(n)));
const identifiers = [...gatekeeper.state.endpoints.all()].map(({ identifier }) => identifier);
const requests = identifiers.map((identifier, n) => rasMessage.encode(fullRegistration(n, identifier)));
const seqAt = seqOffset(fullRegistration(0, identifiers[0]));
const lefts: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  globalThis.gc?.();
  const before = longLived();
  for (const request of requests) {
    request.writeUInt16BE(round + 2, seqAt);
    receive(request);
  }
  lefts.push((longLived() - before) / ENDPOINTS);
}
if (gatekeeper.state.statistics.sent.RCF !== ENDPOINTS * (ROUNDS + 1)) throw new Error('not all were confirmed');
// The first rounds are still being compiled.
process.stdout.write(`${Math.round(lefts.slice(-3).reduce((sum, left) => sum + left, 0) / 3)}\n`);
