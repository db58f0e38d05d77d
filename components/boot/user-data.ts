import { gzipSync, strToU8 } from 'fflate';
import { stringify } from 'yaml';
import { VOTERS } from '../hosts.ts';
import { basePart, releasePart, secretsPart } from './base.ts';
import { checkValues } from './check-values.ts';
import { dataPart } from './data-volume.ts';
import { UserDataSizeError } from './errors.ts';
import { etcdPart } from './etcd.ts';
import { firewallPart } from './firewall.ts';
import { gatekeeperPart, witnessPart } from './gatekeeper.ts';
import { isGatekeeper } from './gatekeeper-config.ts';
import { gatewayDiscoveryPart } from './gateway-discovery.ts';
import { gatewayGroupPart } from './gateway-group.ts';
import { mcuPart } from './mcu.ts';
import { monitoringPart } from './monitoring.ts';
import { nginxPart } from './nginx.ts';
import { type BootPart, scriptFile } from './part.ts';
import { secretFilesOf } from './secret-files.ts';
import { sipGatewayPart } from './sip-gateway.ts';
import type { BootValues } from './values.ts';

/** Octets of user data that EC2 takes, compressed and before they are encoded (EC2 User Guide, instance user data). */
export const LARGEST_USER_DATA = 16_384;

/**
 * The cloud-init user data of a host (Ubuntu 24.04, x86-64). It holds no secret: anyone on the host can read it.
 * @throws BootValuesError for values that do not belong into files
 */
export function userData(values: BootValues): string {
  checkValues(values);
  return cloudConfig(values, partsOf(values));
}

/**
 * User data as EC2 gets it: gzip, which cloud-init unpacks, in base64. The same text gives the same octets on every
 * machine, for a machine is replaced when they change; Node's own zlib differs between versions and processors.
 * @param host names the machine in errors
 * @throws UserDataSizeError where it is too large for EC2
 */
export function compressedUserData(host: string, text: string): string {
  const octets = gzipSync(strToU8(text), { level: 9, mtime: 0 });
  if (octets.length > LARGEST_USER_DATA) throw new UserDataSizeError(host, octets.length, LARGEST_USER_DATA);
  return Buffer.from(octets).toString('base64');
}

function partsOf(values: BootValues): readonly BootPart[] {
  const { role } = values;
  const secrets = secretFilesOf(role, values.mcuEngine);
  const base = [
    firewallPart(values),
    basePart(values),
    ...(VOTERS.includes(role) ? [dataPart(values)] : []),
    ...(Object.keys(secrets).length > 0 ? [secretsPart(secrets)] : []),
  ];
  if (isGatekeeper(role))
    return [...base, releasePart(`h323-${role}.service`), etcdPart(values), gatekeeperPart(values), witnessPart()];
  switch (role) {
    case 'mcu':
      return [...base, releasePart('h323-mcu.service'), mcuPart(values)];
    case 'sip-gateway':
      return [
        gatewayGroupPart(values),
        ...base,
        releasePart('h323-sip-gateway.service'),
        sipGatewayPart(values),
        witnessPart(),
      ];
    case 'monitoring':
      return [...base, etcdPart(values), nginxPart(values), gatewayDiscoveryPart(values), monitoringPart(values)];
  }
}

/** The keys in the order in which cloud-init acts on them; modules: bootcmd, write_files, packages, deferred files, runcmd. */
function cloudConfig(values: BootValues, parts: readonly BootPart[]): string {
  const all = <T>(of: (part: BootPart) => readonly T[] | undefined): T[] => parts.flatMap((part) => of(part) ?? []);
  const masked = all(({ masked }) => masked);
  const files = [...all(({ files }) => files), scriptFile('council-first-boot', firstBoot(parts))];
  const config = {
    hostname: `${values.stack}-${values.role}`,
    // Instead of Ubuntu's default user, whom nobody can log in as without SSH.
    users: all(({ users }) => users).map(({ name, home }) => ({
      name,
      system: true,
      homedir: home,
      shell: '/usr/sbin/nologin',
    })),
    apt: { conf: 'APT::Install-Recommends "false";\n' },
    bootcmd: [['systemctl', 'mask', ...masked]],
    write_files: files.map(({ path, content, permissions, defer, append }) => ({
      path,
      ...(permissions === undefined ? {} : { permissions }),
      ...(defer === true ? { defer } : {}),
      ...(append === true ? { append } : {}),
      content,
    })),
    package_upgrade: true,
    packages: all(({ packages }) => packages).sort(),
    runcmd: [['/usr/local/sbin/council-first-boot']],
  };
  const about = `# ${values.role} of ${values.stack}. No secret is in here: hosts read theirs from SSM.\n`;
  return `#cloud-config\n${about}${stringify(config, { lineWidth: 0, indentSeq: false })}`;
}

/** Ends the first boot. It stops at the first failure, which `cloud-init status` then tells. */
function firstBoot(parts: readonly BootPart[]): string {
  const masked = parts.flatMap(({ masked }) => masked ?? []);
  const units = parts.flatMap(({ units }) => units ?? []).join(' ');
  return `#!/bin/bash
set -euo pipefail
again() {
  for _ in {1..20}; do
    "$@" && return
    sleep 15
  done
  return 1
}
systemctl stop ${masked.join(' ')} || true
${parts.flatMap(({ commands }) => commands ?? []).join('\n')}
systemctl daemon-reload
systemctl enable --now --no-block ${units}
`;
}
