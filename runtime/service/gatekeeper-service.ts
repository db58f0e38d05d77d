import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../adapters/clock.ts';
import { allocateAmongTheYoung } from '../adapters/heap.ts';
import { HttpServer } from '../adapters/http-server.ts';
import { loadKeyPair, loadOrCreateKeyPair } from '../adapters/key-files.ts';
import { collectProcessMetrics } from '../adapters/process-metrics.ts';
import { openUdpSocket } from '../adapters/udp-socket.ts';
import { WitnessFile } from '../adapters/witness-file.ts';
import { type GatekeeperSettings, keyFileName } from '../config/index.ts';
import { Gatekeeper, type GatekeeperConfig } from '../gatekeeper/index.ts';
import type { SocketAddress } from '../h225/index.ts';
import type { Role, Store } from '../ha/index.ts';
import { DurationHistogram, GatekeeperMetrics, newServiceStatistics } from '../metrics/index.ts';
import { type BitsPerSecond, milliseconds, oneWayRate } from '../units.ts';
import { witnessFormat, witnessLine } from '../witness/index.ts';
import { rehearseInDress } from './dress-rehearsal.ts';
import { GatekeeperDriver } from './gatekeeper-driver.ts';
import type { Log } from './log.ts';
import { randomSource } from './random-source.ts';
import { keepLastGood, loadRegistry } from './registry-file.ts';
import { rehearse } from './rehearsal.ts';
import { signerFromSeed } from './verifier.ts';
import { RELEASE, VERSION } from './version.ts';
import { instanceOf, openStore, ZoneService } from './zone-service.ts';

/** A request that waits longer for its signature's verdict is told so. */
const RIP_AFTER = milliseconds(1000);
/** How long stopping waits for signatures that are being verified. */
const LAST_VERDICTS = 1000;
/** How often a draining gatekeeper looks whether calls are left, in ms. */
const LOOK_AGAIN = 250;

/** A gatekeeper that serves. */
export interface RunningGatekeeper {
  readonly ras: SocketAddress;
  /** Where `/metrics`, `/healthz` and `/readyz` are. */
  readonly http: SocketAddress;
  readonly gatekeeperId: string;
  /** What terminals check its answers by. */
  readonly publicKey: Uint8Array;
  readonly machine: Gatekeeper;
  /** Reads the registry again; a broken one is refused and the last good one kept. False then. */
  reload(): boolean;
  /** Its part in the zone; `undefined` where it stands alone. */
  readonly zone: ZoneService | undefined;
  /** Admits nobody any more; done when no call is live. */
  drain(): Promise<void>;
  /** Lets another gatekeeper of the zone lead, where this one does. */
  handOver(): void;
  /** Answers what is at hand, and ends. */
  stop(): Promise<void>;
}

export interface GatekeeperExtras {
  /** What the zone's gatekeepers share, instead of the etcd that the settings name. */
  readonly store?: Store | undefined;
  readonly onRole?: (role: Role) => void;
}

/**
 * Starts a gatekeeper. Whatever is wrong is found before the first datagram is taken, and leaves nothing running.
 * @throws RegistryFileError, RegistryError, KeyFileError, WitnessWriteError, PortInUseError
 */
export async function startGatekeeper(
  settings: GatekeeperSettings,
  log: Log,
  { store = openStore(settings), onRole = () => {} }: GatekeeperExtras = {},
): Promise<RunningGatekeeper> {
  allocateAmongTheYoung();
  const { registry, text } = loadRegistry(settings.registry);
  const keys =
    settings.keyFile === undefined
      ? loadOrCreateKeyPair(join(settings.dataDir, 'keys'), keyFileName(settings.gatekeeperId), randomBytes)
      : loadKeyPair(settings.keyFile);
  const witness = new WitnessFile({
    root: join(settings.dataDir, 'logs'),
    format: witnessFormat('ras'),
    now: systemClock.now().epoch,
  });
  const statistics = newServiceStatistics();
  const durations = new DurationHistogram();
  let ras: SocketAddress = { address: settings.host, port: settings.rasPort };
  // The port is only known once the socket is open, and the socket must not be open before there is who answers.
  const socket = await openUdpSocket({
    host: settings.host,
    port: settings.rasPort,
    onDatagram: (octets, from) => driver?.receive(octets, from),
    onError: (error) => {
      statistics.sendErrors++;
      log.warn({ error: error.message }, 'a datagram could not be sent');
    },
  }).catch((error: unknown) => {
    witness.close();
    throw error;
  });
  ras = advertised(socket.localAddress);
  const machine = new Gatekeeper(machineConfig(settings, ras, store !== undefined), registry, {
    random: randomSource(),
    sign: signerFromSeed(keys.secretKey.subarray(0, 32)),
  });
  let zone: ZoneService | undefined;
  const driver: GatekeeperDriver | undefined = new GatekeeperDriver({
    machine,
    ...(store !== undefined && {
      committer: (commit) => zone?.member.commit(commit) ?? Promise.resolve(false),
      onTurn: (now) => zone?.member.onTurn(now),
    }),
    witness,
    statistics,
    durations,
    onMistake: (error) => log.error({ err: error }, 'a datagram could not be handled; please report this'),
    onWitness: (failure) => {
      if (failure === undefined) return log.info('the witness log is written again; the gatekeeper serves');
      log.error({ error: failure.message }, 'the witness log cannot be written; the gatekeeper is frozen until it can');
      // Somebody else's disk may have room.
      zone?.member.handOver();
    },
  });
  driver.attach(socket);
  const http: HttpServer = new HttpServer({
    metrics: () => metricsOf.exposition(),
    health: () => ({
      ok: true,
      body: {
        status: 'up',
        gatekeeper: settings.gatekeeperId,
        version: VERSION,
        ...(RELEASE !== undefined && { release: RELEASE }),
        // While the zone's key is replaced, people see here which one this gatekeeper signs with.
        publicKey: Buffer.from(keys.publicKey).toString('hex'),
      },
    }),
    ready: () => {
      const status = driver.frozen
        ? 'frozen: the witness log cannot be written'
        : zone !== undefined && !zone.serves
          ? 'not ready: nobody is known to lead the zone'
          : 'ready';
      return { ok: status === 'ready', body: { status, ...(zone !== undefined && { role: zone.member.role.kind }) } };
    },
  });
  const listening = { address: settings.httpHost, port: 0 };
  try {
    listening.port = (await http.listen(settings.httpHost, settings.httpPort)).port;
    if (store !== undefined) {
      zone = new ZoneService({ settings, store, machine, ras: machine.state.config.ras, http: listening, log, onRole });
      zone.member.attach(driver);
      rehearse(machine.state.config);
      await rehearseInDress({ config: machine.state.config, store, instance: instanceOf(settings) });
      await zone.start();
    }
  } catch (error) {
    driver.stop();
    await http.close();
    await socket.close();
    await store?.close();
    witness.close();
    throw error;
  }
  const metricsOf = new GatekeeperMetrics({
    instance: instanceOf(settings),
    role: settings.role,
    version: VERSION,
    statistics: machine.state.statistics,
    service: statistics,
    durations,
    state: {
      registrations: () => machine.state.endpoints.size,
      calls: () => machine.state.calls.legs,
      bandwidth: () => bandwidthOf(machine),
      registry: () => machine.state.registry,
    },
    zone,
  });
  collectProcessMetrics(metricsOf.registry);
  const note = (msg_type: string, more: Readonly<Record<string, string | number | undefined>> = {}): void =>
    driver.witness(witnessLine({ ts: systemClock.now().epoch, msg_type, gatekeeper: settings.gatekeeperId, ...more }));
  note('GATEKEEPER_STARTED', { version: VERSION, policy: settings.policy, registry_revision: registry.revision });
  const remember = (good: string): void => {
    const failure = keepLastGood(settings.registry, good);
    if (failure !== undefined) log.warn({ error: failure.message }, 'no copy of the registry could be kept');
  };
  remember(text);
  return {
    ras,
    http: listening,
    gatekeeperId: settings.gatekeeperId,
    publicKey: keys.publicKey,
    machine,
    zone,
    async drain() {
      machine.state.draining = true;
      note('GATEKEEPER_DRAINING', { calls: machine.state.calls.legs });
      // Where there is another gatekeeper, stopping hands the calls over to it.
      const alone = (): boolean => zone === undefined || (zone.leads && zone.members < 2);
      while (machine.state.calls.legs > 0 && alone()) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    },
    handOver() {
      zone?.member.handOver();
    },
    reload() {
      try {
        const next = loadRegistry(settings.registry);
        driver.run((gatekeeper, now) => gatekeeper.replaceRegistry(next.registry, now));
        remember(next.text);
        zone?.member.registryReplaced(next.registry.revision);
        statistics.registryReloads++;
        note('REGISTRY_RELOADED', { registry_revision: next.registry.revision });
        log.info({ revision: next.registry.revision, terminals: next.registry.terminals.size }, 'registry reloaded');
        return true;
      } catch (error) {
        statistics.registryReloadErrors++;
        note('REGISTRY_REFUSED', { registry_revision: machine.state.registry.revision });
        log.error(
          { error: error instanceof Error ? error.message : String(error), revision: machine.state.registry.revision },
          'the new registry is refused; the last good one stays in force',
        );
        return false;
      }
    },
    async stop() {
      // First, since another gatekeeper takes over the sooner.
      await zone?.stop();
      const patience = systemClock.now().monotonic + LAST_VERDICTS;
      while (machine.pending > 0 && systemClock.now().monotonic < patience)
        await new Promise((resolve) => setTimeout(resolve, 10));
      note('GATEKEEPER_STOPPED');
      driver.stop();
      await socket.close();
      await http.close();
      witness.close();
    },
  };
}

function machineConfig(settings: GatekeeperSettings, ras: SocketAddress, replicated: boolean): GatekeeperConfig {
  return {
    gatekeeperId: settings.gatekeeperId,
    ras: { address: settings.advertisedHost ?? ras.address, port: ras.port },
    policy: settings.policy,
    timeToLive: settings.timeToLiveSeconds,
    freshness: settings.freshnessSeconds,
    councilBandwidth: settings.councilBandwidthBps,
    maxSessions: settings.maxSessions,
    maxCalls: settings.maxCalls,
    minimumGrant: settings.minimumGrantBps,
    irrFrequency: settings.irrFrequencySeconds,
    maxEndpoints: settings.maxEndpoints,
    maxPending: settings.verifyQueue,
    ripAfter: RIP_AFTER,
    replicated,
    alternates: settings.alternates.map(({ host, rasPort, gatekeeperId, priority }) => ({
      ras: { address: host, port: rasPort },
      gatekeeperId,
      priority,
    })),
  };
}

/** The address to tell others: where the socket listens everywhere, the first of this machine that others can reach. */
function advertised({ address, port }: SocketAddress): SocketAddress {
  if (address !== '0.0.0.0' && address !== '::') return { address, port };
  const family = address === '::' ? 'IPv6' : 'IPv4';
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((candidate) => candidate.family === family && !candidate.internal);
  return { address: own?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1'), port };
}

function* bandwidthOf(machine: Gatekeeper): Generator<readonly [string, BitsPerSecond]> {
  for (const { terminalId } of machine.state.registry.terminals.values()) {
    const endpoint = machine.state.endpoints.byTerminal(terminalId);
    if (endpoint !== undefined) yield [terminalId, oneWayRate(endpoint.units)];
  }
}
