export { type Plan, type PlannedResource, type PlannedValue, type PlannedValues, SECRET } from './plan.ts';
export { planOf, type StackValues } from './recorder.ts';
export { readStackFile, StackFileError } from './stack-file.ts';
