import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Plan, type PlannedResource, type PlannedValues, planOf } from '../../components/plan/index.ts';
import { readStackFile } from '../../components/plan/stack-file.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const require = createRequire(import.meta.url);
const PROGRAM = require.resolve('../../index.ts');

/** Runs the program again: it runs when it is loaded. Loaded as the tests are, so that both have one Pulumi. */
function program(): unknown {
  delete require.cache[PROGRAM];
  return require(PROGRAM);
}

/** The plan of the root program for a stack's file, some or all of whose keys may be given otherwise. */
export function planOfProgram(
  stack: string,
  changes: Readonly<Record<string, string>> = {},
  secretKeys: readonly string[] = [],
  config: Readonly<Record<string, string>> = readStackFile(ROOT, stack).config,
): Promise<Plan> {
  const values = { config: { ...config, ...changes }, secretKeys };
  return planOf(stack, values, async () => program());
}

/** The one resource of a type (its last part: `Instance`) and a name. */
export function find({ resources }: Plan, type: string, name: string): PlannedResource {
  const found = resources.filter((one) => one.name === name && one.type.endsWith(`:${type}`));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} resources are ${type} ${name}`);
  return only;
}

/** Keys of production's file that a rollback stack has from production. */
const FROM_PRODUCTION = /:(domain|hostedZoneId|monthlyBudgetUsd|witness\w+Days|flowLogDays|gatekeeperId)$/;

/** A rollback stack's configuration: production's, with what makes it one. */
export function rollbackConfig(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { config } = readStackFile(ROOT, 'prod');
  return {
    ...Object.fromEntries(Object.entries(config).filter(([key]) => !FROM_PRODUCTION.test(key))),
    'guardian-council:environment': 'rollback',
    'guardian-council:rollbackOf': 'prod',
    'guardian-council:release': '0123456789abcdef'.repeat(4),
    ...changes,
  };
}

/** The plan of the root program for a stack that stands in for another one. */
export function planOfRollback(
  production: PlannedValues,
  changes: Readonly<Record<string, string>> = {},
  stack = 'rollback-7',
): Promise<Plan> {
  const values = { config: rollbackConfig(changes), secretKeys: [], outputs: { prod: production } };
  return planOf(stack, values, async () => program());
}
