import assert from 'node:assert/strict';
import { RELEASE_ROLES, rollout } from '../../runtime/release/index.ts';
import { PretendedHosts } from './pretended-hosts.ts';

const OLD = 'aa'.repeat(32);
const NEW = 'bb'.repeat(32);
const PATIENCE = { looks: 3, inARow: 2 };
const ROLE = 'sip-gateway';
const GROUP = ['i-1', 'i-2', 'i-3'] as const;
const OTHERS = RELEASE_ROLES.filter((role) => role !== ROLE);

function council(release = OLD): PretendedHosts {
  const hosts = new PretendedHosts(release, RELEASE_ROLES);
  hosts.makeGroup(ROLE, GROUP);
  return hosts;
}

const run = (hosts: PretendedHosts, most?: number) =>
  hosts.follow(rollout({ release: NEW, proven: hosts.proven, patience: PATIENCE }), most);

const releasesOf = (hosts: PretendedHosts): readonly string[] =>
  [...OTHERS, ...(hosts.groups.get(ROLE) ?? [])].map((id) => hosts.host(id).current);
const isAll = (hosts: PretendedHosts, release: string): void =>
  assert.deepEqual(new Set(releasesOf(hosts)), new Set([release]));
const switches = (hosts: PretendedHosts): readonly string[] =>
  hosts.done.filter((text) => text.startsWith('switch i-')).map((text) => text.replace('switch ', ''));

describe('a rollout to a group of gateways', () => {
  it('stops at the first that does not serve, and takes it and those before it back', () => {
    const hosts = council();
    hosts.broken.set('i-2', new Set([NEW]));
    const report = run(hosts);
    assert.equal(report?.reason, 'sip-gateway: i-2: the gate is not passed: its current release is none');
    assert.deepEqual(switches(hosts), [`i-1 ${NEW}`, `i-2 ${NEW}`, `i-1 ${OLD}`, `i-2 ${OLD}`]);
    assert.equal(hosts.host('i-3').pid, 1, 'the third was not touched');
    assert.deepEqual(report?.hosts[ROLE], { kind: 'returned' });
    isAll(hosts, OLD);
    assert.equal(hosts.host('i-3').wanted, OLD, 'one that boots now gets the release before');
    assert.equal(hosts.proven, OLD);
    assert.equal(hosts.outages, 0);
  });

  for (const reason of ['i-2: Failed: No space left on device', 'i-2: DeliveryTimedOut'])
    it(`takes all back when the switch of one fails (${reason})`, () => {
      const hosts = council();
      hosts.fault = (order) =>
        order.kind === 'switch' && order.member === 'i-2' && order.release === NEW ? reason : undefined;
      assert.equal(run(hosts)?.reason, `sip-gateway: ${reason}`);
      isAll(hosts, OLD);
      assert.equal(hosts.host('i-3').pid, 1);
    });

  it('takes all back for one that stays in the group and cannot be reached', () => {
    const hosts = council();
    let looks = 0;
    hosts.fault = (order) => {
      const isLost = !hosts.told.some((text) => text.startsWith('stopped at'));
      if (order.kind !== 'look' || order.member !== 'i-2' || !isLost) return undefined;
      looks++;
      return 'i-2: InvalidInstanceId';
    };
    const report = run(hosts);
    assert.equal(report?.reason, 'sip-gateway: i-2: InvalidInstanceId');
    assert.equal(looks, PATIENCE.looks, 'it may have been too young');
    assert.deepEqual(report?.hosts[ROLE], { kind: 'returned' });
    isAll(hosts, OLD);
  });

  it('takes all back for one whose first boot does not end', () => {
    const hosts = council();
    hosts.join(ROLE, 'i-4', { current: 'none', booting: true });
    const report = run(hosts);
    assert.equal(report?.reason, 'sip-gateway: i-4: its first boot has not ended');
    assert.deepEqual(report?.hosts[ROLE], {
      kind: 'stuck',
      reason: 'not taken back: i-4: its first boot has not ended',
    });
    assert.deepEqual(
      GROUP.map((id) => hosts.host(id).current),
      [OLD, OLD, OLD],
    );
  });

  it('says why where the group cannot be listed, and touches none of it', () => {
    const hosts = council();
    hosts.fault = (order) =>
      order.kind === 'members' && order.role === ROLE ? 'EC2: RequestLimitExceeded' : undefined;
    const report = run(hosts);
    assert.equal(report?.reason, 'sip-gateway: EC2: RequestLimitExceeded');
    assert.deepEqual(switches(hosts), []);
    for (const role of OTHERS) assert.deepEqual(report?.hosts[role], { kind: 'returned' });
  });

  it('stops where the group has no instance', () => {
    const hosts = council();
    for (const id of GROUP) hosts.leave(ROLE, id);
    assert.equal(run(hosts)?.reason, 'sip-gateway: no instance of it is running');
  });

  it('goes from one to the next, each after the gate of the one before', () => {
    const hosts = council();
    const looks: string[] = [];
    hosts.fault = (order) => {
      if (order.kind === 'switch' || order.kind === 'look') looks.push(`${order.kind} ${order.member ?? order.role}`);
      return undefined;
    };
    assert.equal(run(hosts)?.ok, true);
    const course = looks.filter((text, place) => text.includes(' i-') && looks[place - 1] !== text);
    assert.deepEqual(
      course,
      GROUP.flatMap((id) => [`look ${id}`, `switch ${id}`, `look ${id}`]),
    );
    isAll(hosts, NEW);
    assert.deepEqual(hosts.done.at(-1), `prove ${NEW}`);
  });

  it('touches none that serves with it already', () => {
    const hosts = council();
    run(hosts);
    hosts.done.length = 0;
    assert.equal(run(hosts)?.ok, true);
    assert.deepEqual(switches(hosts), []);
  });

  it('goes on without one that left the group, before its turn or in the middle of it', () => {
    for (const moment of ['look', 'switch']) {
      const hosts = council();
      hosts.fault = (order) => {
        const isNow = (order.kind === 'look' || order.kind === 'switch') && order.kind === moment;
        if (!isNow || order.member !== 'i-2') return undefined;
        if (hosts.hosts.has('i-2')) hosts.leave(ROLE, 'i-2');
        return 'i-2: InvalidInstanceId';
      };
      assert.equal(run(hosts)?.ok, true, moment);
      assert.ok(hosts.told.includes('sip-gateway: i-2 has left the group'), moment);
      isAll(hosts, NEW);
    }
  });

  it('brings it to one that came meanwhile with the release before', () => {
    const hosts = council();
    hosts.fault = (order) => {
      if (order.kind === 'switch' && order.member === 'i-3') hosts.join(ROLE, 'i-4', { current: OLD });
      return undefined;
    };
    assert.equal(run(hosts)?.ok, true);
    assert.equal(hosts.groups.get(ROLE)?.length, 4);
    isAll(hosts, NEW);
  });

  it('waits for one on its first boot, which takes the wanted release by itself', () => {
    const hosts = council();
    let waited = 0;
    hosts.join(ROLE, 'i-4', { current: 'none', booting: true });
    hosts.fault = (order) => {
      const young = hosts.host('i-4');
      if (order.kind === 'wait' && young.booting && young.wanted === NEW && ++waited === 2)
        Object.assign(young, { booting: false, current: young.wanted });
      return undefined;
    };
    assert.equal(run(hosts)?.ok, true);
    assert.ok(!switches(hosts).some((text) => text.startsWith('i-4')));
    isAll(hosts, NEW);
  });

  it('leaves one in peace that waits for its last call', () => {
    const hosts = council();
    hosts.host('i-2').leaving = true;
    assert.equal(run(hosts)?.ok, true);
    assert.equal(hosts.host('i-2').current, OLD);
    assert.equal(hosts.host('i-2').pid, 1);
    assert.ok(hosts.told.includes('sip-gateway: i-2 leaves the group and stays as it is'));
  });

  it('can be interrupted at any step, and begun again', () => {
    for (let most = 0; most < 90; most++) {
      const hosts = council();
      run(hosts, most);
      assert.equal(run(hosts)?.ok, true, `interrupted after ${most} steps`);
      isAll(hosts, NEW);
      assert.equal(hosts.outages, 0, `interrupted after ${most} steps`);
    }
  });
});
