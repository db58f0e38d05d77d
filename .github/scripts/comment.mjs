/**
 * Puts the report in the variable REPORT into a comment of a pull request: its own comment of before, where there is one.
 *   node comment.mjs PULL_REQUEST
 */
import { BOT, GitHubApi, numberOf, reportOf } from './github-api.mjs';

const pullRequest = numberOf(process.argv[2]);
const { report, marker } = reportOf(process.env);
const github = new GitHubApi(process.env);

// Anybody can write the marker; only the workflows write as this user.
const own = await github.find(
  `/issues/${pullRequest}/comments`,
  ({ user, body }) => user?.login === BOT && body?.startsWith(`${marker}\n`),
);
const { html_url: url } =
  own === undefined
    ? await github.call('POST', `/issues/${pullRequest}/comments`, { body: report })
    : await github.call('PATCH', `/issues/comments/${own.id}`, { body: report });
console.log(`${own === undefined ? 'wrote' : 'updated'} ${url}`);
