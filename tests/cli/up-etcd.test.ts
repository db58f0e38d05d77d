/** `council up` with a real etcd and its gatekeepers in processes of their own, from the outside. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { council, councils, page } from '../support/council-process.ts';
import { needEtcd } from '../support/etcd-cluster.ts';
import { needProc, processesWith } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { type CouncilReport, councilReport } from '../support/up-report.ts';
import { witnessCounts, witnessTerminals } from '../support/witness-log.ts';

const PORTS = ['--ras-port', '0', '--http-port', '0'];
const PATIENCE = { timeout: 60_000 };
const PAIR = { 'gatekeeper-primary': 'leading', 'gatekeeper-secondary': 'standby' };

describe('council up on etcd', function () {
  this.timeout(90_000);
  let folder = '';
  const start = councils();
  before(function () {
    needEtcd(this);
    needProc(this);
    folder = mkdtempSync(join(tmpdir(), 'council-test-'));
  });
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });
  const data = (name: string): string => join(folder, name);
  const args = (name: string, ...more: readonly string[]): readonly string[] => [
    ...['up', '--json', ...PORTS, '--data-dir', data(name), ...more],
  ];
  /** What of it runs, and what is left of its etcd. */
  const leftOf = (name: string): readonly string[] => [
    ...processesWith(data(name)),
    ...(existsSync(join(data(name), 'etcd')) ? readdirSync(join(data(name), 'etcd')) : []),
  ];

  /** The promise, as the exit code has it. */
  const exitOf = ({ failover }: CouncilReport): number => {
    assert(failover !== undefined);
    const { failover_ms, calls_lost, confirmed_lost, reregistrations } = failover;
    return failover_ms < 500 && calls_lost + confirmed_lost + reregistrations === 0 ? 0 : 1;
  };

  it('starts nothing where a port is in use, and says which', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert(typeof address === 'object' && address !== null);
    const taken = `${address.port}`;
    const { code, stdout, stderr } = await council(args('taken', '--once', '--secondary-http-port', taken), PATIENCE);
    await new Promise((resolve) => server.close(resolve));
    assert.deepEqual([code, stdout], [3, '']);
    assert.match(
      stderr,
      new RegExp(`^council: cannot listen on 127\\.0\\.0\\.1 port ${taken} for metrics and health \\(TCP\\)`),
    );
    assert.deepEqual(leftOf('taken'), []);
  });

  it('starts nothing for good where a gatekeeper cannot start, and gives its reason', async () => {
    mkdirSync(join(data('broken'), 'gatekeeper-secondary'), { recursive: true });
    writeFileSync(join(data('broken'), 'gatekeeper-secondary/logs'), 'no folder');
    const { code, stdout, stderr } = await council(args('broken', '--once'), PATIENCE);
    assert.deepEqual([code, stdout], [3, ''], stderr);
    assert.match(stderr, /^council: gatekeeper-secondary did not start \(exit code 3\): .*not a folder/);
    assert.deepEqual(leftOf('broken'), []);
  });

  it('--once admits eight of eight, whatever a council left that was killed, and leaves nothing itself', async () => {
    const { pid: dead } = spawnSync('true');
    mkdirSync(join(data('once'), 'etcd', `${dead}`, 'member-1'), { recursive: true });
    mkdirSync(join(data('once'), 'gatekeeper-primary/ha'), { recursive: true });
    writeFileSync(
      join(data('once'), 'gatekeeper-primary/ha/lease.json'),
      '{"lease":"7","endpoints":["http://127.0.0.1:1"]}',
    );
    const { code, stdout, stderr } = await council(args('once', '--once'), PATIENCE);
    assert.deepEqual([code, stderr], [0, '']);
    const { store, storeNote, states, counts, failover, guardians } = councilReport(stdout);
    assert.deepEqual([store, storeNote, failover], ['etcd', 'etcd, 3 members', undefined]);
    assert.deepEqual(Object.values(states).toSorted(), Object.values(PAIR));
    assert.deepEqual(counts, { admitted: 8, failed: 0, of: 8 });
    assert.deepEqual(leftOf('once'), []);
    const folders = Object.keys(PAIR).map((instance) => join(data('once'), instance));
    for (const folder of folders) {
      const { GATEKEEPER_STARTED, GATEKEEPER_STOPPED } = witnessCounts(folder);
      assert.deepEqual([GATEKEEPER_STARTED, GATEKEEPER_STOPPED], [1, 1]);
    }
    const calling = new Set(guardians.map(({ terminal_id }) => terminal_id));
    const all = new Set([...calling, 'if://council/mcu']);
    for (const type of ['RCF', 'UCF']) assert.deepEqual(witnessTerminals(folders, type), all, type);
    for (const type of ['ACF', 'DCF']) assert.deepEqual(witnessTerminals(folders, type), calling, type);
  });

  it('--kill-primary-after: another one leads, and knows every call and all that was confirmed', async () => {
    const { code, stdout, stderr } = await council(args('killed', '--once', '--kill-primary-after', '500ms'), PATIENCE);
    assert.equal(stderr, '');
    const report = councilReport(stdout);
    assert(report.failover !== undefined);
    const { failover_ms, ...lost } = report.failover;
    assert(Object.keys(PAIR).includes(lost.killed));
    assert.deepEqual({ ...lost, killed: '' }, { killed: '', calls_lost: 0, confirmed_lost: 0, reregistrations: 0 });
    assert.notEqual(report.leader, lost.killed);
    assert(failover_ms > 0);
    assert.equal(code, exitOf(report));
    console.log(`      the first confirm came ${failover_ms} ms after SIGKILL (the promise is 500 ms)`);
    assert.deepEqual(leftOf('killed'), []);
  });

  it('starts a gatekeeper again that was killed, and ends with Ctrl-C to the last process', async () => {
    const process = start(args('stays', '--kill-primary-after', '100ms'), PATIENCE);
    const { failover, metrics } = councilReport(await process.line());
    const readiness = metrics[failover?.killed ?? '']?.replace('/metrics', '/readyz') ?? '';
    await until(async () => {
      const answer = await page(readiness).catch(() => undefined);
      return answer?.body.includes('"role":"standby"');
    });
    assert(processesWith(data('stays')).length >= 6);
    const asked = performance.now();
    const { code, signal, stderr } = await process.stop('SIGINT');
    assert.deepEqual([code, signal, stderr], [0, null, '']);
    console.log(`      ended ${Math.round(performance.now() - asked)} ms after Ctrl-C (the limit is 3000 ms)`);
    assert.deepEqual(leftOf('stays'), []);
  });

  it('leaves nothing running when it is stopped in the midst of its start', async () => {
    const process = start(args('early'), PATIENCE);
    await until(() => processesWith(data('early')).some((line) => line.includes('council.mjs gatekeeper')));
    const { code, stdout } = await process.stop('SIGINT');
    assert.deepEqual([code, stdout], [0, '']);
    assert.deepEqual(leftOf('early'), []);
  });

  it('takes all its processes with it when it is killed itself', async () => {
    const process = start(args('crash'), PATIENCE);
    await process.line();
    assert(processesWith(data('crash')).length >= 6);
    await process.stop('SIGKILL');
    await until(() => leftOf('crash').length === 0);
  });
});
