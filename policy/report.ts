import Table from 'cli-table3';
import type { Paint } from '../components/plan/index.ts';
import type { Judgement } from './judge.ts';

/** What was found in one stack. */
export interface StackReport {
  readonly stack: string;
  readonly judgements: readonly Judgement[];
}

/** `Instance mcu`, from a URN. */
function labelOfUrn(urn: string): string {
  const [, , types = '', name = ''] = urn.split('::');
  return `${types.split(':').at(-1)} ${name}`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Mandatory findings, which stop an update. */
export const violations = ({ judgements }: StackReport): number =>
  judgements
    .filter(({ policy }) => policy.level === 'mandatory')
    .reduce((sum, { findings }) => sum + findings.length, 0);

/** A table of policies, resources and verdicts, then what is wrong, line by line. */
export function reportText(report: StackReport, paint: Paint): string {
  const table = new Table({ head: ['Policy', 'Resource', 'Verdict'], style: { head: [], border: [] } });
  for (const { policy, looked, findings } of report.judgements) {
    const broken = new Set(findings.map(({ urn }) => urn));
    const verdict = policy.level === 'mandatory' ? paint('red', 'broken') : paint('yellow', 'warning');
    for (const urn of broken) table.push([policy.name, labelOfUrn(urn), verdict]);
    const rest = looked - broken.size;
    if (rest > 0) table.push([policy.name, counted(rest, 'resource'), paint('green', 'holds')]);
    else if (looked === 0 && findings.length === 0) table.push([policy.name, 'none', paint('dim', 'not asked')]);
  }
  const lines = report.judgements.flatMap(({ policy, findings }) =>
    findings.map(({ message }) => `${policy.name}: ${message}`),
  );
  const count = violations(report);
  const sum = count === 0 ? paint('green', 'every policy holds') : paint('red', counted(count, 'violation'));
  return `${paint('bold', report.stack)}\n${table.toString()}\n${lines.map((line) => `${line}\n`).join('')}${report.stack}: ${sum}\n`;
}

/** The same for programs: one object a stack. */
export const reportJson = (reports: readonly StackReport[]): string =>
  `${JSON.stringify(
    reports.map((report) => ({
      stack: report.stack,
      violations: violations(report),
      policies: report.judgements.map(({ policy: { name, level, description }, looked, findings }) => ({
        ...{ name, level, description, looked, findings },
      })),
    })),
    null,
    2,
  )}\n`;
