import assert from 'node:assert/strict';
import { type Order, RELEASE_ROLES, type ReleaseRole, rollout } from '../../runtime/release/index.ts';
import { PretendedHosts } from './pretended-hosts.ts';

const OLD = 'aa'.repeat(32);
const NEW = 'bb'.repeat(32);
const PATIENCE = { looks: 3, inARow: 2 };

const council = (release = OLD): PretendedHosts => new PretendedHosts(release, RELEASE_ROLES);

const run = (hosts: PretendedHosts, most?: number) =>
  hosts.follow(rollout({ release: NEW, proven: hosts.proven, patience: PATIENCE }), most);

const kindsOf = (report: ReturnType<typeof run>): readonly string[] =>
  RELEASE_ROLES.map((role) => report?.hosts[role].kind ?? 'missing');

const releasesOf = (hosts: PretendedHosts): readonly string[] => RELEASE_ROLES.map((role) => hosts.host(role).current);
const wantedOf = (hosts: PretendedHosts): readonly string[] => RELEASE_ROLES.map((role) => hosts.host(role).wanted);
const all = (release: string): readonly string[] => RELEASE_ROLES.map(() => release);

describe('a rollout', () => {
  it('goes from host to host, the secondary first, and proves the release only when all have it', () => {
    const hosts = council();
    const report = run(hosts);
    assert.deepEqual(report?.ok, true);
    assert.deepEqual(hosts.done, [
      ...RELEASE_ROLES.flatMap((role) => [`want ${role} ${NEW}`, `switch ${role} ${NEW}`]),
      `prove ${NEW}`,
    ]);
    assert.deepEqual(kindsOf(report), all('released'));
    assert.equal(hosts.proven, NEW);
    assert.equal(hosts.outages, 0);
  });

  it('starts hosts that had none', () => {
    const hosts = council('none');
    assert.equal(run(hosts)?.ok, true);
    assert.deepEqual(releasesOf(hosts), all(NEW));
    assert.equal(hosts.proven, NEW);
  });

  it('touches nobody who serves with it already', () => {
    const hosts = council();
    run(hosts);
    hosts.done.length = 0;
    assert.equal(run(hosts)?.ok, true);
    assert.deepEqual(hosts.done, [...RELEASE_ROLES.map((role) => `want ${role} ${NEW}`), `prove ${NEW}`]);
  });

  for (const [place, failing] of RELEASE_ROLES.entries()) {
    const before = RELEASE_ROLES.slice(0, place);

    /** Everything is on the old release again, in an order that never leaves the zone without a gatekeeper. */
    function expectReturned(hosts: PretendedHosts, report: ReturnType<typeof run>): void {
      assert.equal(report?.ok, false);
      assert.equal(hosts.outages, 0);
      assert.deepEqual(releasesOf(hosts), all(OLD));
      assert.deepEqual(wantedOf(hosts), all(OLD), 'a host that restarts stays on it');
      assert.equal(hosts.proven, OLD);
      for (const role of RELEASE_ROLES.slice(place + 1)) assert.deepEqual(report.hosts[role], { kind: 'untouched' });
      for (const role of [...before, failing]) assert.deepEqual(report.hosts[role], { kind: 'returned' }, role);
      const back = hosts.done.filter((text) => text.startsWith('want') && text.endsWith(OLD));
      assert.deepEqual(
        back,
        [failing, ...before.toReversed()].map((role) => `want ${role} ${OLD}`),
      );
    }

    if (failing.startsWith('gatekeeper'))
      it(`takes all back when ${failing} does not pass its gate`, () => {
        const hosts = council();
        hosts.broken.set(failing, new Set([NEW]));
        const report = run(hosts);
        assert.equal(report?.reason, `${failing}: the gate is not passed: it is broken`);
        expectReturned(hosts, report);
      });

    for (const [kind, reason] of [
      ['switch', 'i-1: Failed: No space left on device'],
      ['switch', 'i-1: DeliveryTimedOut'],
      ['want', 'SSM PutParameter: ThrottlingException: Rate exceeded'],
    ] as const)
      it(`takes all back when the order to ${kind} fails on ${failing} (${reason})`, () => {
        const hosts = council();
        hosts.fault = (order) =>
          order.kind === kind && order.role === failing && order.release === NEW ? reason : undefined;
        const report = run(hosts);
        assert.equal(report?.reason, `${failing}: ${reason}`);
        expectReturned(hosts, report);
      });

    it(`takes all back when ${failing} cannot be reached after its switch, and comes back`, () => {
      const hosts = council();
      hosts.fault = (order) =>
        order.kind === 'look' && order.role === failing && hosts.host(failing).current === NEW
          ? 'i-1: Undeliverable'
          : undefined;
      const report = run(hosts);
      assert.equal(report?.reason, `${failing}: the gate is not passed: i-1: Undeliverable`);
      expectReturned(hosts, report);
    });

    it(`is safe where ${failing} restarts in the middle of its own switch`, () => {
      const hosts = council();
      hosts.fault = (order) => {
        if (order.kind === 'switch' && order.role === failing) hosts.reboot(failing);
        return undefined;
      };
      assert.equal(run(hosts)?.ok, true);
      assert.deepEqual(releasesOf(hosts), all(NEW));
    });
  }

  it('can be interrupted at any step, and begun again, without an outage', () => {
    for (let most = 0; most < 60; most++) {
      const hosts = council();
      run(hosts, most);
      assert.equal(run(hosts)?.ok, true, `interrupted after ${most} steps`);
      assert.equal(hosts.outages, 0, `interrupted after ${most} steps`);
    }
  });

  it('returns to the proven release even when it was interrupted before', () => {
    for (let most = 0; most < 60; most++) {
      const hosts = council();
      run(hosts, most);
      if (hosts.proven === NEW) break;
      hosts.fault = (order) =>
        order.kind === 'switch' && order.role === 'mcu' && order.release === NEW ? 'i-1: Failed' : undefined;
      if (hosts.host('mcu').current === NEW) break;
      assert.equal(run(hosts)?.ok, false);
      assert.deepEqual(releasesOf(hosts), all(OLD), `interrupted after ${most} steps`);
      assert.equal(hosts.outages, 0);
    }
  });

  it('does not touch the only gatekeeper that serves', () => {
    const hosts = council();
    // Neither release serves there.
    hosts.broken.set('gatekeeper-primary', new Set([OLD, NEW]));
    const report = run(hosts);
    // It comes first, since nothing can be lost there; and the other one is left alone.
    assert.equal(report?.reason, 'gatekeeper-primary: the gate is not passed: it is broken');
    assert.equal(hosts.host('gatekeeper-secondary').pid, 1);
    assert.equal(hosts.outages, 0);
    assert.deepEqual(wantedOf(hosts), all(OLD));
  });

  it('heals a gatekeeper that the old release broke before it touches the one that serves', () => {
    const hosts = council();
    hosts.broken.set('gatekeeper-primary', new Set([OLD]));
    assert.equal(run(hosts)?.ok, true);
    assert.deepEqual(hosts.done.slice(0, 4), [
      `want gatekeeper-primary ${NEW}`,
      `switch gatekeeper-primary ${NEW}`,
      `want gatekeeper-secondary ${NEW}`,
      `switch gatekeeper-secondary ${NEW}`,
    ]);
    assert.equal(hosts.outages, 0);
  });

  it('leaves the secondary on the new release when the primary serves with neither', () => {
    const hosts = council();
    hosts.broken.set('gatekeeper-primary', new Set([NEW]));
    hosts.fault = (order) => {
      if (order.kind === 'switch' && order.role === 'gatekeeper-primary')
        hosts.broken.set('gatekeeper-primary', new Set([OLD, NEW]));
      return undefined;
    };
    const report = run(hosts);
    assert.deepEqual(kindsOf(report), ['stuck', 'stuck', 'untouched', 'untouched']);
    assert.deepEqual(report?.hosts['gatekeeper-secondary'], {
      kind: 'stuck',
      reason: 'not taken back: gatekeeper-primary does not serve, so the only gatekeeper that does is not touched',
    });
    assert.equal(hosts.host('gatekeeper-secondary').wanted, NEW, 'it stays there after a restart, too');
    assert.equal(hosts.outages, 0);
  });

  it('notices a gatekeeper that keeps ending, although it looks well each time', () => {
    const hosts = council();
    hosts.fault = (order) => {
      const host = hosts.host('gatekeeper-secondary');
      if (order.kind === 'wait' && host.current === NEW) host.pid++;
      return undefined;
    };
    const report = run(hosts);
    assert.equal(
      report?.reason,
      'gatekeeper-secondary: the gate is not passed: its service was started anew between two looks: it keeps ending',
    );
    assert.deepEqual(releasesOf(hosts), all(OLD));
  });

  it('notices that the other gatekeeper ends meanwhile', () => {
    const hosts = council();
    hosts.fault = (order) => {
      const isBack = hosts.host('gatekeeper-secondary').current === NEW;
      if (order.kind === 'look' && isBack) hosts.host('gatekeeper-primary').up = false;
      return undefined;
    };
    const report = run(hosts);
    assert.equal(
      report?.reason,
      'gatekeeper-secondary: the gate is not passed: gatekeeper-primary does not serve beside it',
    );
    // The secondary is the only one that serves: it is not touched again.
    assert.deepEqual(kindsOf(report), ['stuck', 'untouched', 'untouched', 'untouched']);
    assert.equal(hosts.outages, 0);
  });

  it('has nothing to return to after the first release, and says so', () => {
    const hosts = council('none');
    hosts.broken.set('gatekeeper-primary', new Set([NEW]));
    const report = run(hosts);
    assert.deepEqual(kindsOf(report), ['released', 'stuck', 'untouched', 'untouched']);
    assert.ok(hosts.told.includes('no release to return to: there is none before it'));
    assert.equal(hosts.outages, 0, 'the secondary goes on');
  });

  it('tells when it cannot note that all is done: the next one returns to the release before', () => {
    const hosts = council();
    hosts.fault = (order: Order) => (order.kind === 'prove' ? 'AccessDenied' : undefined);
    const report = run(hosts);
    assert.equal(report?.ok, false);
    assert.equal(report?.reason, 'all hosts run it, but that could not be noted: AccessDenied');
    assert.deepEqual(releasesOf(hosts), all(NEW));
    assert.equal(hosts.proven, OLD);
  });

  it('gives up where a host is gone', () => {
    const gone: ReleaseRole = 'gatekeeper-secondary';
    const hosts = council();
    hosts.fault = (order) => ('role' in order && order.role === gone ? 'i-1: InvalidInstanceId' : undefined);
    const report = run(hosts);
    assert.equal(report?.ok, false);
    assert.match(report?.reason ?? '', /gatekeeper-secondary/);
    assert.equal(hosts.host('gatekeeper-primary').pid, 1);
    assert.equal(hosts.outages, 0);
  });
});
