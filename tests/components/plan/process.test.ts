/** The command as people run it: processes of their own, which plan this repository's program. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { council } from '../../support/council-process.ts';
import { runMain } from '../../support/run-main.ts';

const PLAN = fileURLToPath(new URL('../../../components/plan/plan.mjs', import.meta.url));

async function planned(args: readonly string[], { nodeOptions = [] as readonly string[], close = false } = {}) {
  // From another folder: files are found from where the program is, not from where it is called.
  const child = spawn(process.execPath, [...nodeOptions, PLAN, ...args], { cwd: tmpdir(), timeout: 60_000 });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
    if (close) child.stdout.destroy();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text;
  });
  const [code]: unknown[] = await once(child, 'close');
  return { code, ...output };
}

describe('the plan command as a process', function () {
  this.timeout(120_000);

  it('is the same as council plan, in what it writes and in how it ends', async () => {
    for (const args of [['--help'], ['prod', '--nonsense'], ['nowhere'], ['prod', '--json']]) {
      const [alone, below] = [await planned(args), await council(['plan', ...args])];
      assert.deepEqual(
        { code: below.code, stdout: below.stdout, stderr: below.stderr },
        { code: alone.code, stdout: alone.stdout, stderr: alone.stderr },
        args.join(' '),
      );
    }
  });

  it('plans both stacks, and ends with 2 for one that is not there', async () => {
    for (const stack of ['prod', 'staging']) {
      const { code, stdout, stderr } = await planned([stack]);
      assert.deepEqual([code, stderr], [0, ''], stack);
      assert(stdout.startsWith(`${stack}\n├─ `));
      assert(!stdout.includes('\u001b'), 'no colours where nobody looks');
    }
    const { code, stdout, stderr } = await planned(['nowhere']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^council plan: there is no stack nowhere: .* prod, staging\n$/);
  });

  it('ends quietly when the reader of its output leaves', async () => {
    const { code, stderr } = await planned(['prod', '--json'], { close: true });
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('is listed by council, which hands everything after its name on', async () => {
    assert.match((await runMain(['--help'])).stdout, /^ {2}plan \[args\.\.\.\] +what the Pulumi program would create/m);
    const { code, stdout } = await runMain(['plan', '--help']);
    assert.equal(code, 0);
    assert(stdout.startsWith('Usage: council plan [options] [stack]\n'), stdout);
  });

  it('says so when the program never comes to its end', async () => {
    const waiting = 'data:text/javascript,export default await new Promise(() => {})';
    const script = `
      import { register } from 'tsx/esm/api';
      register();
      const { main } = await import(${JSON.stringify(new URL('../../../components/plan/main.ts', import.meta.url))});
      const [out, err] = [process.stdout, process.stderr].map((stream) => (text) => stream.write(text));
      const program = () => import(${JSON.stringify(waiting)});
      const root = ${JSON.stringify(fileURLToPath(new URL('../../../', import.meta.url)))};
      process.exitCode = await main(['prod'], { root, program, out, err, hasColours: false });
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { timeout: 60_000 });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const [code]: unknown[] = await once(child, 'close');
    assert.equal(code, 3, stderr);
    assert(stderr.startsWith('council plan: the program failed: the program waits for something that never comes\n'));
  });

  it('puts packages off that are still there for who asks for them', async () => {
    const lighten = new URL('../../../components/plan/lighten.mjs', import.meta.url);
    const script = `
      import { createRequire } from 'node:module';
      import { postponePackages } from ${JSON.stringify(lighten)};
      postponePackages();
      const { runtime } = await import('@pulumi/pulumi');
      const compiler = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.endsWith('typescript.js'));
      const before = compiler();
      const { text } = await runtime.serializeFunction(() => 42);
      console.log(before, compiler(), text.includes('42'));
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { timeout: 60_000 });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    await once(child, 'close');
    assert.equal(stdout, 'false true true\n');
  });
});
