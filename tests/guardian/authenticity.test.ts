import assert from 'node:assert/strict';
import type { CallHandle, DatagramFault } from '../../runtime/guardian/index.ts';
import { ReplayMemory } from '../../runtime/guardian/replay-memory.ts';
import { bandwidthUnits } from '../../runtime/units.ts';
import { GuardianBench, gatekeeperAt, TERMINAL_ID } from '../support/guardian-bench.ts';
import { ScriptedGatekeeper, say, seqOf, testKey } from '../support/scripted-gatekeeper.ts';

const place = gatekeeperAt('gk-1', 1);
const gk = new ScriptedGatekeeper(place.gatekeeperId, place.ras);
/** Knows everything about gk-1 but its key. */
const impostor = new ScriptedGatekeeper('gk-1', place.ras, 'another key');
const STRANGER = { address: '203.0.113.66', port: 4444 };
const MCU = { kind: 'url-ID', value: 'if://council/mcu' } as const;

function registered(): GuardianBench {
  const bench = new GuardianBench({ gatekeepers: [gk] });
  bench.register(gk, 'ep-1', { timeToLive: 60 });
  return bench;
}

const ask = (bench: GuardianBench): CallHandle =>
  bench.do((terminal, now) => terminal.admit({ destination: MCU, bandwidth: bandwidthUnits(50_000) }, now));

function calling(): GuardianBench {
  const bench = registered();
  ask(bench);
  bench.answer(gk, bench.last('ARQ'), say.acf(50_000));
  return bench;
}

/** Nothing but a refused datagram comes of what `attack` does. */
function unmoved(bench: GuardianBench, why: DatagramFault, attack: () => void): void {
  const before = {
    phase: bench.terminal.phase,
    calls: [...bench.terminal.calls],
    sent: bench.sent.length,
    events: bench.events.length,
    endpoint: bench.terminal.endpointIdentifier,
    deadline: bench.terminal.nextDeadline(),
  };
  attack();
  const [event, ...more] = bench.events.slice(before.events);
  assert.deepEqual(more, []);
  assert(event?.kind === 'refusedDatagram', event?.kind);
  assert.equal(event.why, why);
  assert.equal(bench.terminal.refused.get(why), event.count);
  assert.deepEqual(
    {
      phase: bench.terminal.phase,
      calls: [...bench.terminal.calls],
      sent: bench.sent.length,
      events: bench.events.length - 1,
      endpoint: bench.terminal.endpointIdentifier,
      deadline: bench.terminal.nextDeadline(),
    },
    before,
  );
}

describe('answers that a terminal does not believe', () => {
  it('what is no RAS message', () => {
    const bench = registered();
    for (const octets of [Buffer.alloc(0), Buffer.from('GET / HTTP/1.0'), Buffer.alloc(1500, 0xff)])
      unmoved(bench, 'malformed', () => bench.receive(octets, gk.ras));
  });

  it('an answer to nothing that was asked', () => {
    const bench = registered();
    const asked = bench.last('RRQ');
    unmoved(bench, 'unexpected', () => bench.answer(gk, asked, say.rcf('ep-2'))); // a duplicate, its request settled
    ask(bench);
    const arq = bench.last('ARQ');
    unmoved(bench, 'unexpected', () => bench.answer(gk, arq, say.rcf('ep-2')));
    unmoved(bench, 'unexpected', () => bench.answer(gk, arq, say.ucf()));
  });

  it('an unsigned RRJ, which anybody can send', () => {
    const bench = registered();
    bench.wait(30_001);
    const asked = bench.last('RRQ');
    for (const reason of ['fullRegistrationRequired', 'securityDenial'] as const)
      unmoved(bench, 'unsigned', () => bench.receive(gk.unsigned(asked, say.rrj(reason)), gk.ras));
    bench.answer(gk, asked, say.rcf('ep-1', { timeToLive: 60 }));
    bench.only('renewed');
  });

  it('an unsigned ACF or ARJ', () => {
    const bench = registered();
    ask(bench);
    const asked = bench.last('ARQ');
    unmoved(bench, 'unsigned', () => bench.receive(gk.unsigned(asked, say.acf(1)), gk.ras));
    unmoved(bench, 'unsigned', () => bench.receive(gk.unsigned(asked, say.arj('securityDenial')), gk.ras));
    bench.answer(gk, asked, say.acf(50_000));
    assert.equal(bench.only('admitted').granted, 50_000);
  });

  it('an answer with the wrong key, and says so when it gives up', () => {
    const bench = registered();
    ask(bench);
    const asked = bench.last('ARQ');
    unmoved(bench, 'wrong signature', () => bench.answer(impostor, asked, say.acf(50_000)));
    bench.wait(3000);
    assert.equal(bench.only('admissionRefused').hint, 'refused answer: wrong signature');
  });

  it('an answer whose every single octet was changed', () => {
    const bench = registered();
    ask(bench);
    const genuine = gk.answer(bench.last('ARQ'), say.acf(50_000), bench.now.epoch);
    for (let i = 0; i < genuine.length; i++) {
      const changed = Buffer.from(genuine);
      changed[i] = (changed[i] ?? 0) ^ 0x01;
      bench.receive(changed, gk.ras);
    }
    assert.deepEqual(bench.ofKind('admitted'), []);
    assert.equal(bench.ofKind('refusedDatagram').length, genuine.length);
  });

  it('an answer that is for another terminal, or by another gatekeeper', () => {
    const bench = registered();
    ask(bench);
    const asked = bench.last('ARQ');
    unmoved(bench, 'wrong recipient', () => bench.answer(gk, asked, say.acf(1), { generalID: 'if://guardian/civic' }));
    unmoved(bench, 'wrong sender', () => bench.answer(gk, asked, say.acf(1), { sendersID: 'gk-2' }));
    unmoved(bench, 'wrong sender', () => bench.answer(gk, asked, say.acf(1), { sendersID: TERMINAL_ID }));
  });

  for (const off of [-61, 61])
    it(`an answer whose timestamp is ${off} s off`, () => {
      const bench = registered();
      ask(bench);
      const timeStamp = bench.now.epoch / 1000 + off;
      unmoved(bench, 'stale timestamp', () => bench.answer(gk, bench.last('ARQ'), say.acf(1), { timeStamp }));
      bench.answer(gk, bench.last('ARQ'), say.acf(1), { timeStamp: bench.now.epoch / 1000 + Math.sign(off) * 60 });
      bench.only('admitted');
    });

  it('an old ACF, replayed for a new ARQ that has the same number', () => {
    const before = registered();
    ask(before);
    const recorded = before.answer(gk, before.last('ARQ'), say.acf(50_000));
    before.only('admitted');
    const bench = new GuardianBench({ gatekeepers: [gk], random: 5000 });
    bench.register(gk, 'ep-1', { timeToLive: 60 });
    ask(bench);
    assert.equal(seqOf(bench.last('ARQ').message), seqOf(before.last('ARQ').message));
    unmoved(bench, 'wrong random', () => bench.receive(recorded, gk.ras));
  });

  it('an incomplete token', () => {
    const bench = registered();
    ask(bench);
    const asked = bench.last('ARQ');
    const token = { tokenOID: '1.3.101.112', generalID: TERMINAL_ID, sendersID: 'gk-1', timeStamp: 1, random: 1 };
    unmoved(bench, 'malformed token', () =>
      bench.receive(
        gk.unsigned(asked, (header) => say.acf(1)({ ...header, tokens: [token] })),
        gk.ras,
      ),
    );
  });
});

describe('requests in the name of the gatekeeper', () => {
  it('that are not signed change nothing', () => {
    const bench = calling();
    const { conferenceID, callReferenceValue, callIdentifier } = bench.said('admissionRequest').value;
    const asked = bench.last('ARQ');
    const call = {
      endpointIdentifier: 'ep-1',
      conferenceID,
      callReferenceValue,
      ...(callIdentifier && { callIdentifier }),
    };
    unmoved(bench, 'unsigned', () => bench.receive(gk.unsigned(asked, say.urq('ep-1')), gk.ras));
    unmoved(bench, 'unsigned', () =>
      bench.receive(
        gk.unsigned(asked, (header) => ({
          kind: 'disengageRequest',
          value: { ...call, disengageReason: { kind: 'forcedDrop', value: null }, ...header },
        })),
        gk.ras,
      ),
    );
    unmoved(bench, 'unsigned', () =>
      bench.receive(
        gk.unsigned(asked, (header) => ({ kind: 'bandwidthRequest', value: { ...call, bandWidth: 1, ...header } })),
        gk.ras,
      ),
    );
  });

  it('that are signed with another key, for others or by others, or are stale, change nothing', () => {
    const bench = calling();
    unmoved(bench, 'wrong signature', () => bench.order(impostor, say.urq('ep-1')));
    unmoved(bench, 'wrong recipient', () => bench.order(gk, say.urq('ep-1'), { generalID: 'if://guardian/civic' }));
    unmoved(bench, 'wrong sender', () => bench.order(gk, say.urq('ep-1'), { sendersID: 'gk-2' }));
    const timeStamp = bench.now.epoch / 1000 - 61;
    unmoved(bench, 'stale timestamp', () => bench.order(gk, say.urq('ep-1'), { timeStamp }));
  });

  it('that are our own requests, sent back, change nothing', () => {
    const bench = calling();
    unmoved(bench, 'unexpected', () => bench.receive(bench.last('ARQ').octets, gk.ras));
  });

  it('that are replayed change nothing, wherever they come from', () => {
    const bench = registered();
    const recorded = bench.order(gk, say.urq('ep-1', 'ttlExpired'));
    bench.only('ejected');
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1', { timeToLive: 60 })); // as it happens under the same name
    unmoved(bench, 'replay', () => bench.receive(recorded, STRANGER));
    bench.wait(20_000);
    unmoved(bench, 'replay', () => bench.receive(recorded, STRANGER));
  });

  it('that come again from the gatekeeper itself get the same answer again, a few times, and change nothing', () => {
    const bench = registered();
    const inquiry = bench.order(gk, (header) => ({ kind: 'infoRequest', value: { callReferenceValue: 0, ...header } }));
    const answer = bench.last('IRR').octets;
    const events = bench.events.length;
    for (let i = 0; i < 4; i++) {
      bench.receive(inquiry, gk.ras);
      assert.deepEqual(bench.last('IRR').octets, answer);
    }
    assert.equal(bench.events.length, events);
    unmoved(bench, 'replay', () => bench.receive(inquiry, gk.ras));
  });

  it('cannot keep it busy with verifying: after 50 false ones in a second the rest is not looked at', () => {
    const bench = calling();
    for (let i = 0; i < 60; i++) bench.order(impostor, say.urq('ep-1'));
    assert.equal(bench.terminal.refused.get('wrong signature'), 50);
    assert.equal(bench.terminal.refused.get('suppressed'), 10);
    bench.wait(1000);
    bench.order(gk, say.urq('ep-1'));
    bench.only('ejected');
  });
});

describe('a terminal that knows two keys of its gatekeeper', () => {
  const next = new ScriptedGatekeeper('gk-1', place.ras, 'next key');
  const third = new ScriptedGatekeeper('gk-1', place.ras, 'third key');
  const knowing = (...keys: readonly string[]): GuardianBench => {
    const bench = new GuardianBench({
      gatekeepers: [{ ...place, publicKeys: keys.map((name) => testKey(name).publicKey) }],
    });
    bench.register(gk, 'ep-1', { timeToLive: 60 });
    return bench;
  };

  for (const keys of [
    ['gk-1', 'next key'],
    ['next key', 'gk-1'],
  ])
    it(`believes answers and obeys orders by either, and by no third one, where it was told ${keys.join(', ')}`, () => {
      const bench = knowing(...keys);
      ask(bench);
      const asked = bench.last('ARQ');
      unmoved(bench, 'wrong signature', () => bench.answer(third, asked, say.acf(50_000)));
      bench.answer(next, asked, say.acf(50_000));
      assert.equal(bench.only('admitted').granted, 50_000);
      bench.wait(30_001);
      bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1', { timeToLive: 60 }));
      bench.only('renewed');
      unmoved(bench, 'wrong signature', () => bench.order(third, say.urq('ep-1')));
      bench.order(next, say.urq('ep-1'));
      bench.only('ejected');
    });

  it('counts a false datagram once, however many keys it was tried with', () => {
    const bench = knowing('gk-1', 'next key');
    for (let i = 0; i < 60; i++) bench.order(third, say.urq('ep-1'));
    assert.equal(bench.terminal.refused.get('wrong signature'), 50);
    assert.equal(bench.terminal.refused.get('suppressed'), 10);
  });

  it('takes no order for a new one that it has obeyed, whichever key it is signed with', () => {
    const bench = knowing('gk-1', 'next key');
    const random = 4242;
    bench.order(gk, say.urq('ep-1', 'ttlExpired'), { random });
    bench.only('ejected');
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1', { timeToLive: 60 }));
    unmoved(bench, 'replay', () => bench.order(next, say.urq('ep-1', 'ttlExpired'), { random }));
  });
});

describe('the memory against replay', () => {
  it('takes no more when it is full of what is fresh, and forgets what is stale', () => {
    const memory = new ReplayMemory<string>(60, 2);
    memory.add('a', 1000, 'A');
    memory.add('b', 1001, 'B');
    assert.equal(memory.hasRoom(1060), false);
    assert.equal(memory.hasRoom(1061), true);
    assert.equal(memory.get('a'), undefined);
    assert.equal(memory.get('b'), 'B');
  });

  it('refuses what it has forgotten even where the clock is set back', () => {
    const memory = new ReplayMemory<string>(60, 1);
    memory.add('a', 1000, 'A');
    assert.equal(memory.isForgotten(1000), false);
    assert.equal(memory.hasRoom(1061), true);
    assert.equal(memory.isForgotten(1000), true);
    assert.equal(memory.isForgotten(1001), false);
  });
});
