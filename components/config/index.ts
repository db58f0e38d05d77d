export { type ConfigTexts, checkedValues } from './check.ts';
export { formatProblem, SECRET_VALUE, StackConfigError, type StackConfigProblem } from './errors.ts';
export { type Capacity, capacityOf, formatCapacity, refuseInstanceType } from './instance-types.ts';
export { fullKey, type StackValues } from './keys.ts';
export { stackConfigMarkdown } from './table.ts';
