/**
 * The deployment, end to end: the real engine makes the whole stack, its hosts boot from their own user data, a release
 * comes to them, guardians meet, another release comes under their meeting, and in the end nothing is left.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { labStatus } from '../../../lab/cli/control.ts';
import type { RunbookCommand } from '../../../runtime/runbook/index.ts';
import { giveCanaryKey, runCanaries } from '../support/canary.ts';
import { Meeting, type Members, makeMembers, publicKeyOf, type Zone } from '../support/guardians.ts';
import { LabFailed, lab, needLab, traces } from '../support/lab-command.ts';
import { problemsOf } from '../support/not-in-the-lab.ts';
import { Operator } from '../support/operator.ts';
import { ONE_COMMENT_MORE, PRIMARY_ENDS_AT_ONCE, publishAnother } from '../support/releases.ts';

const ROOT = join(import.meta.dirname, '../../..');
const NAME = 'test';
const GATEKEEPERS = ['gatekeeper-primary', 'gatekeeper-secondary'] as const;
/** What runs on each host when all is well; the rest of a host's units are timers' and containers'. */
const SERVING: Readonly<Record<string, readonly string[]>> = {
  'gatekeeper-primary': ['council-etcd', 'h323-gatekeeper-primary'],
  'gatekeeper-secondary': ['council-etcd', 'h323-gatekeeper-secondary'],
  monitoring: ['council-etcd'],
  'sip-gateway': ['h323-sip-gateway'],
  mcu: [],
};
/** Commands of the runbook that change something and may be tried on any council; a restore, say, may not. */
const HARMLESS = /^(ha-backup|ha-compact|reload-registry|secrets-read|start)-gatekeeper-/;
/** What `council runbook` makes in the checkout. */
const RUNBOOK = join(ROOT, 'docs/runbook/lab');
const upResult = z.object({ endpoint: z.string(), release: z.string() });

describe('the lab stack, by the real engine', function () {
  this.timeout(20 * 60_000);
  let folder = '';
  let untouched: ReturnType<typeof traces>;
  let endpoint = '';
  let members: Members;
  let meeting: Meeting | undefined;
  /** SHA-256 of the release that serves. */
  let release = '';

  before(async function () {
    await needLab(this, NAME, true);
    folder = mkdtempSync(join(tmpdir(), 'council-lab-'));
    untouched = traces(NAME);
  });
  after(async () => {
    if (folder === '') return;
    meeting?.kill();
    await lab(NAME, ['destroy', '--force']);
    rmSync(folder, { recursive: true, force: true });
    rmSync(RUNBOOK, { recursive: true, force: true });
  });

  const status = async () => labStatus.parse(JSON.parse(await lab(NAME, ['status', '--json'])));

  async function zone(): Promise<Zone> {
    const { hosts } = await status();
    const at = (name: string, port: number): string =>
      `${hosts.find((host) => host.name === name)?.publicAddress}:${port}`;
    const ssm = new SSMClient({
      endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'LABOPERATOR', secretAccessKey: 'lab' },
    });
    const Name = '/guardian-council/lab/secrets/gatekeeper-primary/gatekeeper/gatekeeper.key';
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    return {
      gatekeeperId: 'guardian-council-lab',
      publicKey: publicKeyOf(Parameter?.Value?.trim() ?? ''),
      gatekeepers: [at('gatekeeper-primary', 1719), at('gatekeeper-secondary', 1720)],
    };
  }

  it('comes up with one command, and every host says that it is well', async () => {
    const result = upResult.parse(JSON.parse(await lab(NAME, ['up', '--json'])));
    endpoint = result.endpoint;
    assert.match(result.release, /^[0-9a-f]{64}$/);
    const { hosts } = await status();
    assert.deepEqual(hosts.map(({ name }) => name).sort(), Object.keys(SERVING).sort());
    for (const { name, system, firstBoot, units } of hosts) {
      assert.deepEqual([name, system, firstBoot], [name, 'running', 'done']);
      for (const unit of SERVING[name] ?? []) assert.equal(units[`${unit}.service`], 'active', `${unit} on ${name}`);
    }
  });

  it('says of services whose containers cannot be had here that they are left out', async () => {
    const { hosts } = await status();
    const units = Object.assign({}, ...hosts.map((host) => host.units));
    assert.equal(units['h323-mcu.service'], 'inactive');
    assert.equal(units['council-monitoring.service'], 'inactive');
  });

  it('admits eight guardians through the public addresses', async () => {
    members = makeMembers(8);
    for (const gatekeeper of GATEKEEPERS) {
      const put = `cat >/var/lib/guardian-council/guardian-registry.yaml && systemctl reload h323-${gatekeeper}`;
      await lab(NAME, ['shell', gatekeeper, '--', 'sh', '-c', put], members.registry);
    }
    meeting = new Meeting(folder, '198.18.0.1', await zone(), members);
    await meeting.ready();
  });

  const releaseOn = async (host: string): Promise<string> =>
    (await lab(NAME, ['shell', host, '--', 'readlink', '/opt/guardian-council/current'])).trim();

  it('brings another release to all hosts under their meeting', async () => {
    release = publishAnother(folder, endpoint, ONE_COMMENT_MORE);
    const result = upResult.parse(JSON.parse(await lab(NAME, ['up', '--use', release, '--json'])));
    assert.equal(result.release, release);
    for (const gatekeeper of GATEKEEPERS) assert.equal(await releaseOn(gatekeeper), release, gatekeeper);
  });

  it('takes the hosts back by itself from a release whose primary gatekeeper does not serve', async () => {
    const broken = publishAnother(folder, endpoint, PRIMARY_ENDS_AT_ONCE);
    const failure = await lab(NAME, ['up', '--use', broken]).then(() => 'up ended well', saidBy);
    assert.match(failure, new RegExp(`release ${broken} failed: gatekeeper-primary: the gate is not passed`));
    assert.match(failure, /gatekeeper-secondary +runs the release before again/);
    assert.match(failure, /gatekeeper-primary +runs the release before again/);
    assert.match(failure, /sip-gateway +not touched/);
    for (const gatekeeper of GATEKEEPERS) assert.equal(await releaseOn(gatekeeper), release, gatekeeper);
    // As the operator does then: the line of before goes back into the stack's file.
    const result = upResult.parse(JSON.parse(await lab(NAME, ['up', '--use', release, '--json'])));
    assert.equal(result.release, release);
  });

  it('dropped no call of the meeting in any of this', async () => {
    assert.ok(meeting, 'the meeting is on');
    const { live, changed, ended, rejects, drops, ejections, readmissions } = await meeting.settle();
    // Whoever is in a call can change and end it.
    assert.deepEqual(
      { changed, ended, rejects, drops, ejections, readmissions },
      { changed: live, ended: live, rejects: 0, drops: 0, ejections: 0, readmissions: 0 },
    );
    // One guardian in 13 is between two of its calls at any moment; more than four of the eight once in 10,000 meetings.
    assert.ok(live >= 4, `${live} of 8 are in a call`);
  });

  it('gives an operator a runbook whose looks work as they stand', async () => {
    const operator = await Operator.of(NAME);
    const looks = (await operator.commands()).filter(({ effect }) => effect === 'looks');
    assert.ok(looks.length > 60, `${looks.length} commands`);
    assert.deepEqual(problemsOf(await operator.runAll(looks, 3)), []);
  });

  it('lets an operator change what may be changed while the council serves', async () => {
    const operator = await Operator.of(NAME);
    const commands = await operator.commands();
    const switchovers = commands.filter(({ id }) => id.startsWith('ha-switchover-'));
    assert.equal(switchovers.length, GATEKEEPERS.length);
    await operator.switchOver(switchovers);
    const harmless = commands.filter(({ id }) => HARMLESS.test(id));
    assert.ok(harmless.every(({ effect }) => effect === 'changes'));
    assert.equal(harmless.length, 5 * GATEKEEPERS.length);
    // One after the other: two compactions at once get in each other's way.
    assert.deepEqual(problemsOf(await operator.runAll(harmless, 1)), []);
  });

  it('brings the stack up by hand, where Pulumi asks first', async () => {
    const operator = await Operator.of(NAME);
    const { shell } = named(await operator.commands(), 'up');
    const shown = await operator.answer(shell, 'Do you want to perform this update?', 'yes\r');
    assert.match(stripVTControlCharacters(shown), /Updating \(lab\)[\s\S]*Resources:\s+\d+ unchanged\s/);
  });

  it('is healthy again after each command that interrupts one host', async () => {
    const operator = await Operator.of(NAME);
    const commands = await operator.commands();
    const interrupting = commands.filter(({ effect }) => effect === 'interrupts');
    // A restart of each host's unit and of each etcd, and each gatekeeper drained.
    assert.equal(interrupting.length, 5 + 3 + 2);
    const look = named(commands, 'ha-status-gatekeeper-primary');
    assert.deepEqual(problemsOf(await operator.runCarefully(interrupting, look)), []);
  });

  it('bears the last resorts: gatekeepers stopped in turn, and an etcd member that lost its data', async () => {
    const operator = await Operator.of(NAME);
    const commands = await operator.commands();
    const the = (id: string): RunbookCommand => named(commands, id);
    const look = the('ha-status-gatekeeper-primary');
    for (const gatekeeper of GATEKEEPERS) {
      const ended = await operator.runAll([the(`stop-${gatekeeper}`), the(`start-${gatekeeper}`)], 1);
      assert.deepEqual(problemsOf(ended), []);
      await operator.untilWell(look, `start-${gatekeeper}`);
    }
    for (const voter of ['gatekeeper-secondary', 'gatekeeper-primary', 'monitoring']) {
      const [replace, wait] = [the(`member-replace-${voter}`), the(`member-wait-${voter}`)];
      const early = await operator.run(replace.shell);
      assert.notEqual(early.status, 0);
      assert.match(early.stderr, /answers and is healthy/);
      await lab(NAME, ['shell', voter, '--', 'sh', '-c', 'systemctl stop council-etcd && rm -r /var/lib/etcd/council']);
      assert.deepEqual(problemsOf(await operator.runAll([replace, the(`member-empty-${voter}`), wait], 1)), []);
      await operator.untilWell(look, wait.id);
    }
  });

  it('admits the canary guardian of a rollback from the hosts of both gatekeepers', async () => {
    const operator = await Operator.of(NAME);
    await giveCanaryKey(operator, members);
    const said = await runCanaries(operator, members);
    assert.equal(said.length, GATEKEEPERS.length);
    for (const text of said) assert.match(text, /registered at guardian-council-lab[\s\S]*admitted in/);
  });

  it('goes without a trace', async () => {
    await lab(NAME, ['destroy']);
    assert.deepEqual(traces(NAME), untouched);
  });
});

function named(commands: readonly RunbookCommand[], id: string): RunbookCommand {
  const found = commands.find((command) => command.id === id);
  assert(found !== undefined, id);
  return found;
}

const saidBy = (error: unknown): string => (error instanceof LabFailed ? error.said : String(error));
