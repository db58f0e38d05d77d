import assert from 'node:assert/strict';
import { readEngineRun } from '../../../components/plan/engine-events.ts';
import { eventLog, policyEvent, stepEvent, urnOf } from './engine-log.ts';

describe('the event log of a run of Pulumi', () => {
  it('is refused where a line is no event, with its number, and not where the last line was cut off', () => {
    const good = JSON.stringify(stepEvent('create', 'Vpc', 'council'));
    for (const bad of ['{', '[]', '"text"', '{"resourcePreEvent":{}}', '{"policyEvent":{"message":1}}'])
      assert.throws(() => readEngineRun(`${good}\n${bad}\n${good}\n`), {
        name: 'EventLogError',
        message: 'line 2 of the event log is no engine event',
      });
    assert.equal(readEngineRun(`${good}\n${good.slice(0, 30)}`).planned.length, 1);
    assert.deepEqual(readEngineRun(''), { planned: [], done: [], failed: [], violations: [], problems: [] });
  });

  it('says of each resource once what would be done to it, with its inputs before and after', () => {
    const { planned, done } = readEngineRun(
      eventLog(
        stepEvent('same', 'Vpc', 'council', { before: { cidr: 1 }, after: { cidr: 1 } }),
        stepEvent('read', 'Vpc', 'other'),
        stepEvent('create', 'Eip', 'mcu', { after: { domain: 'vpc' } }),
        stepEvent('update', 'Topic', 'alarms', { before: { name: 'a' }, after: { name: 'b' } }),
        stepEvent('delete', 'Key', 'old', { before: { days: 7 } }),
        stepEvent('delete-replaced', 'Instance', 'mcu', { before: { ami: 'ami-1' } }),
        stepEvent('create-replacement', 'Instance', 'mcu', { before: { ami: 'ami-1' }, after: { ami: 'ami-2' } }),
        stepEvent('replace', 'Instance', 'mcu', { before: { ami: 'ami-1' }, after: { ami: 'ami-2' } }),
      ),
    );
    assert.deepEqual(done, []);
    assert.deepEqual(planned, [
      { urn: urnOf('Eip', 'mcu'), operation: 'create', before: {}, after: { domain: 'vpc' } },
      { urn: urnOf('Topic', 'alarms'), operation: 'update', before: { name: 'a' }, after: { name: 'b' } },
      { urn: urnOf('Key', 'old'), operation: 'delete', before: { days: 7 }, after: {} },
      { urn: urnOf('Instance', 'mcu'), operation: 'replace', before: { ami: 'ami-1' }, after: { ami: 'ami-2' } },
    ]);
  });

  it('tells what was done from what was only planned', () => {
    const { planned, done, failed } = readEngineRun(
      eventLog(
        stepEvent('create', 'Eip', 'mcu'),
        stepEvent('create', 'Vpc', 'council'),
        stepEvent('create', 'Eip', 'mcu', { phase: 'resOutputsEvent', planning: false }),
        { resOpFailedEvent: { metadata: { urn: urnOf('Vpc', 'council') }, status: 0, steps: 0 } },
      ),
    );
    assert.deepEqual(
      [planned.map(({ urn }) => urn), done.map(({ urn }) => urn), failed],
      [[urnOf('Eip', 'mcu'), urnOf('Vpc', 'council')], [urnOf('Eip', 'mcu')], [urnOf('Vpc', 'council')]],
    );
  });

  it('holds no secret: none that Pulumi marks, none that looks like a key, and nothing of Pulumi’s own', () => {
    const secret = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext: 'AAAB' };
    const pem = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----';
    const after = {
      __defaults: ['x'],
      list: [secret, { inner: secret }],
      pem: `a ${pem} b`,
      id: 'AKIAIOSFODNN7EXAMPLE',
    };
    const { planned, problems } = readEngineRun(
      eventLog(stepEvent('create', 'Parameter', 'p', { after }), {
        diagnosticEvent: { message: `denied for ASIAIOSFODNN7EXAMPLE`, severity: 'error', color: 'never' },
      }),
    );
    assert.deepEqual(planned[0]?.after, {
      list: ['[secret]', { inner: '[secret]' }],
      pem: 'a [secret] b',
      id: '[secret]',
    });
    assert.deepEqual(problems, [{ urn: '', message: 'denied for [secret]' }]);
  });

  it('says of a value that comes to be later that it is not known', () => {
    const after = { vpcId: '04da6b54-80e4-46f7-96ec-b56ff0331ba9' };
    assert.deepEqual(readEngineRun(eventLog(stepEvent('create', 'Subnet', 's', { after }))).planned[0]?.after, {
      vpcId: '<not known yet>',
    });
  });

  it('takes errors, and neither warnings nor what is shown for a moment; and what preview and update both say, once', () => {
    const diagnostic = (severity: string, message: string, ephemeral = false): unknown => ({
      diagnosticEvent: { urn: urnOf('Eip', 'mcu'), message, severity, ephemeral, color: 'never' },
    });
    const { problems, violations } = readEngineRun(
      eventLog(
        diagnostic('warning', 'w'),
        diagnostic('error', 'passing', true),
        diagnostic('error', 'quota'),
        diagnostic('error', 'quota'),
        policyEvent('mandatory', 'no-public-bucket', 'public'),
        policyEvent('advisory', 'tags', 'no Name'),
        policyEvent('mandatory', 'no-public-bucket', 'public'),
      ),
    );
    assert.deepEqual(problems, [{ urn: urnOf('Eip', 'mcu'), message: 'quota' }]);
    assert.deepEqual(violations, [
      { urn: urnOf('Bucket', 'witness'), policy: 'no-public-bucket', message: 'public', isMandatory: true },
      { urn: urnOf('Bucket', 'witness'), policy: 'tags', message: 'no Name', isMandatory: false },
    ]);
  });
});
