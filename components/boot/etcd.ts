import { VOTERS } from '../hosts.ts';
import { PORTS } from '../network/index.ts';
import { NEEDS_DATA } from './data-volume.ts';
import { denseYaml } from './dense-yaml.ts';
import { HARDENED } from './hardening.ts';
import { CONFIG, own, SECRETS } from './names.ts';
import { type BootPart, unitFile } from './part.ts';
import type { BootValues } from './values.ts';

const FILE = `${CONFIG}/etcd.yaml`;

/** Octets, with the history that is not compacted yet. When they are used up, etcd takes no more writes and raises an alarm. */
const QUOTA = 2 * 1024 ** 3;
/** Nanoseconds, in which etcd's file counts. Gatekeepers look after an idle connection each second. */
const SHORTEST_PING_INTERVAL = 500_000_000;

/**
 * A voter's etcd, on the private address alone and by mutual TLS. Its heartbeat and election timeout (ms) are a fifth
 * and a half of etcd's own defaults, and candidates ask before they stand (pre-vote): measured, that brings a new leader
 * within the 5 s that a failover may take.
 */
export function etcdConfig(values: BootValues): string {
  const { private: address } = own(values);
  const peer = `https://${address}:${PORTS.etcdPeer}`;
  const client = `https://${address}:${PORTS.etcdClient}`;
  const tls = {
    'cert-file': `${SECRETS}/etcd/member.crt`,
    'key-file': `${SECRETS}/etcd/member.key`,
    'client-cert-auth': true,
    'trusted-ca-file': `${SECRETS}/etcd/ca.crt`,
  };
  return denseYaml({
    name: values.role,
    'data-dir': '/var/lib/etcd/council',
    'listen-peer-urls': peer,
    'listen-client-urls': client,
    'initial-advertise-peer-urls': peer,
    'advertise-client-urls': client,
    'listen-metrics-urls': `http://${address}:${PORTS.etcdMetrics}`,
    'initial-cluster': VOTERS.map(
      (voter) => `${voter}=https://${values.addresses[voter].private}:${PORTS.etcdPeer}`,
    ).join(','),
    // Each stack has a quorum of its own, also one that stands in for another.
    'initial-cluster-token': `guardian-council-${values.stack}`,
    'heartbeat-interval': 50,
    'election-timeout': 500,
    'pre-vote': true,
    'grpc-keepalive-min-time': SHORTEST_PING_INTERVAL,
    'quota-backend-bytes': QUOTA,
    // Entries of the log. etcd's own default is ten times as many, all held in memory.
    'snapshot-count': 10_000,
    'auto-compaction-mode': 'periodic',
    'auto-compaction-retention': '5m',
    logger: 'zap',
    'client-transport-security': tls,
    'peer-transport-security': tls,
  });
}

/** Its unit counts as started before there is a quorum (etcd would tell when there is one), or a boot would wait for the others. */
export const etcdPart = (values: BootValues): BootPart => ({
  packages: ['etcd-server'],
  // The package's own unit would start a cluster of one.
  masked: ['etcd.service'],
  files: [
    { path: FILE, content: etcdConfig(values) },
    unitFile(
      'council-etcd.service',
      `[Unit]
Description=etcd, member ${values.role} of the council's quorum
${NEEDS_DATA}Wants=council-secrets.service
After=council-secrets.service
StartLimitIntervalSec=0
[Service]
Type=exec
User=etcd
ExecStart=/usr/bin/etcd --config-file ${FILE}
Restart=always
RestartSec=1
LimitNOFILE=65536
ReadWritePaths=/var/lib/etcd
${HARDENED}[Install]
WantedBy=multi-user.target
`,
    ),
  ],
  units: ['council-etcd.service'],
});
