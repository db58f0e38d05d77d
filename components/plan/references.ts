import type { Plan } from './plan.ts';
import type { StackValues } from './recorder.ts';

/** The key by which a stack's file refers to another stack. */
const REFERENCE = 'guardian-council:rollbackOf';

/**
 * Gives a stack that stands in for another one what that one would export, by planning it first.
 * @param planned the plan of another stack
 * @throws what `planned` throws
 */
export async function withOutputs(
  stack: string,
  values: StackValues,
  planned: (other: string) => Promise<Plan>,
): Promise<StackValues> {
  const other = values.config[REFERENCE];
  // The program refuses these, with a better reason; and nothing goes round in circles.
  if (other === undefined || other === stack || other.startsWith('rollback-')) return values;
  return { ...values, outputs: { ...values.outputs, [other]: (await planned(other)).outputs } };
}
