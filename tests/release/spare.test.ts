import assert from 'node:assert/strict';
import { type ReleaseRole, spare } from '../../runtime/release/index.ts';
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
    role: ReleaseRole = 'gatekeeper-secondary',
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

  it('has no other one where it is no gatekeeper', () => {
    assert.equal(
      pair({ 'gatekeeper-secondary': 'serves', 'gatekeeper-primary': 'gone' }).follow(spare('mcu')),
      undefined,
    );
  });
});
