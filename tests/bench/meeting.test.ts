import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HistoryRecord } from '../../bench/failover/history.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { councils, metric, page, type Started, started } from '../support/council-process.ts';
import { labKeys } from '../support/lab-terminal.ts';
import { until } from '../support/until.ts';

const MEETING = fileURLToPath(new URL('../../bench/failover/meeting.ts', import.meta.url));
const MCU = 200;
const GUARDIANS = [1, 2, 3];
const idOf = (n: number): string => (n === MCU ? 'if://council/mcu' : `if://guardian/${n}`);
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

const REGISTRY = `guardians:
${GUARDIANS.map(
  (n) => `  - terminal_id: "${idOf(n)}"
    role: "Role ${n}"
    public_key_hex: "${hex(labKeys(n).publicKey)}"
    bandwidth_quota_bps: 2500000
`,
).join('')}infrastructure:
  - terminal_id: "${idOf(MCU)}"
    role: "MCU"
    public_key_hex: "${hex(labKeys(MCU).publicKey)}"
    bandwidth_quota_bps: 50000000
    max_sessions: 25
`;

/** A meeting in a process of its own. */
class MeetingProcess {
  readonly ended: Promise<number | null>;
  complaints = '';
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(config: string) {
    this.#child = spawn(process.execPath, ['--import', 'tsx', MEETING, '--config', config], {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: 50_000,
      killSignal: 'SIGKILL',
    });
    const { stdout, stderr } = this.#child;
    assert(stdout !== null);
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.complaints += text;
    });
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    this.ended = new Promise((resolve) => this.#child.on('close', resolve));
  }

  async says(): Promise<Record<string, unknown>> {
    const { value } = await this.#lines.next();
    assert(typeof value === 'string', `it ended without a word: ${this.complaints}`);
    return JSON.parse(value);
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  kill(): Promise<number | null> {
    this.#child.kill('SIGKILL');
    return this.ended;
  }
}

describe('a meeting for failovers to happen to', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const start = councils();
  const meetings: MeetingProcess[] = [];
  afterEach(() => Promise.all(meetings.splice(0).map((meeting) => meeting.kill())));

  async function serve(): Promise<Started> {
    const registry = join(folder(), 'registry.yaml');
    writeFileSync(registry, REGISTRY);
    const paths = ['--registry', registry, '--data-dir', join(folder(), 'data')];
    return started(start(['gatekeeper', ...paths, '--ras-port', '0', '--http-port', '0', '--json']));
  }

  function meet({ ras, gatekeeper, publicKey }: Started): MeetingProcess {
    const seedOf = (n: number): string => hex(new Uint8Array(32).fill(n));
    const mcuKey = join(folder(), 'mcu.key');
    writeFileSync(mcuKey, `${seedOf(MCU)}\n`);
    const config = {
      zone: {
        gatekeeperId: gatekeeper,
        publicKey: hex(publicKey),
        gatekeepers: [`${ras.address}:${ras.port}`],
      },
      host: '127.0.0.1',
      mcu: { terminalId: idOf(MCU), seed: mcuKey },
      guardians: GUARDIANS.map((n) => ({ terminalId: idOf(n), seed: seedOf(n), units: 50_000 })),
      ...{ pace: 5, seed: 7, output: join(folder(), 'history.jsonl') },
    };
    writeFileSync(join(folder(), 'meeting.json'), JSON.stringify(config));
    const meeting = new MeetingProcess(join(folder(), 'meeting.json'));
    meetings.push(meeting);
    return meeting;
  }

  const history = (): HistoryRecord[] => {
    const file = join(folder(), 'history.jsonl');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line): HistoryRecord => JSON.parse(line));
  };

  it('ends with an error where its configuration is not understood', async () => {
    const gatekeeper = {
      ras: { address: 'nowhere', port: 1 },
      gatekeeper: 'gk',
      publicKey: new Uint8Array(32),
      base: '',
    };
    const meeting = meet(gatekeeper);
    assert.equal(await meeting.ended, 1);
    assert.match(meeting.complaints, /'nowhere:1' is not ADDRESS:PORT\n.*zone\.gatekeepers\[0\]\n$/);
    assert.deepEqual(history(), []);
  });

  it('writes down every request with its one outcome, and ends every call with a confirm', async () => {
    const gatekeeper = await serve();
    const meeting = meet(gatekeeper);
    assert.deepEqual(await meeting.says(), { event: 'ready' });
    await until(() => history().length > 300);
    meeting.tell('settle hold');
    assert.deepEqual(await meeting.says(), { event: 'expected' });

    const records = history();
    const expected = records.at(-1);
    assert(expected?.kind === 'expected');
    assert.deepEqual(expected.doubtful, []);
    const { body } = await page(`${gatekeeper.base}/metrics`);
    assert.equal(metric(body, 'h323_gatekeeper_active_sessions'), expected.calls.length);
    for (const { guardian, call, units } of expected.calls) {
      const told = records.findLast(
        (record) => record.kind === 'confirm' && record.guardian === guardian && record.granted !== undefined,
      );
      assert(told?.kind === 'confirm');
      assert.deepEqual([told.call, told.granted], [call, units]);
    }

    meeting.tell('end');
    const { event, ...summary } = await meeting.says();
    assert.equal(event, 'settled');
    assert.equal(await meeting.ended, 0);
    const all = history();
    const ofKind = (kind: HistoryRecord['kind']): HistoryRecord[] => all.filter((record) => record.kind === kind);
    const requests = ofKind('request').length;
    const live = expected.calls.length;
    assert.deepEqual(summary, {
      ...{ live, changed: live, ended: live, requests, confirms: requests, rejects: 0, timeouts: 0 },
      ...{ terminals: 4, registrations: 4, readmissions: 0, drops: 0, ejections: 0 },
    });
    const outcomes = new Map<number, number>();
    for (const record of ofKind('confirm'))
      if ('n' in record) outcomes.set(record.n, (outcomes.get(record.n) ?? 0) + 1);
    assert.deepEqual(
      [...outcomes.keys()].sort((a, b) => a - b),
      Array.from({ length: requests }, (_, i) => i + 1),
    );
    assert(new Set(outcomes.values()).size === 1 && outcomes.get(1) === 1);
    for (const record of ofKind('confirm')) {
      assert(record.kind === 'confirm');
      assert.equal(record.gatekeeper, `127.0.0.1:${gatekeeper.ras.port}`);
      assert((record.datagrams ?? 0) >= 1);
    }
    assert.deepEqual(
      new Set(ofKind('confirm').map((record) => 'operation' in record && record.operation)),
      new Set(['ARQ', 'BRQ', 'DRQ', 'RRQ']),
    );
    assert.deepEqual(
      [...all].sort((a, b) => a.at - b.at),
      all,
    );
  });
});
