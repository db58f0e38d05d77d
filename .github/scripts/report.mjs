/**
 * Writes the report of a run of Pulumi, in GitHub's Markdown, to its output.
 *   node report.mjs --mode preview|drift|up|destroy --stack STACK --exit-code N --events FILE --log FILE
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { register } from 'tsx/esm/api';

register({ tsconfig: new URL('../../tsconfig.json', import.meta.url).pathname });
// Not through the room's door, which loads Pulumi.
const { readEngineRun } = await import('../../components/plan/engine-events.ts');
const { MODES, runReport } = await import('../../components/plan/run-report.ts');

const text = { type: 'string' };
const { values } = parseArgs({ options: { mode: text, stack: text, 'exit-code': text, events: text, log: text } });
for (const name of ['mode', 'stack', 'exit-code', 'events', 'log'])
  if (values[name] === undefined) throw new Error(`report.mjs: --${name} is missing`);
if (!MODES.includes(values.mode))
  throw new Error(`report.mjs: --mode is ${values.mode}, not one of ${MODES.join(', ')}`);

const {
  GITHUB_SERVER_URL: server,
  GITHUB_REPOSITORY: repository,
  GITHUB_RUN_ID: run,
  GITHUB_SHA: commit,
} = process.env;
process.stdout.write(
  runReport({
    mode: values.mode,
    stack: values.stack,
    exitCode: Number(values['exit-code']),
    run: readEngineRun(contentOf(values.events)),
    log: contentOf(values.log),
    link: run && `${server}/${repository}/actions/runs/${run}`,
    commit,
  }),
);

/** Empty where Pulumi came to its end before it wrote one. */
function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}
