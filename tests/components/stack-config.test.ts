import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { planOf, SECRET } from '../../components/plan/index.ts';
import { readStackConfig, type StackConfig, StackConfigError, stackConfig } from '../../components/stack-config.ts';
import { BROKEN_PROD, BROKEN_ROLLBACK, BROKEN_STAGING, type BrokenConfig } from './config/broken-configs.ts';
import { LEAST, LEAST_PROD, LEAST_ROLLBACK } from './config/stack-texts.ts';

const key = (name: string): string => (name.includes(':') ? name : `guardian-council:${name}`);

/** `base` with the differences of a row. */
function changed(base: Readonly<Record<string, string>>, differs: BrokenConfig['differs']): Record<string, string> {
  const texts = { ...base };
  for (const [name, value] of Object.entries(differs))
    if (value === undefined) delete texts[key(name)];
    else texts[key(name)] = value;
  return texts;
}

function problemsOf(
  stack: string,
  texts: Record<string, string>,
  secretKeys: readonly string[] = [],
): StackConfigError {
  try {
    stackConfig(stack, texts, secretKeys);
  } catch (error) {
    if (error instanceof StackConfigError) return error;
    throw error;
  }
  return assert.fail('the configuration was accepted');
}

function refusesExactly(stack: string, texts: Record<string, string>, lines: readonly string[]): void {
  const { message, problems } = problemsOf(stack, texts);
  const count = lines.length === 1 ? 'a problem' : `${lines.length} problems`;
  assert.equal(message, [`the configuration of stack ${stack} has ${count}:`, ...lines].join('\n'));
  assert.equal(problems.length, lines.length);
}

describe('stackConfig', () => {
  describe('refuses, from a staging configuration,', () => {
    for (const { title, differs, lines } of BROKEN_STAGING)
      it(title, () => refusesExactly('staging', changed(LEAST, differs), lines));
  });

  describe('refuses, from a production configuration,', () => {
    for (const { title, differs, lines } of BROKEN_PROD)
      it(title, () => refusesExactly('prod', changed(LEAST_PROD, differs), lines));
  });

  describe('refuses, from the configuration of a rollback stack,', () => {
    for (const { title, differs, lines } of BROKEN_ROLLBACK)
      it(title, () => refusesExactly('rollback-7', changed(LEAST_ROLLBACK, differs), lines));
  });

  it('reads of a rollback stack what it stands in for, and whether it has the addresses yet', () => {
    const read = (differs: Record<string, string>) =>
      stackConfig('rollback-7', changed(LEAST_ROLLBACK, differs), []).rollback;
    assert.deepEqual(read({}), { of: 'prod', takeAddresses: false });
    assert.deepEqual(read({ takeAddresses: 'true' }), { of: 'prod', takeAddresses: true });
  });

  it('refuses an empty configuration with every key that is required', () => {
    const { problems } = problemsOf('trial', {});
    assert.deepEqual(
      problems.map((problem) => problem.key),
      Object.keys(LEAST),
    );
    assert.ok(problems.every(({ value }) => value === undefined));
  });

  it('carries each problem with its key, its value and what is allowed', () => {
    const { problems } = problemsOf('trial', changed(LEAST, { maxExperts: '101', 'aws:region': undefined }));
    assert.deepEqual(problems, [
      { key: 'aws:region', value: undefined, message: 'must be the name of an AWS region, such as eu-central-1' },
      { key: 'guardian-council:maxExperts', value: '101', message: 'must be a whole number from 1 to 100' },
    ]);
  });

  it('cuts what is far too long to be read', () => {
    const { message } = problemsOf('trial', changed(LEAST, { amiId: 'x'.repeat(5000) }));
    assert.ok(message.includes(`guardian-council:amiId = ${'x'.repeat(400)}… (5000 characters): must be ami-`));
  });

  it('is an error whose message alone the Pulumi CLI prints', () => {
    assert.ok(pulumi.RunError.isInstance(problemsOf('trial', {})));
  });

  it('fills in the defaults, which are the sizes of the requirements', () => {
    const gatekeeper = { instanceType: 'c7i.large', volumeGb: 100, dataGb: 20 };
    const expected: StackConfig = {
      stack: 'trial',
      environment: 'staging',
      region: 'eu-central-1',
      availabilityZones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
      vpcCidr: '10.30.0.0/16',
      subnetCidrs: ['10.30.0.0/20', '10.30.16.0/20', '10.30.32.0/20'],
      adminCidrs: ['198.51.100.0/24'],
      amiId: 'ami-02003f9f0fde924ea',
      hosts: {
        'gatekeeper-primary': gatekeeper,
        'gatekeeper-secondary': gatekeeper,
        mcu: { instanceType: 'c7i.2xlarge', volumeGb: 100, dataGb: undefined },
        'sip-gateway': { instanceType: 'c7i.xlarge', volumeGb: 100, dataGb: undefined },
        monitoring: { instanceType: 'c7i.xlarge', volumeGb: 100, dataGb: 20 },
      },
      rollback: undefined,
      addressesLentTo: undefined,
      sipGateways: { least: 1, most: 1 },
      gatekeeperId: undefined,
      primaryRasPort: 1719,
      secondaryRasPort: 1720,
      dns: undefined,
      contacts: { onCall: undefined, technicalLead: undefined, council: undefined },
      councilBandwidthBps: 100_000_000,
      maxParticipants: 25,
      maxExperts: 10,
      mcuEngine: 'jitsi',
      release: undefined,
      flowLogDays: 90,
      monthlyBudgetUsd: 1500,
      witnessLockDays: 90,
      witnessRetentionDays: 90,
    };
    assert.deepEqual(stackConfig('trial', LEAST, []), expected);
  });

  it('takes every key that is given', () => {
    const release = '0123456789abcdef'.repeat(4);
    const given = {
      environment: 'prod',
      vpcCidr: '192.168.0.0/24',
      subnetCidrs: '["192.168.0.0/28","192.168.0.16/28","192.168.0.128/25"]',
      adminCidrs: '["10.0.0.0/8","100.64.0.0/10","203.0.0.0/16","198.51.100.7/32"]',
      gatekeeperInstanceType: 'c7a.xlarge',
      mcuInstanceType: 'm7i.4xlarge',
      sipGatewayInstanceType: 'c6in.2xlarge',
      monitoringInstanceType: 'r8i.xlarge',
      gatekeeperVolumeGb: '101',
      mcuVolumeGb: '102',
      sipGatewayVolumeGb: '103',
      monitoringVolumeGb: '16384',
      gatekeeperDataGb: '10',
      monitoringDataGb: '16384',
      sipGatewayMin: '1',
      sipGatewayMax: '1',
      gatekeeperId: 'Council.Zone_1-a',
      addressesLentTo: 'rollback-7',
      flowLogDays: '3653',
      monthlyBudgetUsd: '1000000',
      primaryRasPort: '21719',
      secondaryRasPort: '1024',
      councilBandwidthBps: '50000000',
      maxParticipants: '12',
      maxExperts: '100',
      mcuEngine: 'kurento',
      release,
      witnessLockDays: '365',
      witnessRetentionDays: '3650',
    };
    const gatekeeper = { instanceType: 'c7a.xlarge', volumeGb: 101, dataGb: 10 };
    assert.deepEqual(stackConfig('prod-eu', changed(LEAST_PROD, given), []), {
      stack: 'prod-eu',
      environment: 'prod',
      region: 'eu-central-1',
      availabilityZones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
      vpcCidr: '192.168.0.0/24',
      subnetCidrs: ['192.168.0.0/28', '192.168.0.16/28', '192.168.0.128/25'],
      adminCidrs: ['10.0.0.0/8', '100.64.0.0/10', '203.0.0.0/16', '198.51.100.7/32'],
      amiId: 'ami-02003f9f0fde924ea',
      hosts: {
        'gatekeeper-primary': gatekeeper,
        'gatekeeper-secondary': gatekeeper,
        mcu: { instanceType: 'm7i.4xlarge', volumeGb: 102, dataGb: undefined },
        'sip-gateway': { instanceType: 'c6in.2xlarge', volumeGb: 103, dataGb: undefined },
        monitoring: { instanceType: 'r8i.xlarge', volumeGb: 16_384, dataGb: 16_384 },
      },
      rollback: undefined,
      addressesLentTo: 'rollback-7',
      sipGateways: { least: 1, most: 1 },
      gatekeeperId: 'Council.Zone_1-a',
      primaryRasPort: 21_719,
      secondaryRasPort: 1024,
      dns: { domain: 'council.example.org', hostedZoneId: 'Z0123456789EXAMPLE' },
      contacts: { onCall: 'on-call@example.org', technicalLead: 'lead@example.org', council: 'council@example.org' },
      councilBandwidthBps: 50_000_000,
      maxParticipants: 12,
      maxExperts: 100,
      mcuEngine: 'kurento',
      release,
      flowLogDays: 3653,
      monthlyBudgetUsd: 1_000_000,
      witnessLockDays: 365,
      witnessRetentionDays: 3650,
    });
  });

  it('lets both gatekeepers have one RAS port, and a stack of any other name be staging', () => {
    const texts = changed(LEAST, { secondaryRasPort: '1719' });
    assert.equal(stackConfig('rollback-7', texts, []).secondaryRasPort, 1719);
  });

  it('leaves the keys of providers to them', () => {
    const texts = {
      ...LEAST,
      'docker:host': 'unix:///x',
      'pulumi:tags': '{}',
    };
    assert.equal(stackConfig('trial', texts, []).region, 'eu-central-1');
  });
});

describe('secret keys', () => {
  const onCall = 'guardian-council:onCallContact';

  it('makes a secret contact a secret output, and leaves a plain one plain', async () => {
    const { contacts } = stackConfig('prod', LEAST_PROD, [onCall]);
    assert.ok(pulumi.Output.isInstance(contacts.onCall));
    assert.equal(await pulumi.isSecret(pulumi.output(contacts.onCall)), true);
    const address = await new Promise((resolve) => pulumi.output(contacts.onCall).apply(resolve));
    assert.equal(address, 'on-call@example.org');
    assert.equal(contacts.technicalLead, 'lead@example.org');
    assert.equal(contacts.council, 'council@example.org');
  });

  it('shows the value of a broken secret in no part of the error', () => {
    const texts = changed(LEAST_PROD, { onCallContact: 'hunter2 at example', colour: 'hunter3' });
    const error = problemsOf('prod', texts, [onCall, 'guardian-council:colour']);
    assert.deepEqual(error.message.split('\n'), [
      'the configuration of stack prod has 2 problems:',
      'guardian-council:onCallContact = [secret]: must be an e-mail address, given in prod; may be secret',
      'guardian-council:colour = [secret]: must be removed, there is no such key',
    ]);
    assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes('hunter'));
  });

  it('refuses a secret that plans would show, without quoting it, and compares nothing with it', () => {
    const texts = changed(LEAST, { vpcCidr: '10.99.0.0/33', primaryRasPort: '5060' });
    const error = problemsOf('trial', texts, ['guardian-council:vpcCidr', 'guardian-council:primaryRasPort']);
    assert.deepEqual(error.message.split('\n'), [
      'the configuration of stack trial has 2 problems:',
      'guardian-council:vpcCidr = [secret]: must not be secret: plans and reviews show it; only contacts may be',
      'guardian-council:primaryRasPort = [secret]: must not be secret: plans and reviews show it; only contacts may be',
    ]);
  });
});

describe('readStackConfig', () => {
  it('reads the stack, its values and which are secret from the running program', async () => {
    let read: StackConfig | undefined;
    const values = { config: { ...LEAST_PROD }, secretKeys: ['guardian-council:councilContact'] };
    const plan = await planOf('prod-eu', values, async () => {
      read = readStackConfig();
      return { council: read.contacts.council, lead: read.contacts.technicalLead };
    });
    const { contacts: expected, ...rest } = stackConfig('prod-eu', LEAST_PROD, []);
    const { contacts, ...same } = read ?? assert.fail('nothing was read');
    assert.deepEqual(same, rest);
    assert.equal(contacts.onCall, expected.onCall);
    assert.deepEqual(plan.outputs, { council: SECRET, lead: 'lead@example.org' });
  });

  it('ends a program whose configuration is broken before it registers anything', async () => {
    const values = { config: changed(LEAST, { maxExperts: 'ten' }), secretKeys: [] };
    const program = async (): Promise<unknown> => readStackConfig();
    await assert.rejects(planOf('trial', values, program), {
      name: 'StackConfigError',
      code: 'STACK_CONFIG_INVALID',
      message:
        'the configuration of stack trial has a problem:\n' +
        'guardian-council:maxExperts = ten: must be a whole number from 1 to 100',
    });
  });
});
