import { awsUnit, NODE } from './base.ts';
import { NEEDS_DATA } from './data-volume.ts';
import { gatekeeperConfig } from './gatekeeper-config.ts';
import { HARDENED } from './hardening.ts';
import { CONFIG, RELEASES, SERVICE_USER, STATE } from './names.ts';
import { type BootPart, scriptFile, unitFile } from './part.ts';
import { BACKUP_RESULT_SCRIPT, WITNESS_SCRIPT } from './scripts.ts';
import type { BootValues } from './values.ts';

const CONFIG_FILE = `${CONFIG}/gatekeeper.yaml`;
const CLI = `${RELEASES}/current/runtime/cli`;
const COUNCIL = `${CLI}/council.mjs`;
/** What the gatekeeper's own code asks Node for (runtime/adapters/heap.ts). */
const SERVER_OPTIONS = '--min-semi-space-size=64 --max-semi-space-size=64';
const REGISTRY = `${STATE}/guardian-registry.yaml`;

/**
 * A gatekeeper: `h323-gatekeeper-primary` or `h323-gatekeeper-secondary`. Nothing starts before there is a release. The
 * release's registry is copied once; from then on the registry is the operators' (SIGHUP reads it again).
 *
 * It comes after its host's member of etcd and stops before it, but does without: the other members serve it too. On
 * SIGTERM a leader hands over before it ends. However it ended, what is left of its lease is given up, so that the other
 * gatekeeper need not wait for it to run out; that this fails is no failure of the unit.
 */
export function gatekeeperPart(values: BootValues): BootPart {
  const unit = `h323-${values.role}.service`;
  return {
    files: [
      { path: CONFIG_FILE, content: gatekeeperConfig(values) },
      // For people, with this host's settings.
      scriptFile(
        'council',
        `#!/bin/bash\nset -euo pipefail\nexport COUNCIL_CONFIG=${CONFIG_FILE}\nexec ${NODE} ${COUNCIL} "$@"\n`,
      ),
      unitFile(
        unit,
        `[Unit]
Description=H.323 ${values.role.replace('-', ', ')}
${NEEDS_DATA}Wants=council-secrets.service council-release.service council-etcd.service
After=council-secrets.service council-release.service council-etcd.service chrony.service
ConditionPathExists=${COUNCIL}
StartLimitIntervalSec=0
[Service]
User=${SERVICE_USER}
StateDirectory=guardian-council
StateDirectoryMode=0750
WorkingDirectory=${STATE}
ReadWritePaths=${STATE}
ExecStartPre=/bin/sh -c 'test -e ${REGISTRY} || install -m 0640 ${RELEASES}/current/config/guardian-registry.yaml ${REGISTRY}'
ExecStart=${NODE} ${SERVER_OPTIONS} ${COUNCIL} gatekeeper --config ${CONFIG_FILE}
ExecReload=/bin/kill -HUP $MAINPID
ExecStopPost=-${NODE} ${CLI}/release-lease.mjs --data-dir ${STATE}
TimeoutStopSec=10
Restart=always
RestartSec=1
LimitNOFILE=65536
${HARDENED}[Install]
WantedBy=multi-user.target
`,
      ),
    ],
    units: [unit],
  };
}

/** Ships what the witness wrote; every hour, so that a day that ended is in the archive within one. */
export const witnessPart = (): BootPart => ({
  files: [
    scriptFile('council-witness', WITNESS_SCRIPT),
    scriptFile('council-backup-result', BACKUP_RESULT_SCRIPT),
    unitFile(
      'council-witness.service',
      awsUnit(
        'Ship witness logs to the archive',
        'council-witness',
        'ExecStopPost=/usr/local/sbin/council-backup-result witness\n',
      ),
    ),
    unitFile(
      'council-witness.timer',
      `[Unit]
Description=Ship witness logs every hour
[Timer]
OnCalendar=hourly
RandomizedDelaySec=10min
Persistent=true
[Install]
WantedBy=timers.target
`,
    ),
  ],
  units: ['council-witness.timer'],
});
