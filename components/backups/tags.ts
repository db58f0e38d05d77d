import type { StackConfig } from '../stack-config.ts';

/** The tag by which volumes are chosen. */
export const BACKUP_TAG = 'Backup';

/** The tag of volumes that are backed up; of a stack that is gone soon none are. */
export const backupTags = ({
  stack,
  environment,
}: Pick<StackConfig, 'stack' | 'environment'>): Record<string, string> =>
  environment === 'rollback' ? {} : { [BACKUP_TAG]: `guardian-council-${stack}` };
