import { Counter, Gauge, Registry } from 'prom-client';
import type { Registry as GuardianRegistry } from '../config/index.ts';
import type { BitsPerSecond } from '../units.ts';
import type { DurationHistogram } from './duration-histogram.ts';
import type { ServiceStatistics } from './service-statistics.ts';

type Counts = Readonly<Record<string, number>>;

/** What the gatekeeper counts, as its machine does (`GatekeeperStatistics`): plain numbers that only grow. */
export interface RasStatistics {
  /** By the messages' abbreviations. */
  readonly received: Counts;
  readonly sent: Counts;
  /** By the policies' codes. */
  readonly refused: Counts;
  /** By reason. */
  readonly dropped: Counts;
  readonly retransmissions: number;
  readonly replays: number;
  readonly admissions: number;
  readonly expired: number;
}

/** How things stand; asked at a scrape, never between. */
export interface GatekeeperState {
  registrations(): number;
  /** Admitted calls that have not ended. */
  calls(): number;
  /** By terminal of the registry: media granted to its live calls, one way. */
  bandwidth(): Iterable<readonly [terminalId: string, rate: BitsPerSecond]>;
  registry(): GuardianRegistry;
}

/** A gatekeeper's part in a zone of several. */
export interface ZoneState {
  readonly leads: boolean;
  /** Times that it took over from one that failed. */
  readonly failovers: number;
  readonly lastFailoverSeconds: number | undefined;
  /** Until a majority of the store had the last change. */
  readonly lagSeconds: number | undefined;
  readonly leaseLeftSeconds: number;
  /** Calls of the store that got no answer. */
  readonly storeFailures: number;
  readonly unreadableRecords: number;
  /** Gatekeepers of the zone that are there, itself included. */
  readonly members: number;
  readonly registriesDiffer: boolean;
  /** Failed attempts to move the floating address here; `undefined` where there is none. */
  readonly floatingFailures: number | undefined;
}

export interface GatekeeperMetricsArgs {
  /** Names this gatekeeper among those of its zone. */
  readonly instance: string;
  /** What the host is configured as: `primary` or `secondary`; not who leads now. */
  readonly role: string;
  readonly version: string;
  readonly statistics: RasStatistics;
  readonly service: ServiceStatistics;
  /** From a datagram's arrival to its answer. */
  readonly durations: DurationHistogram;
  readonly state: GatekeeperState;
  /** `undefined` for a gatekeeper that stands alone. */
  readonly zone?: ZoneState | undefined;
  /** Where metrics are added to that others collect (such as the process's); a new one unless given. */
  readonly registry?: Registry;
}

type Sample = readonly [labels: readonly string[], value: number];

/** The gatekeeper's metrics. Nothing is kept twice: all values are read when they are scraped. */
export class GatekeeperMetrics {
  readonly registry: Registry;
  private readonly args: GatekeeperMetricsArgs;

  constructor(args: GatekeeperMetricsArgs) {
    this.registry = args.registry ?? new Registry();
    this.args = args;
    const { instance, role, version, statistics, service } = args;
    const add = (name: string, help: string, labels: readonly string[], read: () => readonly Sample[]): void => {
      this.add(name, help, labels, read);
    };
    add('h323_gatekeeper_up', 'The gatekeeper answers.', ['instance', 'role'], () => [[[instance, role], 1]]);
    add('h323_gatekeeper_build_info', 'The release that runs.', ['version'], () => [[[version], 1]]);
    add('h323_gatekeeper_total_admissions', 'Calls admitted.', ['instance'], () => [
      [[instance], statistics.admissions],
    ]);
    add('h323_gatekeeper_requests_total', 'Requests answered.', ['message', 'outcome'], () =>
      outcomes(statistics.sent),
    );
    add('h323_gatekeeper_messages_received_total', 'RAS messages received.', ['message'], () =>
      samples(statistics.received),
    );
    add('h323_gatekeeper_messages_sent_total', 'RAS messages sent.', ['message'], () => samples(statistics.sent));
    add('h323_gatekeeper_policy_rejections_total', 'Requests refused, by the policy that did.', ['policy'], () =>
      samples(statistics.refused),
    );
    add('h323_gatekeeper_dropped_total', 'Datagrams left without an answer.', ['reason'], () =>
      samples(statistics.dropped),
    );
    add('h323_gatekeeper_signatures_total', 'Signatures verified.', ['outcome'], () => [
      [['valid'], service.signaturesValid],
      [['invalid'], service.signaturesInvalid],
    ]);
    add('h323_gatekeeper_registry_reloads_total', 'Reloads of the guardian registry.', ['outcome'], () => [
      [['loaded'], service.registryReloads],
      [['refused'], service.registryReloadErrors],
    ]);
    const plain: readonly (readonly [name: string, help: string, read: () => number])[] = [
      ['h323_gatekeeper_retransmissions_total', 'Answers given again.', () => statistics.retransmissions],
      ['h323_gatekeeper_replays_total', 'Replayed requests refused.', () => statistics.replays],
      ['h323_gatekeeper_expired_total', 'Registrations that ran out.', () => statistics.expired],
      ['h323_gatekeeper_datagrams_received_total', 'Datagrams received.', () => service.datagramsReceived],
      ['h323_gatekeeper_datagrams_sent_total', 'Datagrams sent.', () => service.datagramsSent],
      ['h323_gatekeeper_send_errors_total', 'Datagrams the system did not take.', () => service.sendErrors],
      ['h323_gatekeeper_witness_lines_total', 'Witness lines written.', () => service.witnessLines],
      ['h323_gatekeeper_witness_errors_total', 'Failed writes of witness lines.', () => service.witnessErrors],
      ['h323_gatekeeper_witness_unwritten_bytes', 'Witness lines that wait.', () => service.witnessUnwritten],
      ['h323_gatekeeper_verify_pending', 'Signatures being verified.', () => service.verifyPending],
    ];
    for (const [name, help, read] of plain) add(name, help, [], () => [[[], read()]]);
    this.addState();
    this.addZone();
  }

  /** Everything in Prometheus's text format, for `/metrics`. */
  async exposition(): Promise<{ readonly contentType: string; readonly body: string }> {
    const name = 'h323_gatekeeper_request_duration_seconds';
    const durations = this.args.durations.exposition(name, 'From the arrival of a request to its answer.');
    // The library spells it Nan, which strict readers refuse.
    const rest = (await this.registry.metrics()).replaceAll(/ Nan$/gm, ' NaN');
    return { contentType: this.registry.contentType, body: `${rest}\n${durations}` };
  }

  private addState(): void {
    const { instance, state } = this.args;
    this.add('h323_gatekeeper_active_sessions', 'Calls admitted and not ended.', ['instance'], () => [
      [[instance], state.calls()],
    ]);
    this.add('h323_gatekeeper_registered_endpoints', 'Registrations.', ['instance'], () => [
      [[instance], state.registrations()],
    ]);
    this.add('h323_guardian_bandwidth_bps', 'Media granted, one way, in bit/s.', ['terminal_id'], () =>
      Array.from(state.bandwidth(), ([terminalId, rate]): Sample => [[terminalId], rate]),
    );
    this.add('h323_gatekeeper_registry_info', 'The guardian registry in use.', ['revision'], () => [
      [[state.registry().revision], 1],
    ]);
    this.add('h323_gatekeeper_registry_terminals', 'Terminals in the guardian registry.', [], () => [
      [[], state.registry().terminals.size],
    ]);
  }

  private addZone(): void {
    const { instance, zone } = this.args;
    this.add('h323_gatekeeper_leader', 'This gatekeeper leads its zone.', ['instance'], () => [
      [[instance], zone === undefined || zone.leads ? 1 : 0],
    ]);
    if (zone === undefined) return;
    const values: readonly (readonly [name: string, help: string, read: () => number | undefined])[] = [
      ['h323_gatekeeper_failover_total', 'Times it took over from one that failed.', () => zone.failovers],
      [
        'h323_gatekeeper_failover_duration_seconds',
        'How long nobody led before it last took over.',
        () => zone.lastFailoverSeconds,
      ],
      [
        'h323_gatekeeper_replication_lag_seconds',
        'Until a majority of the store had the last change.',
        () => zone.lagSeconds,
      ],
      ['h323_gatekeeper_lease_left_seconds', 'How long its lease still runs.', () => zone.leaseLeftSeconds],
      ['h323_gatekeeper_store_failures_total', 'Calls of the store without an answer.', () => zone.storeFailures],
      [
        'h323_gatekeeper_unreadable_records_total',
        'Records in the store that could not be read.',
        () => zone.unreadableRecords,
      ],
      [
        'h323_gatekeeper_floating_address_failures_total',
        'Failed attempts to move the floating address here.',
        () => zone.floatingFailures,
      ],
      ['h323_gatekeeper_zone_members', 'Gatekeepers of the zone that are there.', () => zone.members],
      [
        'h323_gatekeeper_registry_mismatch',
        "The zone's gatekeepers have different guardian registries.",
        () => (zone.registriesDiffer ? 1 : 0),
      ],
    ];
    for (const [name, help, read] of values)
      this.add(name, help, ['instance'], () => {
        const value = read();
        return value === undefined ? [] : [[[instance], value]];
      });
  }

  /** A counter where the name says that it only grows, or else a gauge. */
  private add(name: string, help: string, labelNames: readonly string[], read: () => readonly Sample[]): void {
    const description = { name, help, labelNames, registers: [this.registry] };
    if (/_total(_|$)/.test(name)) {
      const counter = new Counter({
        ...description,
        collect() {
          counter.reset();
          for (const [labels, value] of read()) counter.labels(...labels).inc(value);
        },
      });
    } else {
      const gauge = new Gauge({
        ...description,
        collect() {
          gauge.reset();
          for (const [labels, value] of read()) gauge.labels(...labels).set(value);
        },
      });
    }
  }
}

const samples = (counters: Counts): Sample[] => Object.entries(counters).map(([key, value]) => [[key], value]);

const OUTCOMES: Readonly<Record<string, string>> = { CF: 'confirmed', RJ: 'rejected' };

/** Confirms and rejects by the request they answer: ACF and ARJ are outcomes of ARQ. */
function outcomes(sent: Counts): Sample[] {
  return Object.entries(sent).flatMap(([message, value]): Sample[] => {
    const outcome = OUTCOMES[message.slice(1)];
    return outcome === undefined ? [] : [[[`${message.slice(0, 1)}RQ`, outcome], value]];
  });
}
