/**
 * Keeps one open issue for a stack that has drifted, with the report in the variable REPORT, and closes it when it has
 * drifted no longer.
 *   node drift-issue.mjs STACK success|failure
 */
import { BOT, GitHubApi, reportOf } from './github-api.mjs';

const [stack, result] = process.argv.slice(2);
if (!/^[a-z][a-z0-9-]*$/.test(stack ?? '')) throw new Error(`${stack} is no name of a stack`);
if (result !== 'success' && result !== 'failure') throw new Error(`the result is success or failure, not ${result}`);
const { report, marker } = reportOf(process.env);
const github = new GitHubApi(process.env);

const own = await github.find(
  `/issues?state=open&creator=${encodeURIComponent(BOT)}`,
  ({ user, body }) => user?.login === BOT && body?.startsWith(`${marker}\n`),
);
if (result === 'success' && own === undefined) console.log(`${stack}: no drift`);
else {
  const change =
    result === 'success'
      ? { state: 'closed', state_reason: 'completed', body: report }
      : { title: `Drift: ${stack} is not what main says`, body: report };
  const { html_url: url } =
    own === undefined
      ? await github.call('POST', '/issues', change)
      : await github.call('PATCH', `/issues/${own.number}`, change);
  console.log(`${own === undefined ? 'opened' : result === 'success' ? 'closed' : 'updated'} ${url}`);
}
