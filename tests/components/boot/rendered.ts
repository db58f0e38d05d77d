import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type BootValues, userData } from '../../../components/boot/index.ts';

/** A value that was parsed, of whatever shape. */
export type Parsed = null | string | number | boolean | Parsed[] | { [key: string]: Parsed };

export interface RenderedFile {
  readonly content: string;
  readonly permissions: string;
}

/** Reads YAML as Docker, Prometheus and cloud-init do: merge keys and all. */
export const readYaml = (text: string): Parsed => parse(text, { merge: true });

/** A key of a mapping that must be there. */
export function at(value: Parsed | undefined, ...path: readonly (string | number)[]): Parsed {
  let current = value;
  for (const key of path) {
    assert.ok(typeof current === 'object' && current !== null, `${path.join('.')}: no collection at ${key}`);
    current = Array.isArray(current) ? current[Number(key)] : current[key];
  }
  assert.ok(current !== undefined, `${path.join('.')} is missing`);
  return current;
}

export function texts(value: Parsed): string[] {
  assert.ok(Array.isArray(value), 'not a list');
  return value.map(String);
}

/** The files that a host's user data writes, by path. */
export function filesOf(values: BootValues): Map<string, RenderedFile> {
  const files = at(readYaml(userData(values)), 'write_files');
  assert.ok(Array.isArray(files));
  return new Map(
    files.map((file) => {
      const isMapping = typeof file === 'object' && file !== null && !Array.isArray(file);
      const permissions = isMapping && file['permissions'] !== undefined ? String(file['permissions']) : '0644';
      return [String(at(file, 'path')), { content: String(at(file, 'content')), permissions }];
    }),
  );
}

export function contentOf(values: BootValues, path: string): string {
  const file = filesOf(values).get(path);
  assert.ok(file !== undefined, `no file ${path}`);
  return file.content;
}

export const isInstalled = (tool: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).status === 0;

/** Runs a judge; its answer is in the failure. */
export function judge(command: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, [...args], { encoding: 'utf8', input: input ?? '' });
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}

/** A folder for the time of a test. */
export async function withFolder(use: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'council-boot-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A test of `rules.yaml`, as promtool reads it: scrapes of some series, and the alerts that there are then. */
export function ruleTest(
  interval: string,
  series: Readonly<Record<string, string>>,
  alerts: readonly { readonly eval_time: string; readonly alertname: string; readonly exp_alerts: readonly object[] }[],
): string {
  return JSON.stringify({
    rule_files: ['rules.yaml'],
    evaluation_interval: '15s',
    tests: [
      {
        interval,
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: alerts,
      },
    ],
  });
}

/** Has promtool test rules, and shows that the test can fail: its contrary does. */
export function judgeRules(rules: string, test: string, contrary?: string): Promise<void> {
  return withFolder((folder) => {
    const run = (file: string) => {
      writeFileSync(join(folder, 'test.yaml'), file);
      return promtool(folder, 'test', 'rules', 'test.yaml');
    };
    writeFileSync(join(folder, 'rules.yaml'), rules);
    const { status, said } = run(test);
    assert.equal(status, 0, said);
    if (contrary !== undefined) assert.equal(run(contrary).status, 1, 'the contrary is not so');
  });
}

/** Runs Prometheus's tool for rules and configuration in a folder. */
export function promtool(folder: string, ...args: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}
