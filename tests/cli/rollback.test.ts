import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStackFile } from '../../components/plan/index.ts';
import { stackConfig } from '../../components/stack-config.ts';
import { canaryCommand } from '../../runtime/cli/rollback/canary.ts';
import { homes, originalOf, standInOf } from '../../runtime/cli/rollback/outputs.ts';
import { adviceThere, carryOut, StepError, wayBack, wayThere } from '../../runtime/cli/rollback/procedure.ts';
import { releaseOf, rollbackFile, takesAddresses, withAddresses } from '../../runtime/cli/rollback/stack-file.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { runMain } from '../support/run-main.ts';

const ROOT = join(import.meta.dirname, '../..');
const RELEASE = '0123456789abcdef'.repeat(4);
const stackText = (stack: string): string => readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), 'utf8');

const HOSTS = ['gatekeeper-primary', 'gatekeeper-secondary', 'mcu', 'sip-gateway', 'monitoring'];
const perHost = <T>(value: (at: number) => T): Record<string, T> =>
  Object.fromEntries(HOSTS.map((host, at) => [host, value(at)]));

const OUTPUTS = {
  region: 'eu-central-1',
  interfaces: perHost((at) => `eni-0000000${at}`),
  loan: {
    gatekeeperId: 'prod-zone',
    addresses: perHost((at) => ({ publicIp: `203.0.113.${at}`, allocationId: `eipalloc-0000000${at}` })),
    primaryRasPort: 1719,
    secondaryRasPort: 1720,
  },
};

describe('council rollback', () => {
  describe('the file of the stack that stands in', () => {
    const folder = temporaryFolder();

    for (const of of ['prod', 'staging'])
      it(`passes every rule of the configuration, made from ${of}`, () => {
        const text = rollbackFile(stackText(of), { of, release: RELEASE });
        for (const take of [false, true]) {
          writeFileSync(join(folder(), `Pulumi.rollback-${of}.yaml`), withAddresses(text, take));
          const { config, secretKeys } = readStackFile(folder(), `rollback-${of}`);
          const checked = stackConfig(`rollback-${of}`, config, secretKeys);
          assert.deepEqual(checked.rollback, { of, takeAddresses: take });
          assert.equal(checked.release, RELEASE);
        }
      });

    it('keeps what encrypted values are encrypted with, and says where it comes from', () => {
      const text = rollbackFile(
        'secretsprovider: awskms://alias/council\nencryptedkey: AbC=\n' +
          'config:\n  # A comment of prod.\n  guardian-council:onCallContact:\n    secure: v1:xyz\n  guardian-council:sipGatewayMax: 4 # two at night\n',
        { of: 'prod', release: RELEASE },
      );
      assert.match(text, /^# Written by council rollback, from Pulumi\.prod\.yaml/);
      assert.match(text, /secretsprovider: awskms:\/\/alias\/council\nencryptedkey: AbC=\n/);
      assert.match(text, /onCallContact:\n {4}secure: v1:xyz\n/);
      assert.doesNotMatch(text, /sipGatewayMax|A comment of prod|two at night/);
      assert.equal(releaseOf(text), RELEASE);
      assert.equal(takesAddresses(text), false);
      assert.equal(takesAddresses(withAddresses(text, true)), true);
    });

    it('is not made from what is no file of a stack', () => {
      for (const text of ['', 'config: [1]', 'a: [', 'x'])
        assert.throws(() => rollbackFile(text, { of: 'prod', release: RELEASE }), { name: 'UsageError' });
    });
  });

  describe('what stacks put out', () => {
    it('is refused with every name that is missing or of another kind', () => {
      const broken = { ...OUTPUTS, region: 'x; rm', loan: null };
      assert.throws(() => originalOf('prod', broken), /the stack prod .*\n {2}region: .*\n {2}loan: /);
      assert.throws(() => standInOf('rollback-prod', {}), /\n {2}instances: .*\n {2}addresses: /);
    });

    it('gives each address its home, but a group of gateways, which has none', () => {
      const group = { ...OUTPUTS, interfaces: { ...OUTPUTS.interfaces, 'sip-gateway': null } };
      assert.deepEqual(
        homes(originalOf('prod', group)).map(({ host }) => host),
        HOSTS.filter((host) => host !== 'sip-gateway'),
      );
      assert.deepEqual(homes(originalOf('prod', OUTPUTS))[1], {
        host: 'gatekeeper-secondary',
        allocationId: 'eipalloc-00000001',
        interfaceId: 'eni-00000001',
      });
    });
  });

  it('asks a canary guardian of a host to try the other gatekeeper first, by the addresses that terminals know', () => {
    const { loan } = originalOf('prod', OUTPUTS);
    const { addresses } = standInOf('rollback-prod', {
      instances: perHost((at) => `i-0000000${at}`),
      addresses: { public: perHost((at) => `203.0.113.${at}`), private: perHost((at) => `10.0.0.${at}`) },
    });
    assert.equal(
      canaryCommand({ from: 'gatekeeper-secondary', terminalId: 'if://canary/validation', loan, addresses }),
      '/usr/local/sbin/council guardian --once --terminal-id if://canary/validation ' +
        '--key /etc/guardian-council/secrets/gatekeeper/canary.key --gatekeeper-id prod-zone ' +
        '--gatekeeper-key "$(ls /etc/guardian-council/secrets/gatekeeper/gatekeeper.pub 2>/dev/null || echo /etc/guardian-council/secrets/gatekeeper/gatekeeper.key)" ' +
        '--gatekeeper 203.0.113.0:1719 --gatekeeper 203.0.113.1:1720 --host 10.0.0.1 --call if://canary/validation',
    );
  });

  describe('its steps', () => {
    const names = [
      'prepare',
      'preview',
      'standUp',
      'validate',
      'take',
      'reach',
      'giveBack',
      'letGo',
      'destroy',
      'forget',
    ];

    function deedsThatFailAt(failing: string) {
      const done: string[] = [];
      const deed = (name: string) => async (): Promise<void> => {
        if (name === failing) throw new Error('no');
        done.push(name);
      };
      const [prepare, preview, standUp, validate, take, reach, giveBack, letGo, destroy, forget] = names.map(deed);
      assert(prepare && preview && standUp && validate && take && reach && giveBack && letGo && destroy && forget);
      return { done, deeds: { prepare, preview, standUp, validate, take, reach, giveBack, letGo, destroy, forget } };
    }

    for (const [at, failing] of names.entries())
      it(`end at the first that fails: ${failing}`, async () => {
        const { done, deeds } = deedsThatFailAt(failing);
        const isThere = at < 6;
        const steps = (isThere ? wayThere : wayBack)('prod', 'rollback-prod', deeds);
        const run = carryOut(
          steps,
          () => {},
          () => 'what to do',
        );
        await assert.rejects(run, (error: Error) => {
          assert(error instanceof StepError);
          assert.match(error.message, /^[a-z-]+: no\nwhat to do$/);
          return true;
        });
        assert.deepEqual(done, names.slice(isThere ? 0 : 6, at));
      });
  });

  it('says that the original serves untouched only while no address has moved', () => {
    const [before, after] = [false, true].map((hasTaken) => adviceThere('prod', 'rollback-prod', hasTaken));
    assert.match(
      before ?? '',
      /prod was not touched and serves.*--back --stack prod --name rollback-prod --yes destroys/,
    );
    assert.match(after ?? '', /^The same command goes on.*--back --stack prod --name rollback-prod --yes gives back/);
  });

  it('refuses a command line that asks for something that cannot be', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /give either --to RELEASE or --back/],
      [['--to', RELEASE, '--back'], /give either --to RELEASE or --back/],
      [['--to', 'v1'], /--to: must be a release, 64 hex digits/],
      [['--back', '--name', 'prod'], /--name: "prod" must begin with rollback-/],
      [['--back', '--stack', 'a b'], /--stack: "a b" is no name of a stack/],
      [['--to', RELEASE, '--canary', 'a;b'], /--canary: "a;b" is no terminal_id/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await runMain(['rollback', ...args]);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, message);
    }
  });
});
