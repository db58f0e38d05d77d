import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ZoneKeys } from '../../runtime/ha/index.ts';
import { bandwidthUnits } from '../../runtime/units.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { GUARDIAN, LabZone, MCU, type Member, ZONE } from '../support/lab-zone.ts';
import { until } from '../support/until.ts';

const state = ({ running }: Member) => {
  const { endpoints, calls } = running.machine.state;
  return { endpoints: endpoints.size, legs: calls.legs, units: calls.units };
};

describe('a zone of two gatekeepers', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();
  let zone: LabZone;
  beforeEach(() => {
    zone = new LabZone(folder());
  });
  afterEach(() => zone.stop());

  it('has one leader, whose answers the other one has too before they leave', async () => {
    const { leader, standby } = await zone.pair();
    await zone.guardian(MCU);
    const guardian = await zone.guardian(GUARDIAN);
    const { granted } = await guardian.admit({
      destination: { kind: 'url-ID', value: MCU },
      bandwidth: bandwidthUnits(20_000),
    });
    assert.deepEqual(state(leader), { endpoints: 2, legs: 1, units: granted });
    await until(() => state(standby).legs === 1);
    assert.deepEqual(state(standby), state(leader));
  });

  it('is handed over by order: calls go on, nobody registers anew, and the one before follows', async () => {
    const { leader, standby } = await zone.pair();
    await zone.guardian(MCU);
    const guardian = await zone.guardian(GUARDIAN);
    const call = await guardian.admit({
      destination: { kind: 'url-ID', value: MCU },
      bandwidth: bandwidthUnits(20_000),
    });
    leader.running.handOver();
    await zone.role(standby, 'leading');
    await zone.role(leader, 'standby');
    assert.deepEqual(state(standby), { endpoints: 2, legs: 1, units: call.granted });
    const sent = standby.running.machine.state.statistics.sent;
    await guardian.changeBandwidth(call.call, bandwidthUnits(8000));
    assert.equal(sent.BCF, 1);
    await guardian.disengage(call.call);
    assert.deepEqual([sent.DCF, sent.RCF], [1, 0]);
    await until(() => state(leader).legs === 0);
    const log = readdirSync(join(standby.dataDir, 'logs/ha'));
    const lines = readFileSync(join(standby.dataDir, 'logs/ha', log[0] ?? ''), 'utf8');
    assert.match(
      lines,
      /"msg_type": "GATEKEEPER_SWITCHOVER", "gatekeeper": "gatekeeper-secondary", "from": "gatekeeper-primary"/,
    );
  });

  it('fails over where the leader is cut off, which steps down by itself and says why it admits nobody', async () => {
    const { leader, standby } = await zone.pair();
    await zone.guardian(MCU);
    leader.client.disconnect();
    await zone.role(leader, 'isolated');
    await zone.role(standby, 'leading');
    assert.equal(standby.running.zone?.failovers, 1);
    leader.client.connect();
    await zone.role(leader, 'standby');
    assert.deepEqual(state(leader), state(standby));
  });

  it('admits nobody while the store is gone for all, lets calls live, and goes on where it was', async () => {
    const { leader, standby } = await zone.pair();
    await zone.guardian(MCU);
    const guardian = await zone.guardian(GUARDIAN);
    const to = { destination: { kind: 'url-ID', value: MCU }, bandwidth: bandwidthUnits(20_000) } as const;
    const call = await guardian.admit(to);
    for (const { client } of [leader, standby]) client.disconnect();
    await zone.role(leader, 'isolated');
    await zone.role(standby, 'isolated');
    await guardian.renew();
    const change = guardian.changeBandwidth(call.call, bandwidthUnits(9000));
    for (const { client } of [leader, standby]) client.connect();
    await change;
    const leading = [leader, standby].find(({ running }) => running.zone?.leads);
    assert(leading !== undefined);
    assert.deepEqual(state(leading), { endpoints: 2, legs: 1, units: 9000 });
  });

  it('confirms nothing that the store did not get, also to who asks again', async () => {
    const { leader, standby } = await zone.pair();
    await zone.guardian(MCU);
    const guardian = await zone.guardian(GUARDIAN);
    for (const { client } of [leader, standby]) client.disconnect();
    const to = { destination: { kind: 'url-ID', value: MCU }, bandwidth: bandwidthUnits(20_000) } as const;
    const admitted = guardian.admit(to);
    await zone.role(leader, 'isolated');
    const { sent } = leader.running.machine.state.statistics;
    await until(() => sent.ARJ > 0);
    for (const { client } of [leader, standby]) client.connect();
    const { granted } = await admitted;
    const leading = [leader, standby].find(({ running }) => running.zone?.leads);
    assert(leading !== undefined);
    assert.deepEqual(state(leading), { endpoints: 2, legs: 1, units: granted });
  });

  it('tells who is there, and shouts where their registries differ', async () => {
    const { leader, standby } = await zone.pair();
    const metrics = async ({ running: { http } }: Member): Promise<string> =>
      (await fetch(`http://${http.address}:${http.port}/metrics`)).text();
    await until(() => [leader, standby].every(({ running }) => running.zone?.members === 2));
    assert.match(await metrics(leader), /h323_gatekeeper_leader\{instance="gatekeeper-primary"\} 1/);
    assert.match(await metrics(standby), /h323_gatekeeper_leader\{instance="gatekeeper-secondary"\} 0/);
    assert.match(await metrics(standby), /h323_gatekeeper_zone_members\{instance="gatekeeper-secondary"\} 2/);
    assert.match(await metrics(leader), /h323_gatekeeper_registry_mismatch\{instance="gatekeeper-primary"\} 0/);
    leader.running.zone?.member.registryReplaced('another');
    await until(() => standby.running.zone?.registriesDiffer === true);
    assert.match(await metrics(standby), /h323_gatekeeper_registry_mismatch\{instance="gatekeeper-secondary"\} 1/);
  });

  it('hands over when its leader stops, and sends on what still comes meanwhile', async () => {
    const { leader, standby } = await zone.pair();
    const guardian = await zone.guardian(MCU);
    const stopped = leader.running.stop();
    await zone.role(standby, 'leading');
    await guardian.renew();
    await stopped;
    zone.members.shift();
    assert.equal(standby.running.machine.state.statistics.sent.RCF, 1);
    assert.equal(standby.running.zone?.failovers, 0);
  });

  it('keeps its state below the zone in the store, and nothing that opens a door in the clear', async () => {
    await zone.pair();
    await zone.guardian(MCU);
    const { entries } = await zone.store.client().read(new ZoneKeys(ZONE).prefix);
    const kinds = new Set(
      entries.map(({ key }) => key.slice(new ZoneKeys(ZONE).prefix.length).split('/').slice(0, 2).join('/')),
    );
    assert.deepEqual([...kinds].map((kind) => kind.replace(/\d+$/, 'TERM')).toSorted(), [
      'chain/TERM',
      'leader',
      'members/gatekeeper-primary',
      'members/gatekeeper-secondary',
      'state/answers',
      'state/endpoint',
    ]);
  });
});
