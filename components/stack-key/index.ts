export { StackKey, type StackKeyArgs } from './stack-key.ts';
