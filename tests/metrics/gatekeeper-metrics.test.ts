import assert from 'node:assert/strict';
import { collectProcessMetrics } from '../../runtime/adapters/process-metrics.ts';
import { parseRegistry } from '../../runtime/config/index.ts';
import { newStatistics } from '../../runtime/gatekeeper/index.ts';
import {
  DurationHistogram,
  GatekeeperMetrics,
  newServiceStatistics,
  type ZoneState,
} from '../../runtime/metrics/index.ts';
import { bitsPerSecond } from '../../runtime/units.ts';
import { oneGuardian } from '../config/registry-text.ts';
import { parseExposition } from './exposition.ts';

interface Shown {
  readonly instance: string;
  readonly role: string;
  readonly zone: ZoneState;
}

/** A gatekeeper's metrics over numbers that a test can change. */
function setUp({ instance = 'council-gk-primary', role = 'primary', zone }: Partial<Shown> = {}) {
  const statistics = newStatistics();
  const service = newServiceStatistics();
  const durations = new DurationHistogram();
  const bandwidth = new Map([['if://guardian/a', bitsPerSecond(0)]]);
  const now = { registrations: 0, calls: 0, registry: parseRegistry(oneGuardian(), 'r.yaml') };
  const metrics = new GatekeeperMetrics({
    instance,
    role,
    version: '0.1.0',
    statistics,
    service,
    durations,
    state: {
      registrations: () => now.registrations,
      calls: () => now.calls,
      bandwidth: () => bandwidth,
      registry: () => now.registry,
    },
    zone,
  });
  /** The samples of a family, each as `labels value`, in the order they were written. */
  async function scrape(name: string): Promise<string[]> {
    const family = parseExposition((await metrics.exposition()).body).get(name);
    assert.ok(family !== undefined, `there is no ${name}`);
    return family.samples.map(({ labels, value }) => `${Object.entries(labels).flat().join(' ')} ${value}`.trim());
  }
  return { metrics, statistics, service, durations, bandwidth, now, scrape };
}

describe('gatekeeper metrics', () => {
  it('have the names, labels and types that dashboards and alerts rely on', async () => {
    const { metrics } = setUp();
    const { contentType, body } = await metrics.exposition();
    assert.equal(contentType, 'text/plain; version=0.0.4; charset=utf-8');
    const shapes = [...parseExposition(body).values()].map(
      ({ name, type, samples }) => `${type} ${name}{${Object.keys(samples.at(-1)?.labels ?? {})}}`,
    );
    assert.deepEqual(shapes.sort(), [
      'counter h323_gatekeeper_datagrams_received_total{}',
      'counter h323_gatekeeper_datagrams_sent_total{}',
      'counter h323_gatekeeper_dropped_total{reason}',
      'counter h323_gatekeeper_expired_total{}',
      'counter h323_gatekeeper_messages_received_total{message}',
      'counter h323_gatekeeper_messages_sent_total{message}',
      'counter h323_gatekeeper_policy_rejections_total{policy}',
      'counter h323_gatekeeper_registry_reloads_total{outcome}',
      'counter h323_gatekeeper_replays_total{}',
      'counter h323_gatekeeper_requests_total{message,outcome}',
      'counter h323_gatekeeper_retransmissions_total{}',
      'counter h323_gatekeeper_send_errors_total{}',
      'counter h323_gatekeeper_signatures_total{outcome}',
      'counter h323_gatekeeper_total_admissions{instance}',
      'counter h323_gatekeeper_witness_errors_total{}',
      'counter h323_gatekeeper_witness_lines_total{}',
      'gauge h323_gatekeeper_active_sessions{instance}',
      'gauge h323_gatekeeper_build_info{version}',
      'gauge h323_gatekeeper_leader{instance}',
      'gauge h323_gatekeeper_registered_endpoints{instance}',
      'gauge h323_gatekeeper_registry_info{revision}',
      'gauge h323_gatekeeper_registry_terminals{}',
      'gauge h323_gatekeeper_up{instance,role}',
      'gauge h323_gatekeeper_verify_pending{}',
      'gauge h323_gatekeeper_witness_unwritten_bytes{}',
      'gauge h323_guardian_bandwidth_bps{terminal_id}',
      'histogram h323_gatekeeper_request_duration_seconds{}',
    ]);
  });

  it('tell of a zone where there are others in it', async () => {
    const zone = {
      ...{ leads: false, failovers: 2, lastFailoverSeconds: 2.5, lagSeconds: undefined, leaseLeftSeconds: 1.5 },
      ...{ storeFailures: 3, unreadableRecords: 0, members: 2, registriesDiffer: true, floatingFailures: undefined },
    };
    const { scrape, metrics } = setUp({ instance: 'gk-2', role: 'secondary', zone });
    const values = {
      leader: 0,
      failover_total: 2,
      failover_duration_seconds: 2.5,
      lease_left_seconds: 1.5,
      store_failures_total: 3,
      unreadable_records_total: 0,
      zone_members: 2,
      registry_mismatch: 1,
    };
    for (const [name, value] of Object.entries(values))
      assert.deepEqual(await scrape(`h323_gatekeeper_${name}`), [`instance gk-2 ${value}`]);
    assert.doesNotMatch((await metrics.exposition()).body, /^h323_gatekeeper_replication_lag_seconds\{/m);
  });

  it('show what the counters hold at the moment of the scrape, each time anew', async () => {
    const { statistics, service, now, bandwidth, scrape } = setUp();
    for (const round of [1, 2]) {
      statistics.admissions += 3;
      statistics.replays += 1;
      statistics.retransmissions += 2;
      statistics.expired += 4;
      service.witnessLines += 5;
      service.signaturesInvalid += 6;
      service.verifyPending = round;
      now.calls = 7 - round;
      now.registrations = 9 - round;
      bandwidth.set('if://guardian/a', bitsPerSecond(1_000_000 * round));
      assert.deepEqual(await scrape('h323_gatekeeper_total_admissions'), [`instance council-gk-primary ${3 * round}`]);
      assert.deepEqual(await scrape('h323_gatekeeper_replays_total'), [`${round}`]);
      assert.deepEqual(await scrape('h323_gatekeeper_retransmissions_total'), [`${2 * round}`]);
      assert.deepEqual(await scrape('h323_gatekeeper_expired_total'), [`${4 * round}`]);
      assert.deepEqual(await scrape('h323_gatekeeper_witness_lines_total'), [`${5 * round}`]);
      assert.deepEqual(await scrape('h323_gatekeeper_signatures_total'), [
        'outcome valid 0',
        `outcome invalid ${6 * round}`,
      ]);
      assert.deepEqual(await scrape('h323_gatekeeper_verify_pending'), [`${round}`]);
      assert.deepEqual(await scrape('h323_gatekeeper_active_sessions'), [`instance council-gk-primary ${7 - round}`]);
      assert.deepEqual(await scrape('h323_gatekeeper_registered_endpoints'), [
        `instance council-gk-primary ${9 - round}`,
      ]);
      assert.deepEqual(await scrape('h323_guardian_bandwidth_bps'), [
        `terminal_id if://guardian/a ${1_000_000 * round}`,
      ]);
    }
  });

  it('count messages by abbreviation, and answers by what they answer and how', async () => {
    const { statistics, scrape } = setUp();
    statistics.received.ARQ += 5;
    statistics.sent.ACF += 3;
    statistics.sent.ARJ += 2;
    statistics.sent.RIP += 1;
    const with1 = (lines: string[]): string[] => lines.filter((line) => !line.endsWith(' 0'));
    assert.deepEqual(with1(await scrape('h323_gatekeeper_messages_received_total')), ['message ARQ 5']);
    assert.deepEqual(with1(await scrape('h323_gatekeeper_messages_sent_total')), [
      'message ACF 3',
      'message ARJ 2',
      'message RIP 1',
    ]);
    assert.deepEqual(with1(await scrape('h323_gatekeeper_requests_total')), [
      'message ARQ outcome confirmed 3',
      'message ARQ outcome rejected 2',
    ]);
    assert.ok(
      (await scrape('h323_gatekeeper_requests_total')).includes('message RRQ outcome rejected 0'),
      'zeros are shown',
    );
  });

  it('count refusals by policy and drops by reason', async () => {
    const { statistics, scrape } = setUp();
    statistics.refused.SYBIL_DUPLICATE += 1;
    statistics.dropped.malformed += 2;
    assert.ok((await scrape('h323_gatekeeper_policy_rejections_total')).includes('policy SYBIL_DUPLICATE 1'));
    assert.ok((await scrape('h323_gatekeeper_dropped_total')).includes('reason malformed 2'));
  });

  it('forget a terminal and a registry revision that are no more', async () => {
    const { bandwidth, now, scrape } = setUp();
    const { revision } = now.registry;
    assert.deepEqual(await scrape('h323_gatekeeper_registry_info'), [`revision ${revision} 1`]);
    bandwidth.clear();
    now.registry = parseRegistry(oneGuardian({ role: 'B' }), 'r.yaml');
    assert.deepEqual(await scrape('h323_guardian_bandwidth_bps'), []);
    assert.deepEqual(await scrape('h323_gatekeeper_registry_info'), [`revision ${now.registry.revision} 1`]);
    assert.notEqual(now.registry.revision, revision);
  });

  it('can carry any text in a label', async () => {
    const text = 'a"b\\c\nd} 1\nup 0 é,{x="y"}';
    const { bandwidth, scrape } = setUp({ instance: text, role: text });
    bandwidth.set(text, bitsPerSecond(5));
    assert.deepEqual(await scrape('h323_gatekeeper_up'), [`instance ${text} role ${text} 1`]);
    assert.ok((await scrape('h323_guardian_bandwidth_bps')).includes(`terminal_id ${text} 5`));
  });

  it('of two gatekeepers in one process are apart', async () => {
    const [first, second] = [setUp(), setUp({ instance: 'council-gk-secondary', role: 'secondary' })];
    first.statistics.admissions = 1;
    assert.deepEqual(await second.scrape('h323_gatekeeper_total_admissions'), ['instance council-gk-secondary 0']);
  });

  it('stand beside those of the process', async () => {
    const { metrics } = setUp();
    collectProcessMetrics(metrics.registry);
    const families = parseExposition((await metrics.exposition()).body);
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds']) {
      assert.ok(families.has(name), name);
    }
    assert.ok(families.has('h323_gatekeeper_up'));
  });

  it('fail as a whole when the state cannot be told', async () => {
    const { metrics, now } = setUp();
    Object.defineProperty(now, 'registry', { get: () => assert.fail('no registry') });
    await assert.rejects(metrics.exposition(), /no registry/);
  });
});
