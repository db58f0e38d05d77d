export { Backups, type BackupsArgs } from './backups.ts';
export { BACKUP_TAG, backupTags } from './tags.ts';
