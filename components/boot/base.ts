import { HOST_ROLES } from '../hosts.ts';
import { PORTS } from '../network/index.ts';
import { METRICS, own, RELEASES, SERVICE_USER, STATE } from './names.ts';
import { type BootPart, scriptFile, unitFile } from './part.ts';
import { HOST_ENVIRONMENT, RELEASE_SCRIPT, secretsScript } from './scripts.ts';
import type { SecretFiles } from './secret-files.ts';
import type { BootValues } from './values.ts';

/** Node.js of the current release: which one that is, the release says. */
export const NODE = `${RELEASES}/current/node`;

/** A unit that calls AWS from a script of ours. */
export const awsUnit = (description: string, script: string, more = ''): string => `[Unit]
Description=${description}
Wants=network-online.target
After=network-online.target
[Service]
Type=oneshot
EnvironmentFile=${HOST_ENVIRONMENT}
Environment=HOME=/root PATH=/usr/local/bin:/snap/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=/usr/local/sbin/${script}
${more}`;

/** Done once a boot, however often a service that wants it comes back; `systemctl restart` does it again. */
const ONCE_A_BOOT = 'RemainAfterExit=yes\n[Install]\nWantedBy=multi-user.target\n';

/** What every host has: the time, updates, its own metrics, the AWS client; and no SSH, since SSM is the way in. */
export function basePart(values: BootValues): BootPart {
  // Gateways of a group have no address that is known before.
  const known = HOST_ROLES.filter((host) => host !== 'sip-gateway' || values.gatewayGroup === undefined);
  const hosts = known.map((host) => `${values.addresses[host].private} ${host}\n`);
  // Monitoring runs nothing of the release and has no witness.
  const more = {
    HOST_ROLE: values.role,
    WITNESS_PREFIX: values.witnessPrefix,
    RELEASE_BUCKET: values.releaseBucket,
    RELEASE_PARAMETER: values.releaseParameter,
    WITNESS_BUCKET: values.witnessBucket,
  };
  const environment = {
    AWS_REGION: values.region,
    SECRETS_PATH: values.secretsPath,
    ...(values.role === 'monitoring' ? {} : more),
  };
  return {
    packages: ['chrony', 'jq', 'prometheus-node-exporter', 'unattended-upgrades'],
    masked: ['ssh.socket', 'ssh.service'],
    users: [{ name: SERVICE_USER, home: STATE }],
    files: [
      { path: '/etc/hosts', content: hosts.join(''), append: true },
      // The Amazon Time Sync Service, on the link itself; Ubuntu's servers stay as a second opinion.
      {
        path: '/etc/chrony/conf.d/amazon.conf',
        content: 'server 169.254.169.123 prefer iburst minpoll 4 maxpoll 4\n',
      },
      {
        path: '/etc/apt/apt.conf.d/52council',
        // Restarts belong to the maintenance windows.
        content: `APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "false";
`,
      },
      {
        path: '/etc/systemd/journald.conf.d/council.conf',
        content: '[Journal]\nSystemMaxUse=4G\nMaxRetentionSec=90day\n',
      },
      {
        path: '/etc/default/prometheus-node-exporter',
        content: `ARGS="--web.listen-address=${own(values).private}:${PORTS.nodeExporter} --collector.textfile.directory=${METRICS}"\n`,
      },
      {
        path: HOST_ENVIRONMENT,
        content: Object.entries(environment)
          .map(([name, value]) => `${name}="${value}"\n`)
          .join(''),
      },
    ],
    commands: [
      'systemctl enable nftables unattended-upgrades',
      // A restart would flush what Docker has made already.
      'systemctl reload-or-restart nftables',
      'systemctl restart chrony prometheus-node-exporter systemd-journald',
      // Refused until snapd is ready, and tried again.
      'command -v aws || again snap install aws-cli --classic',
    ],
  };
}

/** Secrets of this host by the owner of their files. */
export const secretsPart = (secrets: Readonly<Record<string, SecretFiles>>): BootPart => ({
  files: [
    scriptFile('council-secrets', secretsScript(secrets)),
    unitFile(
      'council-secrets.service',
      awsUnit("Read this host's secrets", 'council-secrets', `TimeoutStartSec=infinity\n${ONCE_A_BOOT}`),
    ),
  ],
  units: ['council-secrets.service'],
});

/**
 * The wanted release. Where it cannot be had (S3 out of reach at the first boot) it is asked for again.
 * @param unit what is started once it is there; started already, it goes on as it is
 */
export const releasePart = (unit: string): BootPart => ({
  files: [
    scriptFile('council-release', RELEASE_SCRIPT),
    unitFile(
      'council-release.service',
      awsUnit(
        'Make the wanted release current',
        'council-release',
        `ExecStartPost=/bin/systemctl start --no-block ${unit}\nRestart=on-failure\nRestartSec=30\n${ONCE_A_BOOT}`,
      ),
    ),
  ],
  units: ['council-release.service'],
});
