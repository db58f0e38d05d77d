/** What the workflows write into GitHub, with a stand-in for its REST API. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';

const SCRIPTS = fileURLToPath(new URL('../../.github/scripts/', import.meta.url));
const BOT = 'github-actions[bot]';
const REPORT = '<!-- guardian-council preview: prod -->\n### prod: no changes\n';

interface Item {
  readonly id: number;
  readonly number: number;
  readonly user: { readonly login: string } | null;
  readonly body: string | null;
}

const item = (id: number, body: string | null, login: string | null = BOT): Item => ({
  id,
  number: id,
  user: login === null ? null : { login },
  body,
});

describe('what the workflows write into GitHub', function () {
  this.timeout(30_000);
  let server: Server;
  let url = '';
  let items: readonly Item[] = [];
  let calls: string[] = [];
  let refuse: number | undefined;

  async function bodyOf(request: IncomingMessage): Promise<string> {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += part;
    return text;
  }

  before(async () => {
    server = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', url);
      const body = await bodyOf(request);
      assert.equal(request.headers.authorization, 'Bearer token');
      if (request.method !== 'GET') calls.push(`${request.method} ${pathname} ${body}`);
      const [page, size] = [Number(searchParams.get('page')), Number(searchParams.get('per_page'))];
      const answer = request.method === 'GET' ? items.slice((page - 1) * size, page * size) : { html_url: 'https://x' };
      response.writeHead(refuse ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });

  after(() => server.close());

  beforeEach(() => {
    [items, calls, refuse] = [[], [], undefined];
  });

  async function run(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [`${SCRIPTS}${script}`, ...args], {
      env: { GITHUB_API_URL: url, GITHUB_REPOSITORY: 'o/r', GITHUB_TOKEN: 'token', REPORT, ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    const [status]: unknown[] = await once(child, 'close');
    return { status, output };
  }

  describe('a comment', () => {
    it('is refused without a pull request, a report or a token, and nothing is asked of GitHub', async () => {
      for (const [args, env, says] of [
        [[], {}, 'undefined is no number of a pull request'],
        [['0'], {}, '0 is no number of a pull request'],
        [['7/../1'], {}, '7/../1 is no number of a pull request'],
        [['7'], { REPORT: '' }, 'REPORT is no report'],
        [['7'], { REPORT: 'x\n<!-- guardian-council preview: prod -->' }, 'REPORT is no report'],
        [['7'], { GITHUB_TOKEN: '' }, 'GITHUB_TOKEN is not set'],
      ] as const) {
        const { status, output } = await run('comment.mjs', args, env);
        assert.equal(status, 1);
        assert(output.includes(`Error: ${says}\n`), output);
      }
      assert.deepEqual(calls, []);
    });

    it('is written where there is none, whoever else wrote its first line', async () => {
      items = [item(1, REPORT, 'mallory'), item(2, null), item(3, REPORT, null), item(4, `x${REPORT}`)];
      assert.deepEqual(await run('comment.mjs', ['7']), { status: 0, output: 'wrote https://x\n' });
      assert.deepEqual(calls, [`POST /repos/o/r/issues/7/comments ${JSON.stringify({ body: REPORT })}`]);
    });

    it('is updated in its place, that of another stack is not, however many there are', async () => {
      items = [
        ...Array.from({ length: 230 }, (_, id) => item(id, 'talk', 'alice')),
        item(998, REPORT.replace('prod', 'staging')),
        item(999, REPORT.replace('no changes', 'old')),
      ];
      assert.deepEqual(await run('comment.mjs', ['7']), { status: 0, output: 'updated https://x\n' });
      assert.deepEqual(calls, [`PATCH /repos/o/r/issues/comments/999 ${JSON.stringify({ body: REPORT })}`]);
    });

    it('says what GitHub answers, and not the token', async () => {
      refuse = 403;
      const { status, output } = await run('comment.mjs', ['7']);
      assert.equal(status, 1);
      assert.match(output, /GET \/issues\/7\/comments\S* ?: GitHub answers 403: \[\]/);
      assert(!output.includes('Bearer'), output);
    });
  });

  describe('the issue of a drift', () => {
    const report = REPORT.replace('preview', 'drift');
    const drift = (result: string, stack = 'prod') => run('drift-issue.mjs', [stack, result], { REPORT: report });

    it('is refused for what is no stack and no result', async () => {
      for (const [stack, result, says] of [
        ['../x', 'failure', '../x is no name of a stack'],
        ['prod', 'cancelled', 'the result is success or failure, not cancelled'],
      ] as const) {
        const { status, output } = await drift(result, stack);
        assert.equal(status, 1);
        assert(output.includes(`Error: ${says}\n`), output);
      }
      assert.deepEqual(calls, []);
    });

    it('is opened once, updated while it lasts, and closed when it is over', async () => {
      assert.equal((await drift('success')).output, 'prod: no drift\n');
      assert.equal((await drift('failure')).output, 'opened https://x\n');
      items = [item(1, report, 'mallory'), item(12, report)];
      assert.equal((await drift('failure')).output, 'updated https://x\n');
      assert.equal((await drift('success')).output, 'closed https://x\n');
      const title = 'Drift: prod is not what main says';
      assert.deepEqual(calls, [
        `POST /repos/o/r/issues ${JSON.stringify({ title, body: report })}`,
        `PATCH /repos/o/r/issues/12 ${JSON.stringify({ title, body: report })}`,
        `PATCH /repos/o/r/issues/12 ${JSON.stringify({ state: 'closed', state_reason: 'completed', body: report })}`,
      ]);
    });
  });
});
