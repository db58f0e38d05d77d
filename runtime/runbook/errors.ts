/** What was given is not what a stack of ours puts out. */
export class StackOutputsError extends Error {
  override readonly name = 'StackOutputsError';
  readonly code = 'STACK_OUTPUTS';
  /** One line for each problem: the output's path, and what is wrong with it. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`these are not the outputs of a council's stack:\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
    this.problems = problems;
  }
}

/** A template asks for something that is not there. */
export class RunbookTemplateError extends Error {
  override readonly name = 'RunbookTemplateError';
  readonly code = 'RUNBOOK_TEMPLATE';
  readonly template: string;

  constructor(template: string, reason: string, cause?: unknown) {
    super(`${template}: ${reason}`, { cause });
    this.template = template;
  }
}
