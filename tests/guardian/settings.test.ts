import assert from 'node:assert/strict';
import { type GuardianSettings, GuardianTerminal } from '../../runtime/guardian/index.ts';
import { rasMessage } from '../../runtime/h225/index.ts';
import { bandwidthUnits, milliseconds } from '../../runtime/units.ts';
import { GuardianBench, gatekeeperAt, TERMINAL_ID } from '../support/guardian-bench.ts';
import { ScriptedGatekeeper, say, testKey } from '../support/scripted-gatekeeper.ts';

const place = gatekeeperAt('gk-1', 1);
const gk = new ScriptedGatekeeper(place.gatekeeperId, place.ras);

const GOOD: GuardianSettings = {
  terminalId: TERMINAL_ID,
  rasAddress: { address: '192.0.2.10', port: 1719 },
  callSignalAddress: { address: '192.0.2.10', port: 1720 },
  gatekeepers: [gk.trusted],
};
const DEPS = { sign: () => new Uint8Array(64), random32: () => 1, guid: () => new Uint8Array(16) };

describe('the settings of a terminal', () => {
  const wrong: readonly (readonly [string, Partial<GuardianSettings>, RegExp])[] = [
    ['an empty terminal id', { terminalId: '' }, /terminal id/],
    ['a terminal id that is too long', { terminalId: `if://${'x'.repeat(124)}` }, /terminal id/],
    ['a terminal id with a space', { terminalId: 'if://guardian/a b' }, /terminal id/],
    ['a name instead of an address', { rasAddress: { address: 'localhost', port: 1719 } }, /'localhost' is no IP/],
    ['a port that is none', { rasAddress: { address: '192.0.2.10', port: 65_536 } }, /port/],
    ['no gatekeeper', { gatekeepers: [] }, /0 gatekeepers/],
    ['a gatekeeper without a key', { gatekeepers: [place] }, /'gk-1' has no public key/],
    [
      'a gatekeeper whose list of keys is empty',
      { gatekeepers: [{ ...place, publicKeys: [] }] },
      /'gk-1' has no public key/,
    ],
    [
      'a key that is given twice',
      { gatekeepers: [{ ...place, publicKeys: [gk.publicKey, Uint8Array.from(gk.publicKey)] }] },
      /'gk-1' has one public key twice/,
    ],
    [
      'more keys of a gatekeeper than two',
      { gatekeepers: [{ ...place, publicKeys: ['a', 'b', 'c'].map((name) => testKey(name).publicKey) }] },
      /'gk-1' has 3 public keys, 2 at most/,
    ],
    [
      'a second key that is too short',
      { gatekeepers: [{ ...place, publicKeys: [gk.publicKey, new Uint8Array(31)] }] },
      /32 octets/,
    ],
    ['a key that is too short', { gatekeepers: [{ ...place, publicKeys: [new Uint8Array(31)] }] }, /32 octets/],
    ['a gatekeeper without a name', { gatekeepers: [{ ...gk.trusted, gatekeeperId: '' }] }, /gatekeeperIdentifier/],
    ['an alias that no message holds', { aliases: [{ kind: 'dialedDigits', value: 'x' }] }, /endpointAlias/],
    ['a time-to-live of 0', { requestedTimeToLive: 0 }, /timeToLive/],
    ['a patience that outlives signatures', { timers: { patience: milliseconds(20_001) } }, /patience cannot be 20001/],
    [
      'a first time-out above the longest',
      { timers: { retransmitAfter: milliseconds(1001) } },
      /mostRetransmit cannot/,
    ],
    ['a timer of 0', { timers: { retransmitAfter: milliseconds(0) } }, /retransmitAfter cannot be 0/],
    ['a product without a name', { product: '' }, /productId/],
  ];
  for (const [what, change, message] of wrong)
    it(`refuses ${what}`, () => {
      assert.throws(() => new GuardianTerminal({ ...GOOD, ...change }, DEPS), {
        name: 'GuardianError',
        code: 'INVALID_SETTINGS',
        message,
      });
    });

  it('may be IPv6', () => {
    const six = { address: '2001:db8::10', port: 1719 };
    const gk6 = new ScriptedGatekeeper('gk-6', { address: '2001:db8::1', port: 1719 });
    const bench = new GuardianBench({ gatekeepers: [gk6], settings: { rasAddress: six, callSignalAddress: six } });
    bench.register(gk6, 'ep-1');
    assert.equal(bench.said('registrationRequest').value.rasAddress[0]?.kind, 'ip6Address');
  });
});

describe('an unsigned terminal, for the lab', () => {
  const unsigned = (): GuardianBench => new GuardianBench({ gatekeepers: [place], settings: { unsigned: true } });

  it('believes answers of its gatekeeper alone, by address, kind and number', () => {
    const bench = unsigned();
    bench.do((terminal, now) => terminal.start(now));
    const answer = gk.unsigned(bench.last('GRQ'), say.gcf(gk));
    bench.receive(answer, { address: '203.0.113.66', port: 1719 });
    assert.equal(bench.only('refusedDatagram').why, 'wrong sender');
    bench.receive(answer, gk.ras);
    bench.only('discovered');
  });

  it('registers, calls and stops without a token, and obeys its gatekeeper', () => {
    const bench = unsigned();
    const answer = (tag: Parameters<typeof bench.last>[0], build: Parameters<typeof gk.unsigned>[1]): void =>
      bench.receive(gk.unsigned(bench.last(tag), build), gk.ras);
    bench.do((terminal, now) => terminal.start(now));
    answer('GRQ', say.gcf(gk));
    answer('RRQ', say.rcf('ep-1'));
    const args = { destination: { address: '192.0.2.80', port: 1720 }, bandwidth: bandwidthUnits(1000) };
    bench.do((terminal, now) => terminal.admit(args, now));
    answer('ARQ', say.acf(1000));
    bench.only('admitted');
    for (const { message } of bench.sent) assert(!('tokens' in message.value));
    const irq = rasMessage.encode({ kind: 'infoRequest', value: { requestSeqNum: 5, callReferenceValue: 0 } });
    bench.receive(irq, gk.ras);
    assert.equal(bench.said('infoRequestResponse').value.perCallInfo?.length, 1);
    bench.do((terminal, now) => terminal.stop(now));
    answer('DRQ', say.dcf());
    answer('URQ', say.ucf());
    assert.equal(bench.only('stopped').confirmed, true);
  });

  it('says of a refused registration that it is not signed', () => {
    const bench = unsigned();
    bench.do((terminal, now) => terminal.start(now));
    bench.receive(gk.unsigned(bench.last('GRQ'), say.gcf(gk)), gk.ras);
    bench.receive(gk.unsigned(bench.last('RRQ'), say.rrj('securityDenial')), gk.ras);
    assert.equal(bench.only('registrationRefused').signed, false);
  });
});
