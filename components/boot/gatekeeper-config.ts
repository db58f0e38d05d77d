import { stringify } from 'yaml';
import { type HostRole, VOTERS } from '../hosts.ts';
import { PORTS } from '../network/index.ts';
import { BootValuesError } from './errors.ts';
import { own, SECRETS, STATE } from './names.ts';
import type { BootValues } from './values.ts';

type GatekeeperRole = 'gatekeeper-primary' | 'gatekeeper-secondary';

export const isGatekeeper = (role: HostRole): role is GatekeeperRole =>
  role === 'gatekeeper-primary' || role === 'gatekeeper-secondary';

/** The members of the quorum, this host's own first: it is asked before the others. */
const etcdEndpoints = ({ role, addresses }: BootValues): string =>
  [role, ...VOTERS.filter((voter) => voter !== role)]
    .map((voter) => `https://${addresses[voter].private}:${PORTS.etcdClient}`)
    .join(';');

/**
 * The runtime's configuration file of a gatekeeper (YAML, keys as in the README). It listens on the private address and
 * tells terminals the public one, since addresses are translated between the two. Both gatekeepers of a stack have the
 * same identifier and the same key: terminals sign for the zone, whoever leads it.
 * @throws BootValuesError for a host that is no gatekeeper
 */
export function gatekeeperConfig(values: BootValues): string {
  const { role, addresses, primaryRasPort, secondaryRasPort } = values;
  if (!isGatekeeper(role)) throw new BootValuesError(role, ['it is no gatekeeper and has no such configuration']);
  const isPrimary = role === 'gatekeeper-primary';
  const other = isPrimary ? 'gatekeeper-secondary' : 'gatekeeper-primary';
  const address = own(values);
  const { zone } = values;
  const secrets = `${SECRETS}/gatekeeper`;
  return stringify({
    host: address.private,
    advertised_host: address.public,
    ras_port: isPrimary ? primaryRasPort : secondaryRasPort,
    signalling_port: PORTS.callSignalling,
    http_host: address.private,
    http_port: PORTS.metrics,
    gatekeeper_id: zone,
    role: isPrimary ? 'primary' : 'secondary',
    instance: role,
    registry: `${STATE}/guardian-registry.yaml`,
    data_dir: STATE,
    key_file: `${secrets}/gatekeeper.key`,
    etcd_endpoints: etcdEndpoints(values),
    etcd_ca_file: `${secrets}/etcd-ca.crt`,
    etcd_cert_file: `${secrets}/etcd-client.crt`,
    etcd_key_file: `${secrets}/etcd-client.key`,
    alternates: [
      {
        host: addresses[other].public,
        ras_port: isPrimary ? secondaryRasPort : primaryRasPort,
        gatekeeper_id: zone,
        // The lowest is tried first: the secondary sends terminals to the primary before anywhere else.
        priority: isPrimary ? 1 : 0,
      },
    ],
    council_bandwidth_bps: values.councilBandwidthBps,
    // Each guardian and each expert of the conference is one session.
    max_sessions: values.maxParticipants + values.maxExperts,
  });
}
