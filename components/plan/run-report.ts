import { differences, differencesText } from './difference.ts';
import { type EngineRun, hidden, type Operation, type Step } from './engine-events.ts';
import { codeBlock, linesWithin, octetsOf, plainMarkdown } from './markdown.ts';
import { plain } from './terminal.ts';

export const MODES = ['preview', 'drift', 'up', 'destroy'] as const;

/** What Pulumi was asked to do. `drift` is a preview that first looks at what is there, and expects no change. */
export type Mode = (typeof MODES)[number];

export interface RunReportArgs {
  readonly mode: Mode;
  readonly stack: string;
  /** 0 where Pulumi was content. */
  readonly exitCode: number;
  readonly run: EngineRun;
  /** What it wrote: looked at where it failed and no event says why. */
  readonly log: string;
  /** Where more is to be read, such as the page of the workflow's run; the commit that was looked at. */
  readonly link?: string | undefined;
  readonly commit?: string | undefined;
}

/** Octets of a report. GitHub takes 65,536 characters a comment. */
export const LONGEST_REPORT = 60_000;

/** Rows of a table and octets of them all, and characters of a message; more rows are counted. */
const MOST_ROWS = 50;
const LONGEST_TABLE = 10_000;
const LONGEST_MESSAGE = 500;

/** Lines of the log that are shown where nothing else says what went wrong. */
const LOG_LINES = 40;

/** In the order in which they are counted; and what is said of them afterwards. */
const PAST: Readonly<Record<Operation, string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
};

/** Whether it changes something, and does not just say what would change. */
const isChange = (mode: Mode): boolean => mode === 'up' || mode === 'destroy';

/** By this line a report's comment or issue is found again. */
export const markerOf = (mode: Mode, stack: string): string => `<!-- guardian-council ${mode}: ${stack} -->`;

/** A run of Pulumi for reviewers, in GitHub's Markdown: bounded, without secrets, and with nothing in it but text. */
export function runReport(args: RunReportArgs): string {
  const { mode, stack, run } = args;
  const steps = isChange(mode) ? run.done : run.planned;
  const head = [
    markerOf(mode, stack),
    `### ${stack}: ${headline(args, steps)}`,
    '',
    ...originOf(args),
    ...dangers(steps, run.failed),
    ...violations(run),
    ...problems(args),
  ].join('\n');
  const diff = diffOf(steps, LONGEST_REPORT - octetsOf(head));
  return `${head.trimEnd()}\n\n${diff}`.trimEnd().concat('\n');
}

function headline({ mode, exitCode, run }: RunReportArgs, steps: readonly Step[]): string {
  const counts = countsOf(steps, isChange(mode));
  const refused = run.violations.filter(({ isMandatory }) => isMandatory).length;
  const policies = refused === 0 ? '' : `, refused by ${refused === 1 ? 'a policy' : `${refused} policies`}`;
  const failed = exitCode !== 0;
  if (mode === 'drift' && failed && hasDrifted(run)) return `it has drifted: ${counts}`;
  if (mode === 'drift') return failed ? 'whether it has drifted could not be told' : 'no drift';
  if (mode === 'preview') return failed ? `the preview failed (${counts}${policies})` : counts;
  return failed ? `${mode} failed; done before that: ${counts}${policies}` : `${mode} done: ${counts}`;
}

/** A program that failed half-way plans things, too, and knows nothing of the rest. */
const hasDrifted = ({ planned, problems: found }: EngineRun): boolean => planned.length > 0 && found.length === 0;

function countsOf(steps: readonly Step[], isDone: boolean): string {
  const counts = Object.entries(PAST).flatMap(([operation, past]) => {
    const count = steps.filter((step) => step.operation === operation).length;
    return count === 0 ? [] : [isDone ? `${count} ${past}` : `${count} to ${operation}`];
  });
  return counts.join(', ') || (isDone ? 'nothing' : 'no changes');
}

function originOf({ commit, link }: RunReportArgs): readonly string[] {
  const parts = [...(commit === undefined ? [] : [`Commit ${commit.slice(0, 12)}`])];
  if (link !== undefined) parts.push(`[the whole log](${link})`);
  return parts.length === 0 ? [] : [`${parts.join(', ')}.`, ''];
}

/** What is lost or interrupted, before everything else. */
function dangers(steps: readonly Step[], failed: readonly string[]): readonly string[] {
  const lost = steps.filter(({ operation }) => operation === 'replace' || operation === 'delete');
  if (lost.length === 0) return [];
  const rows = lost.map(({ urn, operation }) => {
    // The new one is made last where the old one goes first.
    const isGone = operation === 'replace' && failed.includes(urn);
    return `| ${isGone ? '**deleted, not made anew**' : operation} | ${resourceText(urn)} |`;
  });
  return ['**Replaced or deleted**', '', '| | Resource |', '|---|---|', ...bounded(rows), ''];
}

function violations({ violations: found }: EngineRun): readonly string[] {
  if (found.length === 0) return [];
  const rows = found
    .toSorted((a, b) => Number(b.isMandatory) - Number(a.isMandatory))
    .map(({ isMandatory, policy, urn, message }) => {
      const cells = [
        isMandatory ? 'refuses' : 'advises',
        plainMarkdown(policy),
        resourceText(urn),
        messageText(message),
      ];
      return `| ${cells.join(' | ')} |`;
    });
  return ['**Policies**', '', '| | Policy | Resource | What |', '|---|---|---|---|', ...bounded(rows), ''];
}

function problems({ mode, stack, exitCode, run, log }: RunReportArgs): readonly string[] {
  if (exitCode === 0) return [];
  const rows = run.problems.map(
    ({ urn, message }) => `- ${urn === '' ? '' : `${resourceText(urn)}: `}${messageText(message)}`,
  );
  const isExplained = rows.length > 0 || run.violations.some(({ isMandatory }) => isMandatory);
  return [
    ...(rows.length > 0 ? ['**Errors**', '', ...bounded(rows), ''] : []),
    ...(run.failed.length > 0 ? [`Not done: ${bounded(run.failed.map(resourceText)).join(', ')}.`, ''] : []),
    ...(isExplained || (mode === 'drift' && hasDrifted(run))
      ? []
      : [`Pulumi ended with ${exitCode}:`, '', codeBlock('text', lastLines(log)), '']),
    ...(mode === 'drift' && !hasDrifted(run) ? [] : nextSteps(mode, stack)),
  ];
}

function nextSteps(mode: Mode, stack: string): readonly string[] {
  if (mode === 'preview') return [];
  const what = {
    drift:
      'Either somebody changed it by hand, or it was never brought up: docs/operations/pull-requests.md tells what to do.',
    up: `What was done is in the state, and another run goes on from there. Mend the cause and re-run the failed job; before you give up, look with \`pulumi preview --refresh --stack ${stack}\`.`,
    destroy: `What is left is in the state, and another run goes on from there. What is protected has to be unprotected by name first: \`pulumi state unprotect --stack ${stack} URN\`.`,
  };
  return [what[mode], ''];
}

/** What changes in each resource, as much of it as has room. */
function diffOf(steps: readonly Step[], octets: number): string {
  if (steps.length === 0) return '';
  const side = (which: 'before' | 'after', without: Operation) =>
    new Map(
      steps
        .filter(({ operation }) => operation !== without)
        .map((step) => [keyOf(step.urn), { inputs: step[which] }] as const),
    );
  const text = differencesText(differences(side('before', 'create'), side('after', 'delete')), plain);
  const lines = text.trimEnd().split('\n').map(shortened);
  // What stands around the lines, a fence of any length apart, has room in this.
  const some = linesWithin(lines, octets - 1_000);
  const left = lines.length - some.length;
  const more = left === 0 ? '' : `\n${left} more lines are in the log.\n`;
  return `<details><summary>What changes</summary>\n\n${codeBlock('diff', some.map(outdented))}${more}\n</details>\n`;
}

/** GitHub colours a line by its first character. */
const outdented = (line: string): string => line.replace(/^( +)([-+] )/, '$2$1');

const LONGEST_LINE = 1_000;
const shortened = (line: string): string => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line);

const keyOf = (urn: string): string => urn.split('::').slice(2).join('::');

/** `aws:ec2/instance:Instance mcu` of a URN. */
function resourceText(urn: string): string {
  const [types = '', name = ''] = keyOf(urn).split('::');
  return urn === '' ? 'the stack' : plainMarkdown(`${types.split('$').at(-1)} ${name}`);
}

function messageText(message: string): string {
  const text = message.trim();
  return plainMarkdown(text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text);
}

function bounded(rows: readonly string[]): readonly string[] {
  const some = linesWithin(rows.slice(0, MOST_ROWS), LONGEST_TABLE);
  return some.length === rows.length ? rows : [...some, `… and ${rows.length - some.length} more`];
}

/** The last lines that have room. */
const lastLines = (log: string): readonly string[] => {
  const last = hidden(log).trimEnd().split('\n').slice(-LOG_LINES).map(shortened);
  return linesWithin(last.toReversed(), LONGEST_TABLE).toReversed();
};
