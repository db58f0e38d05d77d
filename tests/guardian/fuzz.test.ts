import assert from 'node:assert/strict';
import { bandwidthUnits } from '../../runtime/units.ts';
import { GuardianBench, gatekeeperAt, TERMINAL_ID } from '../support/guardian-bench.ts';
import { seeded } from '../support/lab-network.ts';
import { type Answer, ScriptedGatekeeper, say } from '../support/scripted-gatekeeper.ts';

const SEED = 20_261_121;
const DATAGRAMS = 20_000;
const { gatekeeperId, ras } = gatekeeperAt('gk-1', 1);
const gk = new ScriptedGatekeeper(gatekeeperId, ras);

describe('a terminal under a hail of broken datagrams', () => {
  it(`throws nothing, forgets nothing and still gets its answers (${DATAGRAMS} datagrams, seed ${SEED})`, () => {
    const random = seeded(SEED);
    const below = (n: number): number => Math.floor(random() * n);
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.register(gk, 'ep-1', { timeToLive: 60 });
    const args = {
      destination: { kind: 'url-ID', value: 'if://council/mcu' },
      bandwidth: bandwidthUnits(1000),
    } as const;
    const live = bench.do((terminal, now) => terminal.admit(args, now));
    bench.answer(gk, bench.last('ARQ'), say.acf(1000));
    bench.do((terminal, now) => terminal.changeBandwidth(live, bandwidthUnits(500), now));
    const asked = bench.last('BRQ');
    const answers: Answer[] = [
      say.bcf(1),
      say.brj('notBound', 1),
      say.rip(9),
      say.urq('ep-1'),
      say.rcf('ep-2'),
      say.ucf(),
    ];
    const good = answers.flatMap((build) => [
      gk.answer(asked, build, bench.now.epoch),
      gk.order(build, TERMINAL_ID, bench.now.epoch),
      gk.unsigned(asked, build),
    ]);
    const deadline = bench.terminal.nextDeadline();
    for (let i = 0; i < DATAGRAMS; i++) {
      const octets = Buffer.from(good[below(good.length)] ?? []);
      const hits = 1 + below(3);
      for (let hit = 0; hit < hits; hit++) {
        const at = below(octets.length);
        // Each hit another bit: two on one would make the datagram good again.
        octets[at] = (octets[at] ?? 0) ^ (1 << (hit * 2 + below(2)));
      }
      bench.receive(below(10) === 0 ? octets.subarray(0, below(octets.length)) : octets, ras);
      assert.equal(bench.sent.at(-1), asked, 'something was sent');
    }
    assert.equal(bench.ofKind('refusedDatagram').length, DATAGRAMS);
    assert.equal(bench.terminal.nextDeadline(), deadline);
    assert.equal(bench.terminal.phase, 'registered');
    bench.answer(gk, asked, say.bcf(500));
    assert.deepEqual([...bench.terminal.calls], [[live, 500]]);
  });
});
