/** One gatekeeper process under mutated datagrams: what bench/fuzz.ts reports. */
import { type GuardianHandle, startGuardian } from '../runtime/service/index.ts';
import { unitsForOneWayRate } from '../runtime/units.ts';
import { metric } from '../tests/support/council-process.ts';
import { guardian, labTerminal } from '../tests/support/gatekeeper-lab.ts';
import { HostileTraffic } from '../tests/support/hostile-traffic.ts';
import { UdpTerminal } from '../tests/support/udp-terminal.ts';
import { FuzzTarget, type Memory, type Policy, TIME_TO_LIVE } from './fuzz-target.ts';

export interface SiegeResult {
  readonly policy: Policy;
  /** Mutated ones. */
  readonly datagrams: number;
  /** Sent, but not received by the gatekeeper; terminals' own included. */
  readonly lost: number;
  readonly seconds: number;
  /** Of the mutated ones, those that still were RAS messages. */
  readonly decoded: number;
  readonly admissions: number;
  readonly witnessLines: number;
  /** After each fifth of them. */
  readonly memory: readonly Memory[];
  /** Keep-alives of a genuine guardian during it, and how many of them were confirmed. */
  readonly asked: number;
  readonly served: number;
  /** Genuine guardians admitted afterwards, out of how many. */
  readonly admitted: number;
  readonly of: number;
  readonly exit: number | null;
  /** What should not have been, as sentences. */
  readonly faults: readonly string[];
}

export interface SiegeArgs {
  readonly policy: Policy;
  readonly count: number;
  readonly seed: number;
  readonly dataDir: string;
}

/** Mutated datagrams between two questions of the genuine guardian; its answer shows that all before were taken. */
const BATCH = 100;
/** Octets that memory may grow by between a fifth of the datagrams and the last. */
const BOUNDS = { used: 4 * 2 ** 20, rss: 32 * 2 ** 20 };

const insiders = [
  guardian(1),
  guardian(2),
  labTerminal('if://council/sip-gateway', { n: 3, kind: 'infrastructure', quota: 9_000_000, maxSessions: 9 }),
] as const;
const steady = guardian(4);
const mcu = labTerminal('if://council/mcu', { n: 5, kind: 'infrastructure', quota: 50_000_000, maxSessions: 25 });
/** Seeds repeat the octet that a lab terminal's number is. */
const newcomers = Array.from({ length: 8 }, (_, i) => 10 + i);

export async function siege({ policy, count, seed, dataDir }: SiegeArgs): Promise<SiegeResult> {
  const everybody = [...insiders, steady, mcu, ...newcomers.map((n) => guardian(n))];
  const target = await FuzzTarget.start(policy, dataDir, everybody);
  const { ras, gatekeeper: gatekeeperId } = target.started;
  const open = (terminal: typeof steady, isSigned: boolean): Promise<UdpTerminal> =>
    UdpTerminal.open({ terminal, isSigned, ras, gatekeeperId });
  const sockets = new Map<typeof steady, UdpTerminal>();
  for (const insider of insiders) sockets.set(insider, await open(insider, policy === 'signed'));
  const honest = await open(steady, true);

  const traffic = new HostileTraffic({
    ...{ seed, gatekeeperId, insiders, victim: steady },
    signedShare: policy === 'signed' ? 0.7 : 0.2,
    identifierOf: (terminal) => (terminal === steady ? honest : sockets.get(terminal))?.identifier ?? 'nobody',
    now: () => Math.floor(Date.now() / 1000),
  });
  const memory: Memory[] = [];
  let [sent, asked, served] = [0, 0, 0];
  const began = performance.now();
  await honest.register();
  while (sent < count && target.isRunning) {
    for (const socket of sockets.values()) await socket.register();
    for (let i = 0; i < BATCH && sent < count; i++, sent++) {
      const { octets, insider } = traffic.next();
      sockets.get(insider)?.send(octets);
    }
    asked++;
    if (await honest.register()) served++;
    if (sent >= ((memory.length + 1) * count) / 5)
      memory.push(
        ...(await target.memory().then(
          (one) => [one],
          () => [],
        )),
      );
    if (sent % 10_000 === 0) process.stderr.write(`${policy}: ${sent} of ${count}\n`);
  }
  const seconds = (performance.now() - began) / 1000;
  // One that has died tells nothing any more; what it complained of follows.
  const text = await target.metrics().catch(() => '');
  const all = [honest, ...sockets.values()];
  for (const socket of all) socket.close();
  const total = (count: (socket: UdpTerminal) => number): number => all.reduce((sum, socket) => sum + count(socket), 0);
  const lost = total((socket) => socket.sent) - metric(text, 'h323_gatekeeper_datagrams_received_total');
  const mistakes = metric(text, 'h323_gatekeeper_dropped_total{reason="internal_error"}');
  const unreadable = total((socket) => socket.unreadable);

  // What the attack registered runs out first.
  await new Promise((resolve) => setTimeout(resolve, (TIME_TO_LIVE + 2) * 1000));
  const admitted = await admittedOf(target);
  const { exit, complaints } = await target.stop();
  const witnessLines = await target.witnessLines();
  const counted = metric(text, 'h323_gatekeeper_witness_lines_total');

  const grown = { used: growth(memory, 'used'), rss: growth(memory, 'rss') };
  const faults = [
    ...(sent < count ? [`it ended after ${sent} datagrams`] : []),
    ...(lost === 0 ? [] : [`${lost} datagrams were sent and not received`]),
    ...(mistakes === 0 ? [] : [`${mistakes} datagrams brought a mistake of the gatekeeper's to light`]),
    ...(unreadable === 0 ? [] : [`${unreadable} answers were no RAS messages`]),
    ...(served === asked ? [] : [`${asked - served} keep-alives of the genuine guardian were not confirmed`]),
    ...(grown.used <= BOUNDS.used ? [] : [`memory in use grew by ${grown.used} octets, more than ${BOUNDS.used}`]),
    ...(grown.rss <= BOUNDS.rss ? [] : [`resident memory grew by ${grown.rss} octets, more than ${BOUNDS.rss}`]),
    ...(admitted === newcomers.length ? [] : [`${admitted} of ${newcomers.length} guardians were admitted afterwards`]),
    ...(exit === 0 ? [] : [`it ended with exit code ${exit}`]),
    ...(witnessLines >= counted ? [] : [`${counted} witness lines were counted, ${witnessLines} are there`]),
    ...complaints.map((line) => `it complained: ${line.slice(0, 500)}`),
  ];
  return {
    ...{ policy, datagrams: sent, lost, seconds, witnessLines, memory, asked, served, admitted },
    decoded: sent - metric(text, 'h323_gatekeeper_dropped_total{reason="malformed"}'),
    admissions: metric(text, 'h323_gatekeeper_total_admissions'),
    ...{ of: newcomers.length, exit, faults },
  };
}

/** From the first look at it to the last. */
const growth = (memory: readonly Memory[], of: keyof Memory): number =>
  (memory.at(-1)?.[of] ?? Number.NaN) - (memory[0]?.[of] ?? Number.NaN);

/** How many genuine guardians, as the product's own terminal, the gatekeeper lets into a call with the MCU. */
async function admittedOf({ started: { ras, gatekeeper: gatekeeperId, publicKey } }: FuzzTarget): Promise<number> {
  const start = (terminalId: string, n: number): Promise<GuardianHandle> =>
    startGuardian({
      ...{ terminalId, seed: new Uint8Array(32).fill(n), host: '127.0.0.1' },
      gatekeepers: [{ ras, gatekeeperId, publicKeys: [publicKey] }],
    });
  const conference = await start(mcu.record.terminalId, 5);
  const called = await conference.registered.then(
    () => true,
    () => false,
  );
  const handles = await Promise.all(newcomers.map((n) => start(guardian(n).record.terminalId, n)));
  const call = { destination: { kind: 'url-ID', value: mcu.record.terminalId } } as const;
  const bandwidth = unitsForOneWayRate(steady.record.quota);
  const outcomes = await Promise.allSettled(
    called ? handles.map((handle) => handle.admit({ ...call, bandwidth })) : [],
  );
  await Promise.all([conference, ...handles].map((handle) => handle.stop()));
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}
