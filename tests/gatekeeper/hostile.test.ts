import assert from 'node:assert/strict';
import { rasMessage } from '../../runtime/h225/index.ts';
import { capturedCalls } from '../support/captures.ts';
import { GatekeeperLab, guardian, tagOf } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const SEED = 20_261_121;
/** More of them for a long run: GC_MUTATIONS=1000000. */
const DATAGRAMS = Number(process.env['GC_MUTATIONS'] ?? 5_000);

/** Numerical Recipes' generator: the same numbers everywhere. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Flips bits, sets octets, cuts, repeats, and joins with another datagram. */
function mutate(octets: Buffer, other: Buffer, random: (below: number) => number): Buffer {
  let out = Buffer.from(octets);
  for (let edits = 1 + random(4); edits > 0 && out.length > 0; edits--) {
    const at = random(out.length);
    const what = random(6);
    if (what === 0) out[at] = (out[at] ?? 0) ^ (1 << random(8));
    else if (what === 1) out[at] = [0, 0xff, 0x7f, 0x80, 0xc4][random(5)] ?? 0;
    else if (what === 2) out = out.subarray(0, at);
    else if (what === 3) out = Buffer.concat([out.subarray(0, at), other.subarray(random(other.length))]);
    else if (what === 4) out = Buffer.concat([out.subarray(0, at), out.subarray(random(at + 1))]);
    else out[at] = random(256);
  }
  return out;
}

for (const policy of ['signed', 'open-lab'] as const)
  describe(`hostile datagrams (${policy})`, () => {
    it(`never stop the gatekeeper: ${DATAGRAMS} mutations of its own traffic and of captures, seed ${SEED}`, () => {
      const config = { policy, gatekeeperId: 'TestGK' };
      const lab = new GatekeeperLab({ terminals: [technical, civic], config, secondOpinion: false });
      lab.register(technical);
      lab.register(civic);
      lab.admit(technical, 1);
      for (const message of [lab.brq(technical, 1), lab.irr(technical), lab.keepAlive(civic), lab.grq(civic)])
        lab.send(message, technical);
      const seeds = [
        ...lab.traffic.map(({ octets }) => Buffer.from(octets)),
        ...[...capturedCalls().values()].flat().map(({ bytes }) => bytes),
      ];
      const random = numbers(SEED);
      for (let i = 0; i < DATAGRAMS; i++) {
        const [one = Buffer.alloc(1), other = Buffer.alloc(1)] = [
          seeds[random(seeds.length)],
          seeds[random(seeds.length)],
        ];
        lab.deliver(mutate(one, other, random), { address: '198.51.100.1', port: 1 + random(65_535) });
        if (i % 500 === 0) lab.pass(1000);
        lab.traffic.length = 0;
      }
      assert(lab.state.statistics.dropped.malformed > DATAGRAMS / 10, 'no mutation was harmful');
      if (policy === 'signed') assert.equal(lab.state.statistics.admissions, 1, 'a mutation was admitted');
      lab.register(technical);
      assert.equal(tagOf(lab.ask(lab.arq(technical, 2), technical)), 'ACF');
      assert.equal(lab.gatekeeper.pending, 0);
    });

    it('may be as long as datagrams get', () => {
      const lab = new GatekeeperLab({ config: { policy } });
      for (const fill of [0x00, 0x55, 0xaa, 0xff])
        for (let first = 0; first < 256; first += 5) {
          const octets = Buffer.alloc(65_507, fill);
          octets[0] = first;
          lab.deliver(octets, technical.ras);
        }
      const data = Buffer.alloc(60_000, 0x40);
      const nonStandardData = { nonStandardIdentifier: { kind: 'object', value: '1.2' } as const, data };
      assert.equal(
        lab.deliver(rasMessage.encode(lab.grq(technical, { nonStandardData })), technical.ras).sent.length,
        1,
      );
    });
  });
