import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuardianEvent } from '../../runtime/guardian/index.ts';
import { type GuardianHandle, startGuardian } from '../../runtime/service/index.ts';
import { bandwidthUnits, unitsForOneWayRate } from '../../runtime/units.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { terminal } from '../config/registry-text.ts';
import { councils, metric, page, type Started, started } from '../support/council-process.ts';
import { guardian, type LabTerminal } from '../support/gatekeeper-lab.ts';
import { grq } from '../support/ras-requests.ts';
import { UdpTerminal } from '../support/udp-terminal.ts';
import { until } from '../support/until.ts';
import { witnessLines, witnessText } from '../support/witness-log.ts';

const [technical, civic] = [guardian(1), guardian(2)];

const registryOf = (...terminals: readonly LabTerminal[]): string =>
  `guardians:\n${terminals
    .map(({ record: { terminalId, role, publicKey } }) =>
      terminal({ id: `"${terminalId}"`, role, key: `"${Buffer.from(publicKey).toString('hex')}"`, quota: '2500000' }),
    )
    .join('')}`;

/** A real terminal over UDP; what happens to it is added to `events`. */
const enter = (
  { record }: LabTerminal,
  n: number,
  { ras, gatekeeper, publicKey }: Started,
  events: GuardianEvent[] = [],
): Promise<GuardianHandle> =>
  startGuardian({
    ...{ terminalId: record.terminalId, seed: new Uint8Array(32).fill(n), host: '127.0.0.1' },
    gatekeepers: [{ ras, gatekeeperId: gatekeeper, publicKeys: [publicKey] }],
    onEvent: (event) => events.push(event),
  });

describe('council gatekeeper', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const start = councils();
  const registry = (): string => join(folder(), 'registry.yaml');
  const dataDir = (): string => join(folder(), 'data');
  const ports = ['--ras-port', '0', '--http-port', '0'];

  it('tells terminals the address that it is told to advertise', async () => {
    writeFileSync(registry(), registryOf(technical));
    const args = ['gatekeeper', '--registry', registry(), '--data-dir', dataDir(), ...ports, '--json'];
    const { ras, gatekeeper } = await started(start([...args, '--advertised-host', '198.51.100.7']));
    const terminal = await UdpTerminal.open({ terminal: technical, gatekeeperId: gatekeeper, ras, isSigned: false });
    const request = grq({ requestSeqNum: 1, rasAddress: technical.signalling });
    const answer = await terminal.ask(terminal.encode(request), 1);
    terminal.close();
    assert(answer?.kind === 'gatekeeperConfirm');
    const ip = Buffer.from([198, 51, 100, 7]);
    assert.deepEqual(answer.value.rasAddress, { kind: 'ipAddress', value: { ip, port: ras.port } });
  });

  it('says where it serves, serves, and ends by SIGTERM with 0 and a line in the log', async () => {
    writeFileSync(registry(), registryOf(technical));
    const process = start(['gatekeeper', '--registry', registry(), '--data-dir', dataDir(), ...ports]);
    const line = await process.line();
    const [, port, base] =
      /^gatekeeper council-gk-primary serves RAS on 127\.0\.0\.1:(\d+)\/udp; metrics: (http:\/\/127\.0\.0\.1:\d+)\/metrics$/.exec(
        line,
      ) ?? [];
    assert(port !== undefined && base !== undefined, line);
    const [health, ready, metrics, none] = await Promise.all(
      ['healthz', 'readyz', 'metrics', 'admin'].map((name) => page(`${base}/${name}`)),
    );
    assert.equal(health?.status, 200);
    assert.match(health.body, /"status":"up","gatekeeper":"council-gk-primary","version":"/);
    assert.deepEqual([ready?.status, ready?.body], [200, '{"status":"ready"}\n']);
    assert.equal(metrics?.status, 200);
    assert.equal(metric(metrics.body, 'h323_gatekeeper_up{instance="council-gk-primary",role="primary"}'), 1);
    assert.equal(metric(metrics.body, 'h323_gatekeeper_registry_terminals'), 1);
    assert(metric(metrics.body, 'process_resident_memory_bytes') > 0);
    assert.equal(none?.status, 404);

    const { code, signal, stderr } = await process.stop('SIGTERM');
    assert.deepEqual([code, signal], [0, null], stderr);
    const lines = witnessLines(dataDir());
    assert.deepEqual(
      lines.map(({ msg_type }) => msg_type),
      ['GATEKEEPER_STARTED', 'GATEKEEPER_STOPPED'],
    );
    assert.deepEqual([lines[0]?.['gatekeeper'], lines[0]?.['policy']], ['council-gk-primary', 'signed']);
    assert.equal(existsSync(`${registry()}.bak`), true);
  });

  it('takes a new registry by SIGHUP and keeps the last good one, with no downtime, whatever comes', async () => {
    writeFileSync(registry(), registryOf(technical, civic));
    const process = start(['gatekeeper', '--json', '--registry', registry(), '--data-dir', dataDir(), ...ports]);
    // Before anything listens to it, it must not end what starts.
    setTimeout(() => process.send('SIGHUP'), 300);
    const at = await started(process);
    const scrape = async (): Promise<string> => (await page(`${at.base}/metrics`)).body;
    const reloads = async (outcome: string): Promise<number> =>
      metric(await scrape(), `h323_gatekeeper_registry_reloads_total{outcome="${outcome}"}`);
    const before = await reloads('loaded');
    const [events, others]: [GuardianEvent[], GuardianEvent[]] = [[], []];
    const handles = await Promise.all([enter(technical, 1, at, events), enter(civic, 2, at, others)]);
    const [, second] = handles;
    try {
      await Promise.all(handles.map(({ registered }) => registered));

      // A broken one: refused, with its lines, and nothing changes.
      const good = readFileSync(registry(), 'utf8');
      writeFileSync(registry(), registryOf(technical, civic).replace('2500000', '"many"'));
      process.send('SIGHUP');
      await until(async () => (await reloads('refused')) === 1);
      const complaint = await process.complains(/the new registry is refused; the last good one stays in force/);
      assert.match(complaint, /registry\.yaml:5:26: guardians\[0\]\.bandwidth_quota_bps: must be a whole number/);
      assert.equal(readFileSync(`${registry()}.bak`, 'utf8'), good);
      assert.equal(metric(await scrape(), 'h323_gatekeeper_registry_terminals'), 2);
      assert.equal(metric(await scrape(), 'h323_gatekeeper_registered_endpoints'), 2);

      // A good one: who is not in it any more is thrown out, everybody else goes on.
      writeFileSync(registry(), registryOf(civic));
      process.send('SIGHUP');
      await until(async () => (await reloads('loaded')) === before + 1);
      await until(() => events.some(({ kind }) => kind === 'ejected'));
      assert.equal(readFileSync(`${registry()}.bak`, 'utf8'), registryOf(civic));
      assert.equal(metric(await scrape(), 'h323_gatekeeper_registered_endpoints'), 1);
      const { granted } = await second.admit({
        destination: { kind: 'url-ID', value: civic.record.terminalId },
        bandwidth: unitsForOneWayRate(civic.record.quota),
      });
      assert.equal(granted, 50_000);
      assert.deepEqual(
        others.filter(({ kind }) => kind === 'ejected'),
        [],
      );
    } finally {
      await Promise.all(handles.map((handle) => handle.stop()));
    }

    // A reload while it stops ends nothing.
    process.send('SIGTERM');
    process.send('SIGHUP');
    const { code, signal, stderr } = await process.ended;
    assert.deepEqual([code, signal], [0, null], stderr);

    const lines = witnessLines(dataDir());
    const types = lines.map(({ msg_type }) => String(msg_type));
    const refused = types.indexOf('REGISTRY_REFUSED');
    const reloaded = types.lastIndexOf('REGISTRY_RELOADED');
    assert(refused > 0 && reloaded > refused, types.join(' '));
    assert.equal(lines[refused]?.['registry_revision'], lines[0]?.['registry_revision'], 'the one in force');
    assert.notEqual(lines[reloaded]?.['registry_revision'], lines[0]?.['registry_revision']);
    const farewell = lines.find(({ msg_type, reason }) => msg_type === 'URQ' && reason === 'securityDenial');
    assert.equal(farewell?.['terminal_id'], technical.record.terminalId);
    assert.equal(types.at(-1), 'GATEKEEPER_STOPPED');
    // Nothing that opens a door is in the log.
    assert.doesNotMatch(witnessText(dataDir()), /[0-9a-f]{64}/i);
  });

  it('drains by SIGUSR1: live calls go on, nobody else is admitted, and it ends with the last call', async () => {
    writeFileSync(registry(), registryOf(technical, civic));
    const process = start(['gatekeeper', '--json', '--registry', registry(), '--data-dir', dataDir(), ...ports]);
    const at = await started(process);
    const handles = await Promise.all([enter(technical, 1, at, []), enter(civic, 2, at, [])]);
    const [first, second] = handles;
    try {
      await Promise.all(handles.map(({ registered }) => registered));
      const to = (terminal: typeof civic) => ({ kind: 'url-ID', value: terminal.record.terminalId }) as const;
      const { call } = await first.admit({ destination: to(civic), bandwidth: bandwidthUnits(10_000) });
      process.send('SIGUSR1');
      await process.complains(/draining/);
      await assert.rejects(second.admit({ destination: to(technical), bandwidth: bandwidthUnits(10_000) }), /DRAINING/);
      assert.equal(await first.changeBandwidth(call, bandwidthUnits(8000)), 8000);
      await first.disengage(call);
      const { code, signal, stderr } = await process.ended;
      assert.deepEqual([code, signal], [0, null], stderr);
      assert.doesNotMatch(stderr, /[Dd]ebugger/);
    } finally {
      await Promise.all(handles.map((handle) => handle.stop()));
    }
  });

  it('takes an option before a variable, a variable before the file, the file before the default', async () => {
    writeFileSync(registry(), registryOf(technical));
    const file = join(folder(), 'council.yaml');
    writeFileSync(
      file,
      [
        'host: "127.0.0.5"',
        'http_host: "127.0.0.5"',
        'gatekeeper_id: from-the-file',
        `registry: ${registry()}`,
        'ras_port: 0',
        'http_port: 0',
        '',
      ].join('\n'),
    );
    const process = start(['gatekeeper', '--json', '--host', '127.0.0.7'], {
      cwd: folder(),
      env: {
        COUNCIL_CONFIG: file,
        COUNCIL_HOST: '127.0.0.6',
        COUNCIL_HTTP_HOST: '127.0.0.6',
        COUNCIL_GATEKEEPER_ID: '',
        COUNCIL_NO_SUCH_THING: '1',
      },
    });
    const { ras, base, gatekeeper } = await started(process);
    assert.deepEqual([ras.address, new URL(base).hostname, gatekeeper], ['127.0.0.7', '127.0.0.6', 'from-the-file']);
    assert(existsSync(join(folder(), 'council-data/keys/id.from-the-file.key')), 'the default of --data-dir');
    await process.complains(/COUNCIL_NO_SUCH_THING is no setting and is not read/);
    const { code } = await process.stop('SIGINT');
    assert.equal(code, 0);
  });
});
