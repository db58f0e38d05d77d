import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../adapters/clock.ts';
import { EtcdStore } from '../adapters/etcd/store.ts';
import { replaceFile } from '../adapters/replace-file.ts';
import { WitnessFile } from '../adapters/witness-file.ts';
import type { GatekeeperSettings } from '../config/index.ts';
import type { Gatekeeper } from '../gatekeeper/index.ts';
import type { SocketAddress } from '../h225/index.ts';
import type { LeaseId, Role, Store } from '../ha/index.ts';
import type { ZoneState } from '../metrics/index.ts';
import { milliseconds } from '../units.ts';
import { witnessFormat, witnessLine } from '../witness/index.ts';
import { FloatingAddressKeeper, openFloatingAddress } from './floating-address.ts';
import type { Log } from './log.ts';
import { VERSION } from './version.ts';
import { ZoneMember } from './zone-member.ts';
import type { Takeover } from './zone-member-args.ts';

/** How long the store may take for one answer, in ms. A lease of 2 s must outlive a few that get none. */
const STORE_TIMEOUT = 400;

/** How long a leader that stops waits for another one to lead, and then sends requests there, in ms. */
const HAND_OVER = 2000;
const LINGER = 500;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const instanceOf = (settings: GatekeeperSettings): string =>
  settings.instance ?? (isAlone(settings) ? settings.gatekeeperId : `gatekeeper-${settings.role}`);

export const isAlone = ({ etcdEndpoints }: GatekeeperSettings): boolean => etcdEndpoints.length === 0;

/**
 * The store that the settings name; `undefined` for a gatekeeper that stands alone.
 * @throws the file system's error where a certificate cannot be read, StoreError where it cannot be used
 */
export function openStore(settings: GatekeeperSettings): Store | undefined {
  const { etcdEndpoints: endpoints, etcdCaFile, etcdCertFile, etcdKeyFile } = settings;
  if (endpoints.length === 0) return undefined;
  const tls =
    etcdCaFile === undefined || etcdCertFile === undefined || etcdKeyFile === undefined
      ? undefined
      : { ca: readFileSync(etcdCaFile), cert: readFileSync(etcdCertFile), key: readFileSync(etcdKeyFile) };
  const requestTimeout = milliseconds(STORE_TIMEOUT);
  return new EtcdStore({ endpoints, requestTimeout, ...(tls !== undefined && { tls }) });
}

export interface ZoneServiceArgs {
  readonly settings: GatekeeperSettings;
  readonly store: Store;
  readonly machine: Gatekeeper;
  readonly ras: SocketAddress;
  readonly http: SocketAddress;
  readonly log: Log;
  readonly onRole: (role: Role) => void;
}

/** A gatekeeper's part in its zone, with its log of failovers and what its end must know. */
export class ZoneService implements ZoneState {
  readonly member: ZoneMember;
  readonly #args: ZoneServiceArgs;
  readonly #witness: WitnessFile;
  readonly #leaseFile: string;
  #floating: FloatingAddressKeeper | undefined;

  /** @throws WitnessWriteError, or the file system's error where the data folder cannot be written */
  constructor(args: ZoneServiceArgs) {
    this.#args = args;
    const { settings, store, machine, ras, http, log } = args;
    const folder = join(settings.dataDir, 'ha');
    mkdirSync(folder, { recursive: true, mode: 0o750 });
    this.#leaseFile = join(folder, 'lease.json');
    this.#witness = new WitnessFile({
      root: join(settings.dataDir, 'logs'),
      format: witnessFormat('failover'),
      now: systemClock.now().epoch,
    });
    this.member = new ZoneMember({
      self: {
        instance: instanceOf(settings),
        role: settings.role,
        ras,
        http,
        version: VERSION,
        registry: machine.state.registry.revision,
      },
      zone: settings.gatekeeperId,
      freshness: settings.freshnessSeconds,
      store,
      machine,
      log,
      onLease: (lease) => this.#rememberLease(lease),
      onRole: (role) => this.#tellRole(role),
      onTakeover: (takeover) => this.#tellTakeover(takeover),
    });
  }

  /**
   * Begins to take part.
   * @throws the error of a floating address that cannot be had here
   */
  async start(): Promise<void> {
    const { floatingAddress } = this.#args.settings;
    if (floatingAddress !== undefined)
      this.#floating = new FloatingAddressKeeper({
        address: await openFloatingAddress(floatingAddress),
        log: this.#args.log,
      });
    this.member.start();
  }

  get floatingFailures(): number | undefined {
    return this.#floating?.failures;
  }

  get leads(): boolean {
    return this.member.role.kind === 'leading';
  }

  get serves(): boolean {
    const { kind } = this.member.role;
    return kind === 'leading' || kind === 'standby';
  }

  get failovers(): number {
    return this.member.failovers;
  }

  get lastFailoverSeconds(): number | undefined {
    return seconds(this.member.lastFailover);
  }

  get lagSeconds(): number | undefined {
    return seconds(this.member.lag);
  }

  get leaseLeftSeconds(): number {
    return this.member.leaseLeft(systemClock.now().monotonic) / 1000;
  }

  get storeFailures(): number {
    return this.member.unreachable;
  }

  get unreadableRecords(): number {
    return this.member.unreadable;
  }

  get members(): number {
    return this.member.members.size;
  }

  /** Registries of the zone's gatekeepers are not the same. */
  get registriesDiffer(): boolean {
    return new Set([...this.member.members.values()].map(({ registry }) => registry)).size > 1;
  }

  /**
   * Hands over, where it leads, sends what still comes to the new leader for a moment, and lets the store go. Where
   * there is nobody to lead, it does not wait for long.
   */
  async stop(): Promise<void> {
    if (this.leads && this.members > 1) {
      this.member.handOver();
      const patience = systemClock.now().monotonic + HAND_OVER;
      while (this.member.role.kind !== 'standby' && systemClock.now().monotonic < patience) await pause(5);
      if (this.member.role.kind === 'standby') await pause(LINGER);
    }
    await this.member.stop();
    await this.#floating?.stop();
    this.#note('GATEKEEPER_LEFT_ZONE');
    this.#witness.close();
    rmSync(this.#leaseFile, { force: true });
  }

  /** Whoever comes after a crash must end this lease and no other. */
  #rememberLease(lease: LeaseId | undefined): void {
    const { settings, log } = this.#args;
    const { etcdEndpoints, etcdCaFile, etcdCertFile, etcdKeyFile } = settings;
    try {
      if (lease === undefined) rmSync(this.#leaseFile, { force: true });
      else {
        const note = {
          lease,
          endpoints: etcdEndpoints,
          caFile: etcdCaFile,
          certFile: etcdCertFile,
          keyFile: etcdKeyFile,
        };
        // Where the machine fails with the process, nobody reads it: not worth a wait in which the lease could run out.
        replaceFile(this.#leaseFile, `${JSON.stringify(note)}\n`, 0o600, false);
      }
    } catch (error) {
      log.error({ err: error }, 'the lease cannot be noted: after a crash it will have to run out');
    }
  }

  #tellRole(role: Role): void {
    const { log, onRole } = this.#args;
    const term = 'term' in role ? role.term : undefined;
    const leader = role.kind === 'standby' ? role.leader.instance : undefined;
    log.info({ role: role.kind, term, leader }, 'role in the zone');
    this.#note('GATEKEEPER_ROLE', { role: role.kind, term, leader });
    this.#floating?.onRole(role);
    onRole(role);
  }

  #tellTakeover({ how, term, from, duration, unseen }: Takeover): void {
    const planned = how !== 'failover';
    this.#note(how === 'first' ? 'GATEKEEPER_FIRST' : planned ? 'GATEKEEPER_SWITCHOVER' : 'GATEKEEPER_FAILOVER', {
      from,
      term,
      ...(how !== 'first' && { failover_duration_sec: seconds(duration), unseen_sec: seconds(unseen) }),
    });
  }

  #note(msg_type: string, more: Readonly<Record<string, string | number | undefined>> = {}): void {
    const { settings, log } = this.#args;
    const ts = systemClock.now().epoch;
    try {
      this.#witness.append(witnessLine({ ts, msg_type, gatekeeper: instanceOf(settings), ...more }), ts);
    } catch (error) {
      log.error({ err: error }, 'the log of failovers cannot be written');
    }
  }
}

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : Math.round(ms) / 1000);
