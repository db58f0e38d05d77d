import { randomInt } from 'node:crypto';
import { openUdpSocket } from '../adapters/udp-socket.ts';
import type { GatekeeperSettings } from '../config/index.ts';
import { PROTOCOL_IDENTIFIER, rasMessage, type SocketAddress, toTransportAddress } from '../h225/index.ts';
import { openZone } from './zone-operator-access.ts';
import { etcdReport } from './zone-operator-etcd.ts';
import { fetchPage } from './zone-operator-fetch.ts';

/** A member of etcd that votes. */
export interface VoterProbe {
  /** As etcd has it: on our hosts, the host's role. */
  readonly name: string;
  /** It answers and knows who leads etcd. */
  readonly healthy: boolean;
}

/** What a gatekeeper was found to do. */
export interface GatekeeperProbe {
  /** It is ready, which takes a leader in its zone, and answers RAS. */
  readonly serves: boolean;
  /** Such as `leading` or `standby`; `unknown` where it does not tell. */
  readonly role: string;
  /** SHA-256 of the release that it runs; null for one that runs from a checkout, or does not tell. */
  readonly release: string | null;
  readonly version: string;
  /** Milliseconds until RAS answered; null where it did not. */
  readonly rasMs: number | null;
  /** The voters of its zone's etcd; null where none tells, `undefined` where there is no etcd. */
  readonly voters?: readonly VoterProbe[] | null;
  /** What is wrong. */
  readonly problems: readonly string[];
}

/** Milliseconds that one request is waited for, and how many are made: a datagram may get lost. */
const PATIENCE = 1000;
const REQUESTS = 3;

/**
 * Asks a gatekeeper of this machine whether it serves: its health page, and RAS by a discovery (GRQ, unsigned). Asks its
 * zone's etcd for its voters, too: a gatekeeper may serve while there is one left to lose.
 */
export async function probeGatekeeper(settings: GatekeeperSettings): Promise<GatekeeperProbe> {
  const { host, rasPort, httpHost, httpPort } = settings;
  const base = `http://${httpHost.includes(':') ? `[${httpHost}]` : httpHost}:${httpPort}`;
  const [health, ready, rasMs, voters] = await Promise.all([
    pageOf(`${base}/healthz`),
    pageOf(`${base}/readyz`),
    rasAnswers({ address: host, port: rasPort }),
    settings.etcdEndpoints.length > 0 ? votersOf(settings) : undefined,
  ]);
  const problems = [
    ...(health.problem ?? []),
    ...(ready.problem ?? (ready.status === 200 ? [] : [`/readyz says: ${ready.texts['status'] ?? ready.status}`])),
    ...(rasMs === null ? [`no answer by RAS from ${host}:${rasPort}/udp`] : []),
  ];
  return {
    serves: problems.length === 0,
    role: ready.texts['role'] ?? 'unknown',
    release: health.texts['release'] ?? null,
    version: health.texts['version'] ?? 'unknown',
    rasMs,
    ...(voters !== undefined && { voters }),
    problems,
  };
}

/** Null where certificates cannot be read, or no member answers. */
async function votersOf(settings: GatekeeperSettings): Promise<readonly VoterProbe[] | null> {
  try {
    const zone = openZone(settings);
    try {
      const { members } = await etcdReport(zone);
      return members.filter(({ learner }) => !learner).map(({ name, healthy }) => ({ name, healthy }));
    } finally {
      await zone.close();
    }
  } catch {
    return null;
  }
}

interface HealthPage {
  readonly status: number;
  /** What of its JSON is text. */
  readonly texts: Readonly<Record<string, string>>;
  readonly problem?: readonly string[];
}

async function pageOf(url: string): Promise<HealthPage> {
  try {
    const { status, body } = await fetchPage(url);
    const content: unknown = JSON.parse(body);
    const entries = typeof content === 'object' && content !== null ? Object.entries(content) : [];
    const texts = entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []));
    return { status, texts: Object.fromEntries(texts) };
  } catch (error) {
    return { status: 0, texts: {}, problem: [`${url}: ${error instanceof Error ? error.message : error}`] };
  }
}

/** Milliseconds until a discovery is answered, confirmed or not; null where it is not. */
async function rasAnswers(to: SocketAddress): Promise<number | null> {
  const requestSeqNum = randomInt(1, 65_536);
  let answered = (_: boolean): void => {};
  const socket = await openUdpSocket({
    host: to.address,
    port: 0,
    service: 'a probe (UDP)',
    onDatagram: (octets) => {
      if (answers(octets, requestSeqNum)) answered(true);
    },
    onError: () => {},
  });
  try {
    const rasAddress = toTransportAddress(socket.localAddress);
    if (rasAddress === undefined) return null;
    const request = rasMessage.encode({
      kind: 'gatekeeperRequest',
      value: {
        requestSeqNum,
        protocolIdentifier: PROTOCOL_IDENTIFIER,
        rasAddress,
        endpointType: { mc: false, undefinedNode: true },
        supportsAssignedGK: false,
      },
    });
    const began = performance.now();
    for (let tried = 0; tried < REQUESTS; tried++) {
      const answer = new Promise<boolean>((resolve) => {
        answered = resolve;
        setTimeout(() => resolve(false), PATIENCE).unref();
      });
      socket.send(request, to);
      if (await answer) return Math.round((performance.now() - began) * 10) / 10;
    }
    return null;
  } finally {
    await socket.close();
  }
}

function answers(octets: Uint8Array, requestSeqNum: number): boolean {
  try {
    const { value } = rasMessage.decode(octets);
    return 'requestSeqNum' in value && value.requestSeqNum === requestSeqNum;
  } catch {
    return false; // Somebody else's datagram.
  }
}
