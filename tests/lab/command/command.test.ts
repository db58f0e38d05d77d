import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import messages from '@pulumi/pulumi/proto/provider_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { type CommandCall, startCommandProvider } from '../../../lab/command/index.ts';

const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const URN = 'urn:pulumi:lab::guardian-council::guardian-council:host:HealthGate$command:local:Command::gate';

/** A property's value in these tests. */
type Property = string | number | boolean | string[] | Record<string, string>;
type Values = Record<string, Property>;

const pack = (values: Values) => struct.Struct.fromJavaScript(values);

describe('the stand-in for the command provider', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guardian-council-command-'));
  const trace = join(folder, 'trace');
  const calls: CommandCall[] = [];
  let provider: Awaited<ReturnType<typeof startCommandProvider>>;
  let client: ResourceProviderClient;

  before(async () => {
    const environment = { PATH: process.env['PATH'], FROM: 'outside', TRACE: trace };
    provider = await startCommandProvider({ environment, directory: folder, onCall: (call) => calls.push(call) });
    client = new ResourceProviderClient(`127.0.0.1:${provider.port}`, credentials.createInsecure());
  });

  after(async () => {
    client.close();
    await provider.close();
    rmSync(folder, { recursive: true });
  });

  beforeEach(() => {
    calls.length = 0;
    rmSync(trace, { force: true });
  });

  /** The answer to a call, or its error. */
  const answered = <A>(call: (callback: (error: ServiceError | null, answer: A) => void) => void): Promise<A> =>
    new Promise((resolve, reject) => call((error, answer) => (error ? reject(error) : resolve(answer))));

  async function check(news: Values, urn = URN): Promise<string[]> {
    const request = new messages.CheckRequest().setUrn(urn).setNews(pack(news));
    const answer = await answered<InstanceType<typeof messages.CheckResponse>>((done) => client.check(request, done));
    return answer.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
  }

  async function create(properties: Values, isPreview = false) {
    const request = new messages.CreateRequest()
      .setUrn(URN)
      .setName('gate')
      .setProperties(pack(properties))
      .setPreview(isPreview);
    const answer = await answered<InstanceType<typeof messages.CreateResponse>>((done) => client.create(request, done));
    return { id: answer.getId(), state: answer.getProperties()?.toJavaScript() };
  }

  async function diff(olds: Values, news: Values) {
    const request = new messages.DiffRequest().setUrn(URN).setOldInputs(pack(olds)).setNews(pack(news));
    const answer = await answered<InstanceType<typeof messages.DiffResponse>>((done) => client.diff(request, done));
    return { changes: answer.getChanges(), diffs: answer.getDiffsList(), replaces: answer.getReplacesList() };
  }

  it('refuses a property that the published provider does not have, by its name', async () => {
    assert.deepEqual(await check({ create: 'true', creat: 'true' }), [
      'creat: an unexpected argument "creat" was provided',
    ]);
  });

  it('refuses values of another type, and takes what is not known yet', async () => {
    assert.deepEqual(await check({ create: 1, environment: { A: 'b' }, triggers: 'once' }), [
      'create: Invalid input: expected string, received number',
      'triggers: Invalid input',
    ]);
    assert.deepEqual(await check({ create: UNKNOWN, environment: { A: UNKNOWN }, triggers: UNKNOWN }), []);
  });

  it('refuses every other resource', async () => {
    const urn = URN.replace('local:Command', 'remote:Command');
    await assert.rejects(check({ create: 'true' }, urn), /has command:local:Command and nothing else/);
  });

  it('runs a command in the folder and the environment that it was given, and keeps what it wrote', async () => {
    const { id, state } = await create({
      create: 'pwd; echo "$FROM $MINE $(cat)"; echo complaint >&2',
      environment: { MINE: 'inside' },
      stdin: 'input',
    });
    assert.match(id, /^gate[0-9a-f]{8}$/);
    assert.equal(state?.['stdout'], `${folder}\noutside inside input`);
    assert.equal(state?.['stderr'], 'complaint');
    assert.deepEqual(
      calls.map(({ action, phase, name, id }) => [action, phase, name, id]),
      [
        ['create', 'begin', 'gate', ''],
        ['create', 'end', 'gate', id],
      ],
    );
  });

  it('fails with the status and with what the command wrote', async () => {
    const failing = create({ create: 'echo so far; echo unhealthy >&2; exit 3' });
    await assert.rejects(failing, (error: ServiceError) => {
      assert.match(error.details, /^exit status 3: running "echo so far;.*":\n/);
      assert.match(error.details, /so far\n/);
      assert.match(error.details, /unhealthy\n/);
      return true;
    });
    assert.deepEqual(
      calls.map(({ phase }) => phase),
      ['begin', 'fail'],
    );
  });

  it('fails where the interpreter is not there', async () => {
    await assert.rejects(create({ create: 'true', interpreter: ['/nowhere/sh'] }), /ENOENT/);
  });

  it('runs nothing in a preview', async () => {
    const { id, state } = await create({ create: `touch ${trace}`, triggers: [UNKNOWN] }, true);
    assert.equal(id, '');
    assert.deepEqual(state?.['triggers'], [UNKNOWN]);
    assert.equal(existsSync(trace), false);
    assert.deepEqual(calls, []);
  });

  it('replaces when a trigger changes, updates when anything else does', async () => {
    const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
    const inputs = { create: 'true', environment: { A: '1' }, triggers: ['i-1'] };
    assert.deepEqual(await diff(inputs, inputs), { changes: DIFF_NONE, diffs: [], replaces: [] });
    assert.deepEqual(await diff(inputs, { ...inputs, environment: { A: '2' } }), {
      changes: DIFF_SOME,
      diffs: ['environment'],
      replaces: [],
    });
    assert.deepEqual(await diff(inputs, { ...inputs, triggers: ['i-2'] }), {
      changes: DIFF_SOME,
      diffs: ['triggers'],
      replaces: ['triggers'],
    });
  });

  it('updates by `update`, or else by `create`, which find what the last command wrote', async () => {
    const run = async (news: Values) => {
      const olds = pack({ create: 'true', stdout: 'before', stderr: '' });
      const request = new messages.UpdateRequest().setUrn(URN).setName('gate').setId('gate1').setOlds(olds);
      request.setNews(pack(news));
      const answer = await answered<InstanceType<typeof messages.UpdateResponse>>((done) =>
        client.update(request, done),
      );
      return answer.getProperties()?.toJavaScript()['stdout'];
    };
    assert.equal(await run({ create: 'echo "again $PULUMI_COMMAND_STDOUT"' }), 'again before');
    assert.equal(await run({ create: 'false', update: 'echo updated' }), 'updated');
    assert.equal(await run({ create: 'echo "[$PULUMI_COMMAND_STDOUT]"', addPreviousOutputInEnv: false }), '[]');
  });

  it('runs `delete` with what is in the state', async () => {
    const properties = pack({ delete: 'echo "$WHO" > "$TRACE"', environment: { WHO: 'gate' }, stdout: '', stderr: '' });
    const request = new messages.DeleteRequest().setUrn(URN).setName('gate').setId('gate1').setProperties(properties);
    await answered((done) => client.delete(request, done));
    assert.equal(readFileSync(trace, 'utf8'), 'gate\n');
  });

  it('ends a running command when the engine cancels, and runs those of the next run', async () => {
    const running = create({ create: 'echo started > "$TRACE"; exec sleep 60' });
    const ended = assert.rejects(running, /abort/i);
    while (!existsSync(trace)) await new Promise((resolve) => setTimeout(resolve, 5));
    await answered((done) => client.cancel(new empty.Empty(), done));
    await ended;
    assert.equal((await create({ create: 'echo next' })).state?.['stdout'], 'next');
  });
});
