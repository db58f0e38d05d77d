import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HOST_ROLES } from '../../components/hosts.ts';
import { planOfProgram } from '../support/program-plan.ts';

const LAUNCHER = fileURLToPath(new URL('../../components/secrets/manifest.mjs', import.meta.url));
const run = (...args: readonly string[]) => spawnSync(process.execPath, [LAUNCHER, ...args], { encoding: 'utf8' });

describe('the manifest of a stack’s secrets', function () {
  this.timeout(60_000);

  it('is refused for a stack that is not there', () => {
    const { status, stdout, stderr } = run('nope');
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /^there is no stack nope: Pulumi\.nope\.yaml is missing/);
    assert.equal(run('../prod').status, 2);
    assert.equal(run().status, 2);
  });

  for (const stack of ['prod', 'staging'])
    it(`of ${stack} is the same from the stack's file and from the program's outputs`, async () => {
      const { status, stdout, stderr } = run(stack);
      assert.deepEqual([status, stderr], [0, '']);
      const { outputs } = await planOfProgram(stack);
      assert.deepEqual(JSON.parse(stdout), outputs['secrets']);
    });

  it('says what each host reads, and who it is', () => {
    const manifest = JSON.parse(run('prod').stdout);
    assert.deepEqual(Object.keys(manifest.hosts), ['gatekeeper-primary', 'gatekeeper-secondary', 'mcu', 'monitoring']);
    assert.deepEqual(
      [manifest.region, manifest.zone, manifest.networks, manifest.pkiPath],
      ['eu-central-1', 'guardian-council-prod', ['10.20.0.0/16'], '/guardian-council/prod/pki'],
    );
    assert.deepEqual(manifest.hosts.mcu, {
      address: '10.20.32.10',
      path: '/guardian-council/prod/secrets/mcu',
      made: ['root/jitsi.env'],
      given: [],
      optional: ['jitsi/cert.crt', 'jitsi/cert.key'],
    });
  });

  it('keeps what certificates are made with away from every host’s role', async () => {
    const plan = await planOfProgram('prod');
    const policies = plan.resources.filter(({ type }) => type === 'aws:iam/rolePolicy:RolePolicy');
    const hosts = policies.filter(({ name }) => HOST_ROLES.some((role) => role === name));
    assert.equal(hosts.length, HOST_ROLES.length);
    for (const { name, inputs } of hosts) {
      const { Statement }: { Statement: { Action: string[]; Resource: string[] }[] } = JSON.parse(
        String(inputs['policy']),
      );
      const readers = Statement.filter(({ Action }) =>
        Action.some((action) => /^ssm:(?:Get|\*)Parameter/.test(action)),
      );
      for (const { Resource } of readers)
        for (const arn of Resource)
          assert.match(
            arn,
            new RegExp(
              `^(?:arn:aws:ssm:eu-central-1:\\*:parameter/guardian-council/prod/secrets/${name}(?:/\\*)?|<Parameter release\\.arn>/${name})$`,
            ),
          );
    }
  });
});
