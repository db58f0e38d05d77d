/** Two gatekeepers of a zone: what one commits, the other follows; then the other leads. */
import assert from 'node:assert/strict';
import { answersRecord, type GatekeeperConfig, type StateChange } from '../../runtime/gatekeeper/index.ts';
import { type SocketAddress, toSocketAddress } from '../../runtime/h225/index.ts';
import { bitsPerSecond } from '../../runtime/units.ts';
import { GatekeeperLab, guardian, type LabTerminal, reasonOf, tagOf, tags } from '../support/gatekeeper-lab.ts';

const PRIMARY = { address: '192.0.2.250', port: 1719 };
const config: Partial<GatekeeperConfig> = { replicated: true };

class Pair {
  readonly leader: GatekeeperLab;
  readonly standby: GatekeeperLab;
  #told = 0;

  constructor(terminals: readonly LabTerminal[], more: Partial<GatekeeperConfig> = {}) {
    this.leader = new GatekeeperLab({ terminals, config: { ...config, ...more } });
    this.standby = new GatekeeperLab({ terminals, config: { ...config, ...more }, randomFrom: 1_000_000 });
    this.leader.gatekeeper.become({ kind: 'leading' }, this.leader.now);
    this.standby.gatekeeper.become({ kind: 'standby', leader: PRIMARY }, this.standby.now);
  }

  /** The standby follows all that the leader committed since. */
  follow(): void {
    for (const { changes, answered } of this.leader.commits.slice(this.#told)) {
      for (const change of changes) this.standby.gatekeeper.follow(change, this.standby.now);
      if (answered !== undefined) this.standby.gatekeeper.follow(answersOf(answered), this.standby.now);
    }
    this.#told = this.leader.commits.length;
  }

  /** The leader is gone; gives the gatekeeper that leads now. */
  failOver(): GatekeeperLab {
    this.follow();
    this.standby.gatekeeper.become({ kind: 'leading' }, this.standby.now);
    for (const [name, identifier] of this.leader.identifiers) this.standby.identifiers.set(name, identifier);
    return this.standby;
  }
}

const answersOf = (answered: Parameters<typeof answersRecord.encode>[0][number]): StateChange => ({
  key: 'answers/1-1',
  value: answersRecord.encode([answered]),
});

const sums = ({ state }: GatekeeperLab) => ({
  endpoints: state.endpoints.size,
  calls: state.calls.size,
  legs: state.calls.legs,
  units: state.calls.units,
  each: [...state.endpoints.all()].map(({ serial, identifier, units, terminal, peer, aliases }) => ({
    serial,
    identifier,
    units,
    terminal: terminal?.terminalId,
    peer,
    aliases,
  })),
});

describe('a gatekeeper that follows another', () => {
  const [civic, ethical] = [guardian(1), guardian(2)];

  it('knows every registration, call and sum that was answered, and none that ended', () => {
    const pair = new Pair([civic, ethical]);
    for (const terminal of [civic, ethical]) pair.leader.register(terminal);
    pair.leader.admit(civic, 1);
    pair.leader.admit(ethical, 1, { answerCall: true });
    assert.equal(tagOf(pair.leader.ask(pair.leader.brq(civic, 1, { bandWidth: 9000 }), civic)), 'BCF');
    pair.follow();
    assert.deepEqual(sums(pair.standby), sums(pair.leader));
    assert.equal(pair.standby.state.calls.legs, 2);
    pair.leader.ask(pair.leader.drq(civic, 1), civic);
    pair.follow();
    assert.deepEqual(sums(pair.standby), sums(pair.leader));
    assert.equal(pair.standby.state.calls.legs, 1);
    pair.leader.ask(pair.leader.urq(ethical), ethical);
    pair.follow();
    assert.deepEqual(sums(pair.standby), sums(pair.leader));
    assert.equal(pair.standby.state.endpoints.size, 1);
    assert.equal(pair.standby.state.calls.legs, 0);
  });

  it('follows a machine that was started anew under the same key', () => {
    const pair = new Pair([civic]);
    const before = pair.leader.register(civic);
    pair.leader.admit(civic, 1);
    const after = pair.leader.register(civic);
    assert.notEqual(after, before);
    pair.follow();
    assert.deepEqual(sums(pair.standby), sums(pair.leader));
    assert.equal(pair.standby.state.endpoints.byIdentifier(before), undefined);
    assert.equal(pair.standby.state.calls.size, 0);
  });

  /** The standby gets an ARQ's octets from an address, and the leader's answer reaches it while it still verifies them. */
  function overtaken(from: SocketAddress) {
    const pair = new Pair([civic]);
    const { leader, standby } = pair;
    leader.register(civic);
    pair.follow();
    standby.holding = true;
    const octets = leader.sign(leader.arq(civic, 1), civic);
    assert.deepEqual(standby.deliver(octets, from).sent, []);
    const [answer] = leader.deliver(octets, civic.ras).sent;
    pair.follow();
    return { standby, answer, ...standby.release() };
  }

  it('gives the answer of the leader where that came while it still verified the same octets itself', () => {
    // A terminal whose request took long asks both, and the leader is just done with it.
    const { standby, answer, sent, events } = overtaken(civic.ras);
    assert.deepEqual(
      sent.map(({ octets: again, to }) => [again, to]),
      [[answer?.octets, civic.ras]],
    );
    assert.deepEqual(
      events.map(({ msgType, retransmission, policy }) => [msgType, retransmission, policy]),
      [
        ['ARQ', true, undefined],
        ['ACF', true, undefined],
      ],
    );
    assert.deepEqual([standby.state.statistics.refused.INVALID_SIGNATURE, standby.state.calls.legs], [0, 1]);
  });

  it('still holds the same octets from elsewhere for a replay, though it verified them meanwhile', () => {
    const { sent, events } = overtaken({ address: '198.51.100.66', port: 6666 });
    assert.deepEqual(
      sent.map(({ message, token }) => [tagOf(message), token]),
      [['ARJ', undefined]],
    );
    assert.equal(events.at(-1)?.detail, 'replay');
  });

  it('sends every request on to the leader, signed, and takes none of them up', () => {
    const pair = new Pair([civic]);
    const { standby } = pair;
    const expected: readonly (readonly [string, Parameters<GatekeeperLab['send']>[0]])[] = [
      ['RRJ', standby.rrq(civic)],
      ['RRJ', standby.keepAlive(civic)],
      ['ARJ', standby.arq(civic, 1)],
      ['BRJ', standby.brq(civic, 1)],
      ['DRJ', standby.drq(civic, 1)],
      ['URJ', standby.urq(civic)],
      ['INAK', standby.irr(civic, { needResponse: true })],
    ];
    for (const [tag, request] of expected) {
      const { sent } = standby.send(request, civic);
      assert.deepEqual(
        sent.map(({ message }) => tagOf(message)),
        [tag],
      );
      const [answer] = sent;
      assert(answer?.token !== undefined, `${tag} is not signed`);
      assert('altGKInfo' in answer.message.value, tag);
      const { altGKInfo } = answer.message.value;
      assert(altGKInfo?.altGKisPermanent === false);
      assert.deepEqual(
        altGKInfo.alternateGatekeeper.map(({ rasAddress, ...rest }) => ({ ...rest, ras: toSocketAddress(rasAddress) })),
        [
          {
            ras: PRIMARY,
            gatekeeperIdentifier: standby.state.config.gatekeeperId,
            needToRegister: false,
            priority: 0,
          },
        ],
      );
    }
    assert.equal(standby.commits.length, 0);
    assert.equal(standby.state.endpoints.size, 0);
  });

  it('answers discovery with the address of the leader, to anybody', () => {
    const { standby } = new Pair([civic]);
    const answer = standby.ask(standby.grq(civic), civic);
    assert(answer.kind === 'gatekeeperConfirm');
    assert.deepEqual(toSocketAddress(answer.value.rasAddress), PRIMARY);
  });

  it('serves a request that it sent on before, when it leads itself', () => {
    const pair = new Pair([civic]);
    const { standby } = pair;
    const octets = standby.sign(standby.rrq(civic), civic);
    assert.deepEqual(tags(standby.deliver(octets, civic.ras)), ['RRJ']);
    pair.failOver();
    assert.deepEqual(tags(standby.deliver(octets, civic.ras)), ['RCF']);
  });
});

describe('a gatekeeper that takes over', () => {
  const [civic, ethical] = [guardian(1), guardian(2)];

  it('gives a retransmission its old answer, octet for octet, and refuses a replay', () => {
    const pair = new Pair([civic]);
    pair.leader.register(civic);
    const octets = pair.leader.sign(pair.leader.arq(civic, 1), civic);
    const [first] = pair.leader.deliver(octets, civic.ras).sent;
    const next = pair.failOver();
    const [again] = next.deliver(octets, civic.ras).sent;
    assert(first !== undefined && again !== undefined);
    assert.deepEqual(again.octets, first.octets);
    const elsewhere = next.deliver(octets, { address: '203.0.113.66', port: 4000 });
    assert.deepEqual(tags(elsewhere), ['ARJ']);
    assert.equal(reasonOf(elsewhere.sent[0]?.message ?? assert.fail()), 'securityDenial');
    assert.equal(next.state.statistics.replays, 1);
    assert.equal(next.state.calls.legs, 1);
  });

  it('refuses a captured request that was refused before, though it could be granted now', () => {
    const pair = new Pair([civic, ethical], { maxSessions: 1 });
    for (const terminal of [civic, ethical]) pair.leader.register(terminal);
    pair.leader.admit(civic, 1);
    const octets = pair.leader.sign(pair.leader.arq(ethical, 2), ethical);
    assert.deepEqual(tags(pair.leader.deliver(octets, ethical.ras)), ['ARJ']);
    pair.leader.ask(pair.leader.drq(civic, 1), civic);
    const next = pair.failOver();
    next.pass(45_000);
    const late = next.deliver(octets, ethical.ras);
    assert.equal(reasonOf(late.sent[0]?.message ?? assert.fail()), 'securityDenial');
    assert.equal(next.state.calls.legs, 0);
  });

  it('goes on with every registration and call, and counts each once', () => {
    const pair = new Pair([civic, ethical], { councilBandwidth: bitsPerSecond(5_000_000) });
    for (const terminal of [civic, ethical]) pair.leader.register(terminal);
    const granted = pair.leader.admit(civic, 1);
    const next = pair.failOver();
    assert.equal(next.state.calls.units, granted);
    assert.equal(tagOf(next.ask(next.keepAlive(civic), civic)), 'RCF');
    assert.equal(next.admit(civic, 1), granted);
    assert.equal(next.state.calls.legs, 1);
    assert.equal(tagOf(next.ask(next.brq(civic, 1, { bandWidth: 2000 }), civic)), 'BCF');
    assert.equal(tagOf(next.ask(next.drq(civic, 1), civic)), 'DCF');
    assert.equal(next.state.calls.units, 0);
  });

  it('names new endpoints with serials that nobody had', () => {
    const pair = new Pair([civic, ethical]);
    pair.leader.register(civic);
    const next = pair.failOver();
    next.register(ethical);
    assert.deepEqual(
      [...next.state.endpoints.all()].map(({ serial }) => serial),
      [1, 2],
    );
  });

  it('lets every time-to-live start afresh, and then lets registrations run out as always', () => {
    const pair = new Pair([civic]);
    pair.leader.register(civic);
    pair.follow();
    // Renewed at the leader all the time, which nobody writes down.
    assert.deepEqual(tags(pair.standby.pass(300_000)), []);
    const next = pair.failOver();
    assert.deepEqual(tags(next.pass(59_000)), []);
    assert.equal(next.state.endpoints.size, 1);
    assert.deepEqual(tags(next.pass(3000)), ['URQ']);
    assert.equal(next.state.endpoints.size, 0);
    assert.deepEqual(next.commits.at(-1)?.changes, [{ key: `endpoint/${pair.leader.identifier(civic)}` }]);
  });

  it('lets no keep-alive move a registration while one could have been captured at the old leader', () => {
    const pair = new Pair([civic]);
    pair.leader.register(civic);
    const octets = pair.leader.sign(pair.leader.keepAlive(civic), civic);
    assert.deepEqual(tags(pair.leader.deliver(octets, civic.ras)), ['RCF']);
    const next = pair.failOver();
    const thief = { address: '203.0.113.66', port: 4000 };
    next.deliver(octets, thief);
    const [endpoint] = next.state.endpoints.all();
    assert.deepEqual(endpoint?.peer, civic.ras);
    next.pass(50_000);
    next.send(next.keepAlive(civic), civic);
    next.pass(50_000);
    next.send(next.keepAlive(civic), civic);
    next.pass(25_000);
    next.deliver(next.sign(next.keepAlive(civic), civic), thief);
    assert.deepEqual(endpoint?.peer, thief);
  });

  it('ends what its own registry knows nobody for', () => {
    const pair = new Pair([civic, ethical]);
    pair.leader.register(civic);
    pair.leader.register(ethical);
    pair.leader.admit(civic, 1);
    const other = new GatekeeperLab({ terminals: [ethical], config });
    for (const { changes } of pair.leader.commits)
      for (const change of changes) other.gatekeeper.follow(change, other.now);
    assert.equal(other.state.endpoints.size, 1);
    other.gatekeeper.become({ kind: 'leading' }, other.now);
    other.carryOut();
    const keys = other.commits.flatMap(({ changes }) => changes.map(({ key, value }) => [key.split('/')[0], value]));
    assert.deepEqual(keys, [
      ['endpoint', undefined],
      ['leg', undefined],
    ]);
  });

  it('forgets everything when it is told to, and follows anew', () => {
    const pair = new Pair([civic]);
    pair.leader.register(civic);
    pair.leader.admit(civic, 1);
    const octets = pair.leader.sign(pair.leader.arq(civic, 1), civic);
    pair.leader.deliver(octets, civic.ras);
    const all = [...pair.leader.commits];
    pair.leader.gatekeeper.become({ kind: 'standby', leader: PRIMARY }, pair.leader.now);
    pair.leader.gatekeeper.clear();
    assert.equal(pair.leader.state.endpoints.size, 0);
    assert.equal(pair.leader.state.calls.units, 0);
    assert.deepEqual(tags(pair.leader.deliver(octets, civic.ras)), ['ARJ'], 'an answer that nobody may have kept');
    for (const { changes } of all) for (const change of changes) pair.leader.gatekeeper.follow(change, pair.leader.now);
    assert.equal(pair.leader.state.endpoints.size, 1);
    assert.equal(pair.leader.state.calls.legs, 1);
  });
});

describe('a gatekeeper whose store is out of reach', () => {
  const civic = guardian(1);

  function isolated(): GatekeeperLab {
    const pair = new Pair([civic]);
    pair.leader.register(civic);
    pair.leader.admit(civic, 1);
    pair.follow();
    pair.standby.gatekeeper.become({ kind: 'isolated' }, pair.standby.now);
    for (const [name, identifier] of pair.leader.identifiers) pair.standby.identifiers.set(name, identifier);
    return pair.standby;
  }

  it('admits nobody, and says why', () => {
    const lab = isolated();
    const { sent, events } = lab.send(lab.arq(civic, 2), civic);
    const [answer] = sent;
    assert(answer?.message.kind === 'admissionReject');
    assert.equal(answer.message.value.rejectReason.kind, 'resourceUnavailable');
    assert.equal(Buffer.from(answer.message.value.nonStandardData?.data ?? []).toString(), 'STORE_UNAVAILABLE');
    assert.equal(events.at(-1)?.policy, 'STORE_UNAVAILABLE');
    assert.equal(lab.state.statistics.refused.STORE_UNAVAILABLE, 1);
  });

  it('lets registrations and calls live on', () => {
    const lab = isolated();
    assert.equal(tagOf(lab.ask(lab.keepAlive(civic), civic)), 'RCF');
    assert.equal(tagOf(lab.ask(lab.irr(civic, { needResponse: true }), civic)), 'IACK');
    lab.pass(300_000);
    assert.equal(lab.state.endpoints.size, 1);
    assert.equal(lab.state.calls.legs, 1);
  });

  it('asks for patience with everything else, and decides it when the store is back', () => {
    const lab = isolated();
    const requests = [lab.brq(civic, 1, { bandWidth: 500 }), lab.drq(civic, 1)].map((request) =>
      lab.sign(request, civic),
    );
    for (const octets of requests) assert.deepEqual(tags(lab.deliver(octets, civic.ras)), ['RIP']);
    assert.equal(lab.state.calls.legs, 1);
    lab.gatekeeper.become({ kind: 'leading' }, lab.now);
    assert.deepEqual(
      requests.flatMap((octets) => tags(lab.deliver(octets, civic.ras))),
      ['BCF', 'DCF'],
    );
    assert.equal(lab.state.calls.legs, 0);
  });

  it('gives nobody an answer again that it gave when it led, since nobody may have kept it', () => {
    const { leader } = new Pair([civic]);
    leader.register(civic);
    const octets = leader.sign(leader.arq(civic, 1), civic);
    assert.deepEqual(tags(leader.deliver(octets, civic.ras)), ['ACF']);
    leader.gatekeeper.become({ kind: 'isolated' }, leader.now);
    leader.gatekeeper.forgetAnswers();
    const [answer] = leader.deliver(octets, civic.ras).sent;
    assert(answer?.message.kind === 'admissionReject');
    assert.equal(leader.state.statistics.refused.STORE_UNAVAILABLE, 1);
    assert.equal(tagOf(leader.ask(leader.keepAlive(civic), civic)), 'RCF');
  });
});

describe('what a leader commits', () => {
  const civic = guardian(1);

  it('is asked for before the answer, and holds its octets', () => {
    const { leader } = new Pair([civic]);
    leader.gatekeeper.receive(leader.sign(leader.rrq(civic), civic), civic.ras, leader.now);
    const [verify] = leader.gatekeeper.takeEffects();
    assert(verify?.kind === 'verify');
    leader.gatekeeper.verified(verify.ticket, true, leader.now);
    const effects = leader.gatekeeper.takeEffects();
    assert.deepEqual(
      effects.map(({ kind }) => kind),
      ['witness', 'commit', 'witness', 'send'],
    );
    const [, commit, , send] = effects;
    assert(commit?.kind === 'commit' && send?.kind === 'send');
    assert.deepEqual(commit.answered?.answer, send.octets);
    assert.deepEqual(
      commit.changes.map(({ key }) => key.split('/')[0]),
      ['endpoint'],
    );
  });

  it('is nothing for discovery, keep-alives and reports', () => {
    const { leader } = new Pair([civic]);
    leader.register(civic);
    const before = leader.commits.length;
    leader.send(leader.grq(civic), civic);
    leader.send(leader.keepAlive(civic), civic);
    leader.send(leader.irr(civic, { needResponse: true }), civic);
    assert.equal(leader.commits.length, before);
  });

  it('is nothing for a gatekeeper that stands alone', () => {
    const lab = new GatekeeperLab({ terminals: [civic] });
    lab.register(civic);
    lab.admit(civic, 1);
    assert.deepEqual(lab.commits, []);
  });

  it('is followed as far as it can be read, and a broken record is an error', () => {
    const { standby } = new Pair([civic]);
    standby.gatekeeper.follow({ key: 'of/a/newer/release', value: Uint8Array.of(1) }, standby.now);
    standby.gatekeeper.follow({ key: 'leg/broken', value: Uint8Array.of(1) }, standby.now);
    for (const key of ['endpoint/x', 'answers/1-1'])
      assert.throws(() => standby.gatekeeper.follow({ key, value: Uint8Array.of(0xff) }, standby.now), {
        name: 'PerDecodeError',
      });
    assert.equal(standby.state.endpoints.size, 0);
  });
});
