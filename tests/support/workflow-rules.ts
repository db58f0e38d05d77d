/** What the workflows and actions of this repository promise beyond what GitHub checks, as a pure function over texts. */
import { parse } from 'yaml';
import { z } from 'zod';

const permissions = z.record(z.string(), z.string());
const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const job = z.looseObject({
  permissions: permissions.optional(),
  uses: z.string().optional(),
  secrets: z.unknown().optional(),
  environment: z.unknown().optional(),
  'timeout-minutes': z.number().optional(),
  steps: z.array(step).default([]),
});
const workflow = z.looseObject({
  on: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]),
  permissions: permissions.optional(),
  jobs: z.record(z.string(), job),
});
const action = z.looseObject({ runs: z.looseObject({ steps: z.array(step) }) });

type Job = z.infer<typeof job>;
type Step = z.infer<typeof step>;

/** Triggers by which strangers could have code run with this repository's credentials. */
const DANGEROUS: readonly string[] = ['pull_request_target', 'workflow_run', 'issue_comment'];

/** What a job may be allowed to write at all. An OIDC token is no right in the repository. */
const WRITABLE: readonly string[] = ['id-token', 'pull-requests', 'issues'];

/** Lines of a `run`; what is longer is a script that tests can run. */
const LONGEST_RUN = 3;

/** The version beside a pinned commit. */
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
const USES_LINE = /^\s*(?:- )?uses: (\S+)(.*)$/gm;

/** The texts of workflows (and of actions, whose files are named action.yml) that break a rule, by path. */
export function workflowViolations(path: string, text: string): readonly string[] {
  const found = path.endsWith('/action.yml')
    ? action.parse(parse(text)).runs.steps.flatMap((one, at) => stepViolations(`step ${at + 1}`, one))
    : violationsOf(workflow.parse(parse(text)));
  return [...usesViolations(text), ...found].map((what) => `${path}: ${what}`);
}

function usesViolations(text: string): readonly string[] {
  return [...text.matchAll(USES_LINE)].flatMap(([, target = '', comment = '']) => {
    if (target.startsWith('./.github/')) return [];
    if (!PINNED.test(target)) return [`${target} is not pinned by a commit`];
    return /^ # v\d+\.\d+\.\d+$/.test(comment) ? [] : [`${target} has no comment with its version`];
  });
}

function violationsOf({ on, permissions: all, jobs }: z.infer<typeof workflow>): readonly string[] {
  const triggers = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on);
  return [
    ...triggers.filter((name) => DANGEROUS.includes(name)).map((name) => `is triggered by ${name}`),
    ...(all === undefined ? ['has no permissions of its own'] : tooMuch('all jobs', all, ['contents: read'])),
    ...Object.entries(jobs).flatMap(([name, one]) => jobViolations(name, one)),
  ];
}

function jobViolations(name: string, one: Job): readonly string[] {
  const { permissions: own = {}, steps, uses } = one;
  const writes = Object.keys(own).filter((key) => own[key] === 'write');
  return [
    ...tooMuch(name, own, ['contents: read', ...WRITABLE.map((key) => `${key}: write`)]),
    ...(one.secrets === undefined ? [] : [`${name}: is handed secrets`]),
    // What may be assumed in the cloud and what may be written here are different jobs.
    ...(uses === undefined && writes.length > 1 ? [`${name}: may write ${writes.join(' and ')}`] : []),
    ...(uses === undefined && one['timeout-minutes'] === undefined ? [`${name}: has no timeout`] : []),
    ...steps.flatMap((each, at) => stepViolations(`${name}, step ${at + 1}`, each)),
  ];
}

const tooMuch = (who: string, own: Readonly<Record<string, string>>, allowed: readonly string[]): readonly string[] =>
  Object.entries(own)
    .map(([key, value]) => `${key}: ${value}`)
    .filter((right) => !allowed.includes(right) && !right.endsWith(': none'))
    .map((right) => `${who}: may have no ${right}`);

function stepViolations(place: string, { uses = '', run = '', with: inputs = {} }: Step): readonly string[] {
  const texts = [run, ...Object.values(inputs).map(String)];
  return [
    ...(uses.startsWith('actions/checkout@') && inputs['persist-credentials'] !== false
      ? [`${place}: leaves the token behind (persist-credentials)`]
      : []),
    ...(run.includes('${{') ? [`${place}: an expression in a script can be code; pass it by env`] : []),
    ...(run.trim().split('\n').length > LONGEST_RUN
      ? [`${place}: more than ${LONGEST_RUN} lines; make it a script`]
      : []),
    ...(texts.some((text) => /\bsecrets\./.test(text)) ? [`${place}: uses a secret; there are none`] : []),
    ...(inputs['aws-access-key-id'] === undefined ? [] : [`${place}: has a long-lived key`]),
  ];
}
