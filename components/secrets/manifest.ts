import { type SecretFiles, secretFilesOf, zoneName } from '../boot/index.ts';
import { HOST_ROLES } from '../hosts.ts';
import { privateAddresses } from '../network/index.ts';
import type { StackConfig } from '../stack-config.ts';
import { pkiPath, secretsPath } from './paths.ts';

/** What one host reads. */
export interface HostSecrets {
  /** Private IPv4 address, which certificates of the host name. */
  readonly address: string;
  /** SSM path that the files are below. */
  readonly path: string;
  /** `<owner>/<file>`, as in SecretFiles. */
  readonly made: readonly string[];
  readonly given: readonly string[];
  readonly optional: readonly string[];
}

/** Which secrets a stack needs: names, paths and addresses, and no secret. `council secrets` writes by it. */
export interface SecretsManifest {
  readonly stack: string;
  readonly region: string;
  /** Identifier of the zone: what the key of the gatekeepers speaks for. */
  readonly zone: string;
  /** IPv4 networks that the hosts are in; certificates are good for nothing outside. */
  readonly networks: readonly string[];
  readonly pkiPath: string;
  /** By the host's role; hosts without secrets are not there. */
  readonly hosts: Readonly<Record<string, HostSecrets>>;
}

type Config = Pick<StackConfig, 'stack' | 'region' | 'vpcCidr' | 'subnetCidrs' | 'mcuEngine'> &
  Partial<Pick<StackConfig, 'gatekeeperId'>>;

export function secretsManifest(config: Config): SecretsManifest {
  const { stack, region, vpcCidr, subnetCidrs, mcuEngine } = config;
  const addresses = privateAddresses(subnetCidrs);
  const hosts = HOST_ROLES.flatMap((role) => {
    const owners = Object.entries(secretFilesOf(role, mcuEngine));
    const names = (kind: 'made' | 'given' | 'optional'): string[] =>
      owners.flatMap(([owner, files]: [string, SecretFiles]) => files[kind].map((file) => `${owner}/${file}`));
    const own: HostSecrets = {
      address: addresses[role],
      path: secretsPath(stack, role),
      made: names('made'),
      given: names('given'),
      optional: names('optional'),
    };
    return owners.length === 0 ? [] : [[role, own] as const];
  });
  return {
    stack,
    region,
    zone: config.gatekeeperId ?? zoneName(stack),
    networks: [vpcCidr],
    pkiPath: pkiPath(stack),
    hosts: Object.fromEntries(hosts),
  };
}
