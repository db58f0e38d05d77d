/** By host and backup: seconds of the epoch when the last good one ended (council-backup-result). */
const LAST_BACKUP = 'council_backup_last_success_timestamp_seconds';
const HIGH = { severity: 'high' };

/** Alerts on witness logs that do not reach their archive, of hosts that stay and of gateways of a group. */
export const BACKUP_RULES = {
  name: 'backups',
  rules: [
    // Witness logs are shipped every hour: twice that.
    { alert: 'BackupOld', expr: `time() - ${LAST_BACKUP} > 7200`, for: '5m', labels: HIGH },
    { alert: 'BackupFailed', expr: 'council_backup_failed == 1', labels: HIGH },
    // A host's first run comes within the hour after its first boot. The MCU and monitoring have no such logs.
    {
      alert: 'BackupUnknown',
      expr: `up{job="node",instance!~"(mcu|monitoring):.*"} == 1 unless on(instance) ${LAST_BACKUP}`,
      for: '2h',
      labels: HIGH,
    },
  ],
};
