import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ED25519_OID, RAS_TAGS } from '../../runtime/h225/index.ts';
import { bandwidthUnits } from '../../runtime/units.ts';
import { GuardianBench, gatekeeperAt, TERMINAL_ID } from '../support/guardian-bench.ts';
import { pcapFile } from '../support/pcap.ts';
import { type Answer, ScriptedGatekeeper, say } from '../support/scripted-gatekeeper.ts';
import { skipLoudly } from '../support/skip.ts';

const place = gatekeeperAt('gk-1', 1);
const gk = new ScriptedGatekeeper(place.gatekeeperId, place.ras);
const MCU = { kind: 'url-ID', value: 'if://council/mcu' } as const;

const named = (endpointIdentifier: string) => ({
  endpointIdentifier,
  conferenceID: Buffer.alloc(16),
  callReferenceValue: 1,
});
const irq =
  (callReferenceValue: number): Answer =>
  (header) => ({ kind: 'infoRequest', value: { callReferenceValue, ...header } });
const brq =
  (endpointIdentifier: string): Answer =>
  (header) => ({ kind: 'bandwidthRequest', value: { ...named(endpointIdentifier), bandWidth: 5, ...header } });
const drq =
  (endpointIdentifier: string): Answer =>
  (header) => ({
    kind: 'disengageRequest',
    value: { ...named(endpointIdentifier), disengageReason: { kind: 'forcedDrop', value: null }, ...header },
  });

/** A terminal's life, with everything that one ever sends. */
function life(): GuardianBench {
  const bench = new GuardianBench({
    gatekeepers: [gk],
    settings: { aliases: [{ kind: 'h323-ID', value: 'T-01' }] },
  });
  const admit = (args: object): string => {
    const call = bench.do((terminal, now) =>
      terminal.admit({ destination: MCU, bandwidth: bandwidthUnits(50_000), ...args }, now),
    );
    bench.answer(gk, bench.last('ARQ'), say.acf(50_000, 10));
    return call;
  };
  bench.register(gk, 'ep-1', { timeToLive: 60 });
  const call = admit({});
  admit({ destination: { address: '192.0.2.3', port: 1720 }, answerCall: true, callReferenceValue: 77 });
  bench.do((terminal, now) => terminal.changeBandwidth(call, bandwidthUnits(20_000), now));
  bench.answer(gk, bench.last('BRQ'), say.bcf(20_000));
  bench.wait(10_000); // an IRR
  for (const build of [irq(0), irq(999), brq('ep-1'), brq('ep-9'), drq('ep-1'), drq('ep-9'), say.urq('ep-9')])
    bench.order(gk, build);
  bench.wait(20_001); // a renewal
  bench.do((terminal, now) => terminal.stop(now));
  bench.answer(gk, bench.last('DRQ'), say.dcf());
  bench.order(gk, say.urq('ep-1'));
  return bench;
}

const FIELDS = ['h225.RasMessage', '_ws.malformed', '_ws.expert.severity', 'h235.tokenOID', 'h235.sendersID'];
const WARNING = 0x0060_0000;

describe('Wireshark (tshark), of what a real terminal sends', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'guardian-council-tshark-'));
  after(() => rmSync(folder, { recursive: true }));

  it('dissects every kind of message, signed, with nothing malformed and no warning', function () {
    if (spawnSync('tshark', ['--version']).status !== 0)
      skipLoudly(this, 'tshark is not installed (apt-get install tshark)');
    const { sent } = life();
    const tags = new Set(sent.map(({ tag }) => tag));
    for (const tag of [
      'GRQ',
      'RRQ',
      'ARQ',
      'BRQ',
      'DRQ',
      'URQ',
      'IRR',
      'BCF',
      'BRJ',
      'DCF',
      'DRJ',
      'UCF',
      'URJ',
    ] as const)
      assert(tags.has(tag), `no ${tag}`);
    const file = join(folder, 'terminal.pcap');
    const from = { address: '192.0.2.10', port: 1719 };
    writeFileSync(file, pcapFile(sent.map(({ octets, to }) => ({ octets, from, to }))));
    const args = ['-n', '-r', file, '-T', 'fields', ...FIELDS.flatMap((field) => ['-e', field])];
    const shown = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const lines = shown.split('\n').slice(0, -1);
    assert.equal(lines.length, sent.length);
    for (const [i, { tag, message }] of sent.entries()) {
      const [kind, malformed, severity = '', oid, sender] = lines[i]?.split('\t') ?? [];
      assert.deepEqual([malformed, oid, sender], ['', ED25519_OID, TERMINAL_ID], tag);
      assert.equal(Object.keys(RAS_TAGS)[Number(kind)], message.kind, tag);
      for (const one of severity.split(',').filter(Boolean)) assert(Number(one) < WARNING, `${tag}: ${lines[i]}`);
    }
  });
});
