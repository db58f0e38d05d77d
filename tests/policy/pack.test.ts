/**
 * The pack's own process, started as Pulumi's language host starts it and asked as the engine asks. What this does not prove:
 * that an engine's preview of this program is what the plan says; tests/engine does, where there is one.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { POLICIES } from '../../policy/index.ts';
import { type Diagnostic, type PackProcess, startPack } from './pack-process.ts';
import { changed, planned, type Resources, withInput, without } from './planned-stack.ts';

/** Pulumi's sentinel for a text that is not known in a preview. */
const UNKNOWN_TEXT = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

const MANDATORY = 1;

describe('the policy pack as a process', function () {
  this.timeout(120_000);
  let pack: PackProcess | undefined;
  let prod: Resources = [];

  const running = (): PackProcess => pack ?? assert.fail('the pack did not start');
  const find = (type: string, name: string) =>
    prod.find((one) => one.type.endsWith(`:${type}`) && one.name === name) ?? assert.fail(`${type} ${name}`);
  const said = (diagnostics: readonly Diagnostic[]) =>
    diagnostics.map(({ policy, level, urn, message }) => [
      policy,
      level,
      urn.split('::').at(-1),
      message.split('\n')[1],
    ]);

  before(async () => {
    [pack, prod] = await Promise.all([startPack(), planned('prod')]);
  });

  after(async () => {
    await pack?.stop();
  });

  it('serves every policy', async () => {
    assert.deepEqual(
      await running().policies(),
      POLICIES.map(({ name }) => name),
    );
  });

  it('finds nothing in the plan of production, resource by resource and as a whole', async () => {
    const each = await Promise.all(prod.map((resource) => running().analyze(resource)));
    assert.deepEqual(each.flat(), []);
    assert.deepEqual(await running().analyzeStack(prod), []);
  });

  it('refuses a resource, and says which policy, why and what to do', async () => {
    const found = await running().analyze(withInput(find('Instance', 'mcu'), 'metadataOptions.httpTokens', 'optional'));
    const message = 'Instance mcu: IMDSv1 answers without a token: set metadataOptions.httpTokens to required';
    assert.deepEqual(
      found.map(({ policy, level, message: whole }) => [policy, level, whole]),
      [
        [
          'instance-metadata',
          MANDATORY,
          'A host gives out its metadata, credentials among them, by IMDSv2 only, and to nobody a hop away.\n' +
            message,
        ],
      ],
    );
  });

  it('refuses a stack, and names the resource', async () => {
    const broken = without(without(prod, ['Command', 'gatekeeper-primary-healthy']), [
      'BucketPublicAccessBlock',
      'witness',
    ]);
    assert.deepEqual(said(await running().analyzeStack(broken)), [
      [
        'private-buckets',
        MANDATORY,
        'witness',
        'Bucket witness: no BucketPublicAccessBlock is for it: make one, all four of its settings true',
      ],
      [
        'replacement-order',
        MANDATORY,
        'monitoring',
        'Instance monitoring may be touched while gatekeeper-primary is out: make it after a HealthGate of ' +
          'gatekeeper-primary',
      ],
    ]);
  });

  it('knows production by the tags of the provider', async () => {
    const bare = { ...find('Eip', 'mcu'), protect: false };
    const staging = { ...bare, defaultTags: { ...bare.defaultTags, Environment: 'staging' } };
    assert.deepEqual(
      said(await running().analyze(bare)).map(([policy]) => policy),
      ['protection'],
    );
    assert.deepEqual(await running().analyze(staging), []);
  });

  it('judges what a preview knows, and what it does not know yet keeps no policy from its work', async () => {
    const later = (resources: Resources): Resources => {
      const [first, second] = ['gatekeeper-primary', 'monitoring'].map((name) => ['Instance', name] as const);
      assert(first && second);
      const gates = ['gatekeeper-secondary-healthy', 'gatekeeper-primary-healthy'].map(
        (name) => ['Command', name] as const,
      );
      const hosts = [first, second].reduce(
        (all, key) => changed(all, key, (one) => withInput(one, 'userData', UNKNOWN_TEXT)),
        resources,
      );
      const before = changed(hosts, ['Command', 'gatekeeper-secondary-spare'], (one) =>
        withInput(one, 'triggers', [UNKNOWN_TEXT]),
      );
      return gates.reduce(
        (all, key) =>
          changed(all, key, (one) => withInput(one, 'triggers', [UNKNOWN_TEXT, UNKNOWN_TEXT, UNKNOWN_TEXT])),
        before,
      );
    };
    assert.deepEqual(await running().analyzeStack(later(prod)), []);
    // The gate names no fingerprint at all.
    const broken = changed(later(prod), ['Command', 'gatekeeper-primary-healthy'], (one) =>
      withInput(one, 'triggers', ['i-0123456789abcdef0']),
    );
    assert.deepEqual(
      said(await running().analyzeStack(broken)).map(([policy, , name]) => [policy, name]),
      [['replacement-order', 'gatekeeper-primary-healthy']],
    );
    const instance = withInput(
      withInput(find('Instance', 'mcu'), 'userData', UNKNOWN_TEXT),
      'instanceType',
      't3.micro',
    );
    assert.deepEqual(
      said(await running().analyze(instance)).map(([policy]) => policy),
      ['instance-sizes'],
    );
  });

  it('is found by its folder alone', () => {
    const read = (file: string) => readFileSync(new URL(`../../policy/${file}`, import.meta.url), 'utf8');
    assert.match(read('PulumiPolicy.yaml'), /^runtime: nodejs$/m);
    assert.equal(JSON.parse(read('package.json')).main, 'launch.cjs');
  });
});
