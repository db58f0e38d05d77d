/** The zone's key is replaced, host by host, while guardians are in calls; over UDP. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeKey, keyPairFromSeed } from '../../runtime/config/index.ts';
import type { GuardianEvent } from '../../runtime/guardian/index.ts';
import { bandwidthUnits, milliseconds } from '../../runtime/units.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { GUARDIAN, LabZone, MCU } from '../support/lab-zone.ts';
import { until } from '../support/until.ts';

const CIVIC = 'if://guardian/civic';
const SEED = new Uint8Array(32).fill(0x4e);
/** What happens to a guardian whom nothing keeps from its calls. */
const ORDINARY = ['discovered', 'admitted', 'bandwidthChanged', 'renewed', 'disengaged', 'refusedDatagram'];
/** Of those who wait in vain. */
const PATIENCE = milliseconds(2000);
const TO_MCU = { destination: { kind: 'url-ID', value: MCU }, bandwidth: bandwidthUnits(10_000) } as const;

describe('a zone whose key is replaced', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let zone: LabZone;
  let nextFile: string;
  const next = keyPairFromSeed(SEED).publicKey;
  beforeEach(() => {
    zone = new LabZone(folder());
    nextFile = join(folder(), 'next.key');
    writeFileSync(nextFile, encodeKey(SEED), { mode: 0o600 });
  });
  afterEach(() => zone.stop());

  const kinds = (events: readonly GuardianEvent[]): readonly string[] => events.map(({ kind }) => kind);

  it('keeps and admits a guardian who knows both keys, also while its gatekeepers differ; one with the old alone gets nothing', async () => {
    const { leader, standby } = await zone.pair();
    const old = leader.running.publicKey;
    const [events, left]: [GuardianEvent[], GuardianEvent[]] = [[], []];
    await zone.guardian(MCU, { publicKeys: [old, next] });
    const knowing = await zone.guardian(GUARDIAN, { publicKeys: [next, old], events });
    let { call } = await knowing.admit(TO_MCU);
    /** A guardian has one session: the call ends, and another one is asked for. */
    const again = async (): Promise<void> => {
      assert.equal(await knowing.disengage(call), true);
      ({ call } = await knowing.admit(TO_MCU));
    };
    const behind = await zone.guardian(CIVIC, { publicKeys: [old], events: left, patience: PATIENCE });

    // One host after the other: first the one that stands by.
    const second = await zone.restart(standby, nextFile);
    await zone.role(second, 'standby');
    assert.deepEqual(second.running.publicKey, next);
    assert.equal(await knowing.changeBandwidth(call, bandwidthUnits(9000)), 9000);
    await again();
    await behind.renew();

    leader.running.handOver();
    await zone.role(second, 'leading');
    await zone.role(leader, 'standby');
    assert.equal(await knowing.changeBandwidth(call, bandwidthUnits(8000)), 8000);
    await again();
    await assert.rejects(
      behind.admit(TO_MCU),
      { name: 'GuardianRefusedError', message: /wrong signature/ },
      'what the new key signs is nothing to it',
    );
    assert.ok(left.some((event) => event.kind === 'refusedDatagram' && event.why === 'wrong signature'));
    assert.ok(!kinds(left).includes('admitted'));

    // Then the other one, which leads again afterwards.
    const first = await zone.restart(leader, nextFile);
    await zone.role(first, 'standby');
    second.running.handOver();
    await zone.role(first, 'leading');
    assert.equal(await knowing.changeBandwidth(call, bandwidthUnits(7000)), 7000);
    await again();

    // An answer to a request that was sent twice comes twice, too, on a busy machine: that is 'unexpected'.
    const doubted = events.filter((event) => event.kind === 'refusedDatagram' && event.why !== 'unexpected');
    assert.deepEqual(doubted, []);
    assert.deepEqual(
      kinds(events).filter((kind) => !ORDINARY.includes(kind)),
      ['registered'],
      'it was never lost, dropped or registered anew',
    );
    assert.equal(kinds(events).filter((kind) => kind === 'admitted').length, 4);
  });

  it('believes a retired key no more: a guardian who knows the new one alone takes nothing of a gatekeeper left behind', async () => {
    const { leader, standby } = await zone.pair();
    const second = await zone.restart(standby, nextFile);
    await zone.role(second, 'standby');
    leader.running.handOver();
    await zone.role(second, 'leading');
    await zone.role(leader, 'standby');
    const events: GuardianEvent[] = [];
    await zone.guardian(MCU, { publicKeys: [next], patience: PATIENCE });
    const guardian = await zone.guardian(GUARDIAN, { publicKeys: [next], events, patience: PATIENCE });
    const { granted } = await guardian.admit(TO_MCU);
    assert.equal(granted, 10_000);
    second.running.handOver();
    await zone.role(leader, 'leading');
    await until(() => second.running.zone?.member.role.kind === 'standby');
    await assert.rejects(guardian.renew(), { name: 'GuardianRefusedError' });
    assert.ok(events.some((event) => event.kind === 'refusedDatagram' && event.why === 'wrong signature'));
  });
});
