import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { runMain } from '../support/run-main.ts';

const HOST = 'i-0123456789abcdef0';
const VARIABLES = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'] as const;

/** Systems Manager as far as `council remote` asks it: a command is run by a shell of this machine. */
function systemsManager(refuse: () => string | undefined): Server {
  const ended = new Map<string, object>();
  return createServer(async (request, response) => {
    const action = String(request.headers['x-amz-target']).split('.').at(-1);
    const input: { Parameters?: { commands: string[] }; CommandId?: string } = JSON.parse(await text(request));
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    };
    const refused = refuse();
    if (refused !== undefined) return answer(400, { __type: refused, message: 'so it is' });
    if (action === 'SendCommand') {
      const { status, stdout, stderr } = spawnSync('sh', ['-c', input.Parameters?.commands.join('\n') ?? ''], {
        encoding: 'utf8',
      });
      const CommandId = '11111111-2222-3333-4444-555555555555';
      const Status = status === 0 ? 'Success' : 'Failed';
      ended.set(CommandId, {
        ...{ CommandId, Status, StatusDetails: Status, ResponseCode: status },
        ...{ StandardOutputContent: stdout, StandardErrorContent: stderr },
      });
      return answer(200, { Command: { CommandId } });
    }
    return answer(200, ended.get(input.CommandId ?? '') ?? {});
  });
}

describe('council remote', function () {
  this.timeout(20_000);
  let refused: string | undefined;
  const server = systemsManager(() => refused);
  const before = new Map(VARIABLES.map((name) => [name, process.env[name]]));

  beforeEach(async () => {
    refused = undefined;
    if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${address.port}`;
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'none';
    delete process.env['AWS_REGION'];
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });
  const remote = (...args: string[]) => runMain(['remote', ...args]);

  for (const [what, args, said] of [
    ['an instance that is none', ['mcu', 'id', '--region', 'eu-central-1'], /"mcu" is no instance/],
    ['no region', [HOST, 'id'], /--region: must name an AWS region/],
    ['a region that is none', [HOST, 'id', '--region', 'here'], /--region: must name an AWS region/],
    ['a time that is none', [HOST, 'id', '--region', 'eu-central-1', '--timeout', '0'], /--timeout: .*not "0"/],
    ['no command', [HOST, ' ', '--region', 'eu-central-1'], /the command is empty/],
  ] as const)
    it(`refuses ${what}`, async () => {
      const { code, stderr } = await remote(...args);
      assert.equal(code, 2);
      assert.match(stderr, said);
    });

  it('says what the command said', async () => {
    assert.deepEqual(await remote(HOST, 'echo here; echo there >&2', '--region', 'eu-central-1'), {
      ...{ code: 0, stdout: 'here\n', stderr: 'there\n' },
    });
  });

  it('ends with 1 where the command failed, and says how', async () => {
    const { code, stdout, stderr } = await remote(HOST, 'echo half; exit 4', '--region', 'eu-central-1');
    assert.deepEqual([code, stdout, stderr], [1, 'half\n', `${HOST}: Failed, exit code 4\n`]);
  });

  it('tells programs all of it', async () => {
    const { stdout } = await remote(HOST, 'exit 3', '--region', 'eu-central-1', '--json');
    assert.deepEqual(JSON.parse(stdout), {
      ...{ instance: HOST, exitCode: 3, stdout: '', stderr: '', status: 'Failed' },
    });
  });

  it('ends with 3 where the host cannot be asked', async () => {
    refused = 'InvalidInstanceId';
    const { code, stderr } = await remote(HOST, 'id', '--region', 'eu-central-1');
    assert.equal(code, 3);
    assert.match(stderr, /^council: i-0123456789abcdef0: SSM SendCommand: InvalidInstanceId: /);
  });
});
