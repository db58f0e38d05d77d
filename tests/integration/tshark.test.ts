import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ED25519_OID, findToken, RAS_TAGS, rasMessage } from '../../runtime/h225/index.ts';
import { bitsPerSecond } from '../../runtime/units.ts';
import { GatekeeperLab, guardian, labTerminal, registryOf, tagOf } from '../support/gatekeeper-lab.ts';
import { type Datagram, pcapFile } from '../support/pcap.ts';
import { skipLoudly } from '../support/skip.ts';

const technical = guardian(1);
const civic = guardian(2);
const mcu = labTerminal('if://council/mcu', { n: 3, kind: 'infrastructure', quota: 50_000_000, maxSessions: 9 });
const terminals = [technical, civic, mcu];
const alternates = [{ ras: { address: '192.0.2.251', port: 1720 }, gatekeeperId: 'council-gk-2', priority: 1 }];

/** Everything that a terminal asks, and everything that a gatekeeper answers or says unasked. */
function conversation(policy: 'signed' | 'open-lab'): readonly Datagram[] {
  const lab = new GatekeeperLab({
    terminals,
    config: { policy, alternates, irrFrequency: 30, councilBandwidth: bitsPerSecond(20_000_000) },
    secondOpinion: false,
  });
  const say = (message: Parameters<GatekeeperLab['send']>[0], terminal = technical) => lab.send(message, terminal);
  const alias = (value: string) => ({ kind: 'h323-ID', value }) as const;
  // Discovery and registration, with what is refused: GRJ, RRJ for several reasons.
  say(lab.grq(technical, { gatekeeperIdentifier: 'another-gk' }));
  say(lab.grq(technical, { endpointAlias: [alias('technical')] }));
  say(lab.rrq(technical, { rasAddress: [] }));
  say(lab.rrq(technical, { terminalAlias: [alias('anna@example.org'), alias('chair')], timeToLive: 30 }));
  lab.register(technical, { terminalAlias: [alias('technical')], timeToLive: 30 });
  lab.register(mcu);
  say(lab.rrq(civic, { terminalAlias: [{ kind: 'url-ID', value: mcu.record.terminalId }] }), civic);
  lab.register(civic);
  say(lab.keepAlive(technical));
  say(lab.keepAlive(technical, { endpointIdentifier: 'nobody' }));
  say(
    lab.rrq(mcu, {
      additiveRegistration: null,
      endpointIdentifier: lab.identifier(mcu),
      terminalAlias: [alias('mcu'), { kind: 'dialedDigits', value: '100' }],
    }),
    mcu,
  );
  // Calls; ARJ with each policy's code.
  const destinationInfo = [alias('mcu')];
  say(lab.arq(technical, 1, { destinationInfo, srcInfo: [alias('technical')], bandWidth: 100_000 }));
  say(lab.arq(mcu, 1, { answerCall: true, bandWidth: 100_000 }), mcu);
  say(lab.arq(technical, 2, { destinationInfo, bandWidth: 200_000 }));
  say(lab.arq(civic, 3, { srcInfo: [alias('anna@example.org')] }), civic);
  say(lab.arq(civic, 3, { endpointIdentifier: lab.identifier(technical) }), civic);
  say(lab.arq(civic, 3, { destinationInfo: [alias('nobody')], destCallSignalAddress: undefined }), civic);
  say(lab.arq(civic, 3, { endpointIdentifier: 'nobody' }), civic);
  for (let call = 10; call < 20; call++) say(lab.arq(mcu, call, { bandWidth: call % 2 === 0 ? 50_000 : 0 }), mcu);
  // Changes, reports and ends of calls.
  say(lab.brq(technical, 1, { bandWidth: 20_000 }));
  say(lab.brq(technical, 1, { bandWidth: 0xffff_ffff }));
  say(lab.brq(technical, 1, { bandWidth: 0xffff_ffff }));
  say(lab.brq(technical, 99));
  say(lab.irr(technical));
  say(lab.irr(technical, { needResponse: false }));
  say(lab.irr(technical, { endpointIdentifier: 'nobody' }));
  say(lab.drq(technical, 1));
  say(lab.drq(technical, 1, { endpointIdentifier: 'nobody' }));
  say(lab.urq(technical, { endpointIdentifier: 'nobody' }));
  say(lab.urq(technical));
  // What is not for a gatekeeper, what takes long, and what nobody signed.
  const notForUs = lab.grq(technical);
  assert(notForUs.kind === 'gatekeeperRequest');
  const question = { requestSeqNum: 9, callReferenceValue: 0, callIdentifier: { guid: Buffer.alloc(16) } };
  lab.deliver(rasMessage.encode({ kind: 'infoRequest', value: question }), technical.ras);
  lab.holding = true;
  say(lab.keepAlive(civic), civic);
  lab.pass(1000);
  lab.release();
  // Answers that share a signature.
  lab.holding = true;
  for (let n = 0; n < 5; n++) say(lab.keepAlive(civic), civic);
  lab.releaseTogether();
  for (const message of [
    lab.rrq(civic),
    lab.urq(civic),
    lab.arq(civic, 1),
    lab.brq(civic, 1),
    lab.drq(civic, 1),
    lab.irr(civic),
  ])
    lab.deliver(rasMessage.encode(message), { ...civic.ras, port: 9 });
  // The gatekeeper's own DRQ and URQ: a terminal leaves the registry, another runs out of time.
  lab.gatekeeper.replaceRegistry(registryOf([civic.record]), lab.now);
  lab.carryOut();
  say(lab.arq(civic, 3), civic);
  lab.pass(61_000);
  return lab.traffic;
}

const FIELDS = [
  'h225.RasMessage',
  '_ws.malformed',
  '_ws.expert.severity',
  '_ws.expert.message',
  'ip.checksum.status',
  'udp.checksum.status',
  'h235.tokenOID',
  'h235.sendersID',
  'h235.generalID',
];
const WARNING = 0x0060_0000;
const GOOD = '1';

describe('Wireshark (tshark)', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'guardian-council-tshark-'));
  after(() => rmSync(folder, { recursive: true }));

  before(function () {
    if (spawnSync('tshark', ['--version']).status !== 0)
      skipLoudly(this, 'tshark is not installed (apt-get install tshark)');
  });

  function tshark(traffic: readonly Datagram[], ...args: string[]): string {
    const file = join(folder, 'conversation.pcap');
    writeFileSync(file, pcapFile(traffic));
    const checksums = ['-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE'];
    return execFileSync('tshark', ['-n', '-r', file, ...checksums, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
  }

  for (const policy of ['signed', 'open-lab'] as const) {
    const traffic = conversation(policy);
    const messages = traffic.map(({ octets }) => rasMessage.decode(octets));

    it(`is shown every message that terminals and gatekeeper send (${policy})`, () => {
      const kinds = new Set(messages.map(tagOf));
      const rejected = policy === 'signed' ? ['RIP', 'BRJ'] : [];
      for (const tag of [
        ...['GRQ', 'GCF', 'GRJ', 'RRQ', 'RCF', 'RRJ', 'URQ', 'UCF', 'URJ', 'ARQ', 'ACF', 'ARJ', 'BRQ', 'BCF'],
        ...['DRQ', 'DCF', 'DRJ', 'IRR', 'IACK', 'INAK', 'XRS', ...rejected],
      ])
        assert(kinds.has(tag), `no ${tag} in the conversation`);
      const unasked = traffic.filter(
        ({ from }, i) => from.port === 1719 && /^[UD]RQ$/.test(tagOf(messages[i] ?? assert.fail())),
      );
      assert(unasked.length >= 2);
    });

    it(`dissects each of them as what it is, with nothing malformed and no expert's warning (${policy})`, () => {
      const lines = tshark(traffic, '-T', 'fields', ...FIELDS.flatMap((field) => ['-e', field]))
        .split('\n')
        .slice(0, -1);
      assert.equal(lines.length, traffic.length);
      for (const [i, line] of lines.entries()) {
        const message = messages[i];
        assert(message && message.kind !== 'unknownExtension');
        const what = `frame ${i + 1}, ${tagOf(message)}: ${line}`;
        const [kind, malformed, severity = '', , ip, udp, oid, sender, recipient] = line.split('\t');
        assert.equal(Number(kind), Object.keys(RAS_TAGS).indexOf(message.kind), what);
        assert.deepEqual([malformed, ip, udp], ['', GOOD, GOOD], what);
        for (const one of severity.split(',').filter(Boolean)) assert(Number(one) < WARNING, what);
        const octets = Buffer.from(traffic[i]?.octets ?? []);
        const token = findToken(rasMessage.decode(octets), octets);
        const shown = typeof token === 'object' ? [ED25519_OID, token.sendersID, token.generalID] : ['', '', ''];
        assert.deepEqual([oid, sender, recipient], shown, what);
      }
    });

    it(`writes every message out to its end, policy codes too (${policy})`, () => {
      const text = tshark(traffic, '-V');
      assert.doesNotMatch(text, /malformed|dissector bug|unreassembled/i);
      for (const { kind } of messages) assert(text.includes(`RasMessage: ${kind} (`), kind);
      const codes = [
        'PII_POLICY_VIOLATION',
        'QUOTA_EXCEEDED',
        'INVALID_SIGNATURE',
        'SYBIL_DUPLICATE',
        'CAPACITY_EXCEEDED',
      ];
      const hex = (code: string) => Buffer.from(code).toString('hex');
      if (policy === 'signed') for (const code of codes) assert(text.includes(hex(code)), code);
    });
  }
});
