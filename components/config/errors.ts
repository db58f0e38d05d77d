import * as pulumi from '@pulumi/pulumi';

/** One thing wrong with a stack's configuration. */
export interface StackConfigProblem {
  /** In full, such as `guardian-council:vpcCidr`. */
  readonly key: string;
  /** As given; `SECRET_VALUE` for a secret one, `undefined` for one that is missing. */
  readonly value: string | undefined;
  /** What is allowed. */
  readonly message: string;
}

/** Stands for a secret value wherever one would be shown. */
export const SECRET_VALUE = '[secret]';

/** Longer values are cut: a message is for people. */
const LONGEST_SHOWN = 400;

/**
 * The stack cannot be planned: its configuration has problems, and the message lists every one, one a line. A
 * `RunError`, so that the Pulumi CLI prints this message alone, without a stack trace.
 */
export class StackConfigError extends pulumi.RunError {
  readonly code = 'STACK_CONFIG_INVALID';
  readonly problems: readonly StackConfigProblem[];

  constructor(stack: string, problems: readonly StackConfigProblem[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(`the configuration of stack ${stack} has ${count}:\n${problems.map(formatProblem).join('\n')}`);
    this.name = 'StackConfigError';
    this.problems = problems;
  }
}

/** Such as `guardian-council:maxParticipants = 26: must be a whole number from 1 to 25`. */
export const formatProblem = ({ key, value, message }: StackConfigProblem): string =>
  value === undefined ? `${key} is missing: ${message}` : `${key} = ${shown(value)}: ${message}`;

/** Quoted where it would not be seen for what it is, or would break the line. */
function shown(value: string): string {
  const cut = value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}… (${value.length} characters)` : value;
  return /^$|^\s|\s$|\p{C}|[\u2028\u2029]/u.test(cut) ? JSON.stringify(cut) : cut;
}
