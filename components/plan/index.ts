export { type Plan, type PlannedResource, type PlannedValue, SECRET } from './plan.ts';
export { planOf, type StackValues } from './recorder.ts';
