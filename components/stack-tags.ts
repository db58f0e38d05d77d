import type { StackConfig } from './stack-config.ts';

/** The tags of everything that a stack has: costs are counted by them. */
export const stackTags = ({
  stack,
  environment,
}: Pick<StackConfig, 'stack' | 'environment'>): Record<string, string> => ({
  Project: 'guardian-council',
  Stack: stack,
  Environment: environment,
});
