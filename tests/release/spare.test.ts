import assert from 'node:assert/strict';
import { type GatekeeperRole, spare } from '../../runtime/release/index.ts';
import { type Fault, PretendedHosts } from './pretended-hosts.ts';

const RELEASE = 'ab'.repeat(32);
const PAIR = ['gatekeeper-primary', 'gatekeeper-secondary'] as const;

type State = 'serves' | 'broken' | 'gone' | 'silent';

/** A pair in these states. */
function pair(states: Readonly<Record<(typeof PAIR)[number], State>>): PretendedHosts {
  const hosts = new PretendedHosts(RELEASE, PAIR);
  for (const role of PAIR) {
    if (states[role] === 'broken') hosts.broken.set(role, new Set([RELEASE]));
    if (states[role] === 'gone') hosts.makeGroup(role, []);
  }
  hosts.fault = (order) =>
    order.kind === 'look' && PAIR.some((role) => role === order.role && states[role] === 'silent')
      ? 'i-1: Undeliverable'
      : undefined;
  return hosts;
}

describe('a gatekeeper that is to be taken away', () => {
  const ask = (
    itself: State,
    beside: State,
    role: GatekeeperRole = 'gatekeeper-secondary',
  ): [string | undefined, number] => {
    const [secondary, primary] = role === 'gatekeeper-secondary' ? [itself, beside] : [beside, itself];
    const hosts = pair({ 'gatekeeper-secondary': secondary, 'gatekeeper-primary': primary });
    return [hosts.follow(spare(role)), hosts.waits];
  };

  it('cannot be spared while it alone serves; where there is another one, that is waited for', () => {
    const says = 'gatekeeper-secondary serves, and';
    assert.deepEqual(ask('serves', 'gone'), [`${says} no instance of gatekeeper-primary is running`, 0]);
    assert.deepEqual(ask('serves', 'broken'), [`${says} gatekeeper-primary does not serve`, 5]);
    assert.deepEqual(ask('serves', 'silent'), [`${says} gatekeeper-primary cannot be asked (i-1: Undeliverable)`, 5]);
  });

  it('cannot be spared where nobody can tell whether it serves, and the other one does not', () => {
    const says = 'gatekeeper-secondary cannot be asked (i-1: Undeliverable), and';
    assert.deepEqual(ask('silent', 'gone'), [`${says} no instance of gatekeeper-primary is running`, 0]);
    assert.deepEqual(ask('silent', 'broken'), [`${says} gatekeeper-primary does not serve`, 5]);
  });

  for (const itself of ['serves', 'broken', 'gone', 'silent'] as const)
    it(`can be spared while the other one serves, when it is itself as "${itself}"`, () => {
      assert.deepEqual(ask(itself, 'serves'), [undefined, 0]);
      assert.deepEqual(ask(itself, 'serves', 'gatekeeper-primary'), [undefined, 0]);
    });

  for (const itself of ['broken', 'gone'] as const)
    for (const beside of ['broken', 'gone', 'silent'] as const)
      it(`can be spared when it serves nobody ("${itself}"), whatever the other one does ("${beside}")`, () =>
        assert.deepEqual(ask(itself, beside), [undefined, 0]));

  it('can be spared as soon as the other one has been started anew', () => {
    const hosts = pair({ 'gatekeeper-secondary': 'serves', 'gatekeeper-primary': 'broken' });
    const back: Fault = (order) => {
      if (order.kind === 'wait' && hosts.waits === 2) hosts.broken.clear();
      return undefined;
    };
    hosts.fault = back;
    assert.equal(hosts.follow(spare('gatekeeper-secondary')), undefined);
    assert.equal(hosts.waits, 2);
  });

  describe('whose machine has a vote in etcd', () => {
    const [S, P, M] = ['gatekeeper-secondary', 'gatekeeper-primary', 'monitoring'] as const;
    const with3 = (voters: PretendedHosts['voters'], role: GatekeeperRole = S) => {
      const hosts = pair({ [S]: 'serves', [P]: 'serves' });
      hosts.voters = voters;
      return hosts.follow(spare(role));
    };

    it('cannot be spared while another vote is out', () => {
      const says = (role: string, out: string) => `without ${role} etcd decides nothing: of its 3 voters ${out} is out`;
      assert.equal(with3({ [S]: true, [P]: true, [M]: false }), says(S, M));
      assert.equal(with3({ [S]: true, [P]: true, [M]: false }, P), says(P, M));
      assert.equal(with3({ [S]: true, [P]: false, [M]: true }), says(S, P));
      assert.equal(with3({ [S]: false, [P]: true, '': false }), says(S, `${S} and one that was never started`));
      assert.equal(with3(null), 'nobody can tell whether the voters of etcd are healthy');
    });

    it('can be spared where all votes are there, where its own is the one that is out, and where none is told of', () => {
      assert.equal(with3({ [S]: true, [P]: true, [M]: true }), undefined);
      assert.equal(with3({ [S]: false, [P]: true, [M]: true }), undefined);
      assert.equal(with3(undefined), undefined);
    });

    it('can be spared as soon as the other vote is back', () => {
      const hosts = pair({ [S]: 'serves', [P]: 'serves' });
      hosts.voters = { [S]: true, [P]: true, [M]: false };
      hosts.fault = (order) => {
        if (order.kind === 'wait' && hosts.waits === 3) hosts.voters = { [S]: true, [P]: true, [M]: true };
        return undefined;
      };
      assert.equal(hosts.follow(spare(S)), undefined);
      assert.equal(hosts.waits, 3);
    });
  });
});
