export { EXIT, type ExitCode, failureText, isUsage, UsageError } from './failure.ts';
export { isValues, type Plan, type PlannedResource, type PlannedValue, type PlannedValues, SECRET } from './plan.ts';
export { planOf, type StackValues } from './recorder.ts';
export { readStackFile, StackFileError, stackNames } from './stack-file.ts';
export type { Surroundings } from './surroundings.ts';
export { colours, type Paint, plain } from './terminal.ts';
