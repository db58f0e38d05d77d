import { PORTS } from '../network/index.ts';
import { awsUnit } from './base.ts';
import { GROUP_LABEL } from './gateway-alerts.ts';
import { CONFIG } from './names.ts';
import { type BootPart, scriptFile, unitFile } from './part.ts';
import type { BootValues } from './values.ts';

/** Seconds between two questions: a gateway lives for hours. */
const EVERY = 60;

/**
 * Lists the gateways of a group for Prometheus, over and over. Prometheus could ask EC2 itself, but would need the
 * credentials of the host for that, which also read the host's secrets, and the firewall keeps the metadata service that
 * has them from everybody but root. So root asks, and Prometheus reads a file. Where EC2 cannot be asked the last list
 * stays, and an alert tells its age.
 */
const SCRIPT = `#!/bin/bash
set -euo pipefail
install -d ${CONFIG}/targets
cd ${CONFIG}/targets
while :; do
  found=$(aws ec2 describe-instances --output json --query 'Reservations[].Instances[].[InstanceId,PrivateIpAddress]' --filters \\
    Name=tag:Project,Values=guardian-council "Name=tag:Stack,Values=$STACK" Name=tag:Name,Values=sip-gateway Name=instance-state-name,Values=running)
  jq -n 'input | sort | map(select(.[1]) | {targets: ["\\(.[1]):${PORTS.nodeExporter}"], labels: (${JSON.stringify(GROUP_LABEL)} + {instance: .[0]})})' <<<"$found" >.draft
  mv .draft sip-gateway.json
  sleep ${EVERY}
done
`;

/** What the monitoring host needs to know the gateways of a group. */
export const gatewayDiscoveryPart = ({ gatewayGroup, stack }: BootValues): BootPart =>
  gatewayGroup === undefined
    ? {}
    : {
        files: [
          scriptFile('council-gateways', SCRIPT),
          unitFile(
            'council-gateways.service',
            awsUnit(
              'List the gateways for Prometheus',
              'council-gateways',
              `Environment=STACK=${stack}\nTimeoutStartSec=infinity\nRestart=on-failure\nRestartSec=30\n[Install]\nWantedBy=multi-user.target\n`,
            ),
          ),
        ],
        units: ['council-gateways.service'],
      };
