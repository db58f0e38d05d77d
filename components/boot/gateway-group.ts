import { PORTS } from '../network/index.ts';
import { awsUnit } from './base.ts';
import { CONFIG } from './names.ts';
import { type BootPart, scriptFile, unitFile } from './part.ts';
import { HOST_ENVIRONMENT } from './scripts.ts';
import type { BootValues, HostAddresses } from './values.ts';

/**
 * Stands for the addresses of a gateway of a group in its boot data, which is the same for all of them: the machine puts
 * its own in their place. Of a network for documentation (RFC 5737).
 */
export const UNKNOWN_ADDRESSES: HostAddresses = { private: '192.0.2.1', public: '192.0.2.2' };

/** Files in which they stand. */
const FILES = `${CONFIG}/rtpengine.conf /etc/default/prometheus-node-exporter`;

/** The lifecycle hook by which a group waits for a gateway that is to go. */
export const DRAIN_HOOK = 'drain';

const METADATA = 'http://169.254.169.254/latest';

const ask = `imds=$(curl -sSf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' ${METADATA}/api/token)
ask() { curl -sSf -H "X-aws-ec2-metadata-token: $imds" "${METADATA}/meta-data/$1"; }
`;

/** Puts the machine's own addresses in their place, and keeps its witness files apart from those of the others. */
const ADDRESS_SCRIPT = `#!/bin/bash
set -euo pipefail
${ask}private=$(ask local-ipv4)
public=$(ask public-ipv4)
instance=$(ask instance-id)
sed -i "s/${UNKNOWN_ADDRESSES.private.replaceAll('.', '\\.')}\\b/$private/g; s/${UNKNOWN_ADDRESSES.public.replaceAll('.', '\\.')}\\b/$public/g" ${FILES}
sed -i "s/^WITNESS_PREFIX=\\"\\([a-z0-9-]*\\)\\"$/WITNESS_PREFIX=\\"\\1\\/$instance\\"/" ${HOST_ENVIRONMENT}
`;

/**
 * Waits until the group has chosen this machine to go, then until nobody talks through it any more, ships its witness
 * files, today's too, and lets it go. The load balancer sends it no new caller from the start; the group waits for half
 * an hour at most. A port of a call is a UDP socket of the media engine.
 */
const DRAIN_SCRIPT = `#!/bin/bash
set -euo pipefail
${ask}instance=$(ask instance-id)
until [[ $(ask autoscaling/target-lifecycle-state || true) == Terminated ]]; do
  sleep 10
  imds=$(curl -sSf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' ${METADATA}/api/token || true)
done
while [[ -n $(ss -Hlun "sport >= :${PORTS.rtp.from} and sport <= :${PORTS.rtp.to}") ]]; do
  echo 'waiting for the last call to end' >&2
  sleep 10
done
TODAY=none QUIET=-1 /usr/local/sbin/council-witness || echo 'not all witness files are in the archive' >&2
aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE --lifecycle-hook-name ${DRAIN_HOOK} \\
  --auto-scaling-group-name "$GATEWAY_GROUP" --instance-id "$instance"
`;

/** What a gateway needs that is one of a group. */
export const gatewayGroupPart = ({ gatewayGroup }: BootValues): BootPart =>
  gatewayGroup === undefined
    ? {}
    : {
        packages: ['curl'],
        files: [
          scriptFile('council-address', ADDRESS_SCRIPT),
          scriptFile('council-drain', DRAIN_SCRIPT),
          unitFile(
            'council-drain.service',
            awsUnit(
              'Leave the group without dropping a call',
              'council-drain',
              `Environment=GATEWAY_GROUP=${gatewayGroup}\nTimeoutStartSec=infinity\nRestart=on-failure\nRestartSec=10\n[Install]\nWantedBy=multi-user.target\n`,
            ),
          ),
        ],
        commands: ['/usr/local/sbin/council-address'],
        units: ['council-drain.service'],
      };
