import assert from 'node:assert/strict';
import { type Call, Cloud } from '../../lab/provider/index.ts';
import { GATEKEEPERS, outages, Serving, secondVoters, Voters } from './support/serving.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const CARD = 'aws:ec2/networkInterface:NetworkInterface';
const ADDRESS = 'aws:ec2/eipAssociation:EipAssociation';
const DATA = 'aws:ec2/volumeAttachment:VolumeAttachment';
const GATE = 'command:local:Command';

/** An account with both gatekeepers; ids are `TYPE-NAME`. */
function pair(): Cloud {
  const cloud = new Cloud();
  for (const host of GATEKEEPERS)
    for (const type of [INSTANCE, CARD, ADDRESS, DATA]) {
      const name = type === DATA ? `${host}-data` : host;
      cloud.put({ type, name, id: `${type}-${name}`, urn: '', inputs: {}, outputs: {} });
    }
  return cloud;
}

/** Calls from `action phase type name id`. */
const calls = (...lines: readonly [Call['action'], Call['phase'], string, string, string?][]): Call[] =>
  lines.map(([action, phase, type, name, id = `${type}-${name}`], index) => ({
    ...{ seq: index + 1, at: 0, urn: '' },
    ...{ action, phase, type, name, id },
  }));

describe('who serves', () => {
  it('is nobody in an account that is empty, and whoever has passed a gate afterwards', () => {
    const serving = new Serving();
    const found = outages(
      calls(
        ['create', 'end', CARD, 'gatekeeper-secondary'],
        ['create', 'end', ADDRESS, 'gatekeeper-secondary'],
        ['create', 'end', INSTANCE, 'gatekeeper-secondary'],
        ['create', 'end', DATA, 'gatekeeper-secondary-data'],
      ),
      serving,
    );
    assert.deepEqual([found, serving.now], [[], []]);
    outages(calls(['create', 'end', GATE, 'gatekeeper-secondary-healthy']), serving);
    assert.deepEqual(serving.now, ['gatekeeper-secondary']);
  });

  it('is both in an account where both are', () => assert.deepEqual(new Serving(pair()).now, GATEKEEPERS));

  it('is never nobody when one goes after the other, with a gate in between', () => {
    const found = outages(
      calls(
        ['delete', 'begin', INSTANCE, 'gatekeeper-secondary'],
        ['delete', 'end', INSTANCE, 'gatekeeper-secondary'],
        ['create', 'begin', INSTANCE, 'gatekeeper-secondary', ''],
        ['create', 'end', INSTANCE, 'gatekeeper-secondary', 'i-new'],
        ['create', 'end', GATE, 'gatekeeper-secondary-healthy'],
        ['delete', 'begin', INSTANCE, 'gatekeeper-primary'],
      ),
      new Serving(pair()),
    );
    assert.deepEqual(found, []);
  });

  it('is nobody when the second goes before the gate was passed', () => {
    const found = outages(
      calls(
        ['delete', 'begin', INSTANCE, 'gatekeeper-secondary'],
        ['create', 'end', INSTANCE, 'gatekeeper-secondary', 'i-new'],
        ['create', 'fail', GATE, 'gatekeeper-secondary-healthy'],
        ['delete', 'begin', INSTANCE, 'gatekeeper-primary'],
      ),
      new Serving(pair()),
    );
    assert.deepEqual(found, [`4: delete of ${INSTANCE} gatekeeper-primary, begin`]);
  });

  for (const [type, name] of [
    [CARD, 'gatekeeper-primary'],
    [ADDRESS, 'gatekeeper-primary'],
    [DATA, 'gatekeeper-primary-data'],
  ] as const)
    it(`is nobody when one has no ${type} and the other goes`, () => {
      const lost = calls(['delete', 'begin', type, name]);
      const found = outages(
        [...lost, ...calls(['delete', 'begin', INSTANCE, 'gatekeeper-secondary'])],
        new Serving(pair()),
      );
      assert.equal(found.length, 1);
    });

  it('goes on when an address is associated anew before the old association goes', () => {
    const serving = new Serving(pair());
    const moved = calls(
      ['create', 'end', ADDRESS, 'gatekeeper-primary', 'eipassoc-new'],
      ['delete', 'begin', ADDRESS, 'gatekeeper-primary'],
    );
    outages(moved, serving);
    assert.deepEqual(serving.now, GATEKEEPERS);
  });

  it('is nobody when both are changed in place at once', () => {
    const found = outages(
      calls(['update', 'begin', INSTANCE, 'gatekeeper-secondary'], ['update', 'begin', INSTANCE, 'gatekeeper-primary']),
      new Serving(pair()),
    );
    assert.equal(found.length, 1);
  });
});

describe('which voters are out', () => {
  it('is one at a time when each goes after the gate behind the one before', () => {
    const voters = new Voters();
    const found = secondVoters(
      calls(
        ['delete', 'begin', DATA, 'gatekeeper-secondary-data'],
        ['delete', 'begin', INSTANCE, 'gatekeeper-secondary'],
        ['create', 'end', INSTANCE, 'gatekeeper-secondary', 'i-new'],
        ['create', 'end', GATE, 'gatekeeper-secondary-healthy'],
        ['update', 'begin', INSTANCE, 'gatekeeper-primary'],
        ['update', 'end', INSTANCE, 'gatekeeper-primary'],
        ['create', 'end', GATE, 'gatekeeper-primary-healthy'],
        ['delete', 'begin', INSTANCE, 'monitoring'],
        ['create', 'end', INSTANCE, 'monitoring', 'i-new'],
        ['create', 'end', DATA, 'monitoring-data'],
      ),
      voters,
    );
    assert.deepEqual([found, voters.out], [[], []]);
  });

  it('is two where the third is touched before a gate has found the second healthy', () => {
    const found = secondVoters(
      calls(
        ['delete', 'begin', INSTANCE, 'gatekeeper-primary'],
        ['create', 'end', INSTANCE, 'gatekeeper-primary', 'i-new'],
        ['create', 'fail', GATE, 'gatekeeper-primary-healthy'],
        ['delete', 'begin', DATA, 'monitoring-data'],
      ),
      new Voters(),
    );
    assert.deepEqual(found, [`4: delete of ${DATA} monitoring-data, while gatekeeper-primary is out`]);
  });

  it('is two where a gatekeeper goes while monitoring has no data', () => {
    const found = secondVoters(
      calls(
        ['delete', 'begin', INSTANCE, 'monitoring'],
        ['create', 'end', INSTANCE, 'monitoring', 'i-new'],
        ['update', 'begin', INSTANCE, 'gatekeeper-secondary'],
      ),
      new Voters(),
    );
    assert.equal(found.length, 1);
  });
});
