/** A step of a rollback, or of the way back. Each may be done again: what is there already is not made twice. */
export interface Step {
  readonly name: string;
  /** What it does, for people. */
  readonly text: string;
  readonly run: () => Promise<void>;
}

/** A step failed; those before it are done. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly code = 'ROLLBACK_STEP';
  readonly step: string;

  constructor(step: Step, advice: string, cause: unknown) {
    super(`${step.name}: ${cause instanceof Error ? cause.message : String(cause)}\n${advice}`, { cause });
    this.step = step.name;
  }
}

/** What can be done, wherever a rollback or a way back has stopped. */
export interface Deeds {
  readonly prepare: () => Promise<void>;
  readonly preview: () => Promise<void>;
  readonly standUp: () => Promise<void>;
  readonly validate: () => Promise<void>;
  readonly take: () => Promise<void>;
  readonly reach: () => Promise<void>;
  readonly giveBack: () => Promise<void>;
  readonly letGo: () => Promise<void>;
  readonly destroy: () => Promise<void>;
  readonly forget: () => Promise<void>;
}

/**
 * The way there. Production is not touched before `take`: whatever fails until then leaves it as it is, serving.
 * @param of the stack that is stood in for
 */
export const wayThere = (of: string, standIn: string, deeds: Deeds): readonly Step[] => [
  {
    name: 'prepare',
    text: `write Pulumi.${standIn}.yaml from Pulumi.${of}.yaml, and make the stack`,
    run: deeds.prepare,
  },
  { name: 'preview', text: `pulumi preview --stack ${standIn}: nothing is made`, run: deeds.preview },
  { name: 'stand-up', text: `pulumi up --stack ${standIn}: a whole council beside ${of}`, run: deeds.standUp },
  {
    name: 'validate',
    text: 'a canary guardian registers and is admitted, asking from both gatekeepers',
    run: deeds.validate,
  },
  { name: 'take', text: `the public addresses of ${of} move to ${standIn}: terminals register there`, run: deeds.take },
  { name: 'reach', text: `hosts of ${of} get temporary addresses, so that they can be repaired`, run: deeds.reach },
];

/** The way back. `give-back` moves each address in one step, so that nobody is without a gatekeeper for longer. */
export const wayBack = (of: string, standIn: string, deeds: Deeds): readonly Step[] => [
  { name: 'give-back', text: `the public addresses move back to the hosts of ${of}`, run: deeds.giveBack },
  { name: 'let-go', text: `pulumi up --stack ${standIn}: it has no claim to the addresses any more`, run: deeds.letGo },
  { name: 'destroy', text: `pulumi destroy --stack ${standIn}`, run: deeds.destroy },
  { name: 'forget', text: `remove the stack ${standIn} and its file`, run: deeds.forget },
];

/**
 * Does one step after the other.
 * @param advice what to do where a step fails
 * @throws StepError at the first that fails
 */
export async function carryOut(
  steps: readonly Step[],
  tell: (step: Step, at: number) => void,
  advice: () => string,
): Promise<void> {
  for (const [at, step] of steps.entries()) {
    tell(step, at + 1);
    try {
      await step.run();
    } catch (error) {
      throw new StepError(step, advice(), error);
    }
  }
}

/** What to do when a step of the way back has failed. */
export const ADVICE_BACK = 'The same command goes on from here.';

/**
 * What to do when a step of the way there has failed. Any of them may when the command is run again, the first ones too, so
 * that its place alone does not tell whether addresses have moved.
 * @param hasTaken the stack that stands in was told to take them
 */
export function adviceThere(of: string, standIn: string, hasTaken: boolean): string {
  const back = `council rollback --back --stack ${of} --name ${standIn} --yes`;
  return hasTaken
    ? `The same command goes on from here; ${back} gives back what has moved.`
    : `${of} was not touched and serves. The same command goes on from here; ${back} destroys what was made.`;
}
