import { drainTime, partnerOf, type ReleaseRole, unitOf } from './hosts.ts';
import { isSha256 } from './names.ts';

/** Where hosts have their releases, and the configuration of a gatekeeper; boot data puts them there. */
const RELEASES = '/opt/guardian-council';
const CONFIG = '/etc/guardian-council';

const PATH = '/usr/local/bin:/snap/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Seconds for a unit to stop and start, and for the fetching and unpacking before it. */
const RESTART_TIME = 90;
const FETCH_TIME = 600;
/** Seconds for a look at a host. */
const LOOK_TIME = 30;

/** A script for the Systems Manager agent of a host (POSIX sh), and the seconds that it may take. */
export interface HostScript {
  readonly text: string;
  readonly timeout: number;
}

/** Whether what the unit starts is in the release: a service that is not part of it yet is left alone. */
const IS_OURS = `systemctl cat "$unit" 2>/dev/null | grep -q '^ExecStart=.*${RELEASES}/current/'`;

/**
 * Makes a host run the release that its parameter names: fetched, verified, switched to, and the service restarted. On
 * the MCU and the gateway calls get their time to end first.
 * @param release the SHA-256 that the parameter is expected to name
 */
export function switchScript(role: ReleaseRole, release: string): HostScript {
  if (!isSha256(release)) throw new RangeError(`${release} is no SHA-256`);
  const drain = drainTime(role);
  const text = `set -eu
export HOME=/root PATH=${PATH}
set -a
. ${CONFIG}/host.env
set +a
unit=${unitOf(role)}
/usr/local/sbin/council-release
now=$(readlink ${RELEASES}/current || true)
if [ "$now" != ${release} ]; then
  echo "the current release is \${now:-none}, not ${release}" >&2
  exit 1
fi
if ! ${IS_OURS}; then
  echo "$unit runs nothing of the release and goes on as it is"
  exit 0
fi
${drain === 0 ? '' : drained(drain)}timeout ${RESTART_TIME} systemctl restart "$unit"
echo "$unit restarted"
`;
  return { text, timeout: FETCH_TIME + drain + RESTART_TIME };
}

/** SIGUSR1 lets calls end; the service ends itself then, and systemd starts it anew. */
const drained = (seconds: number): string => `main=$(systemctl show --property=MainPID --value "$unit")
if [ "$main" != 0 ]; then
  systemctl kill --kill-whom=main --signal=USR1 "$unit"
  waited=0
  while [ "$(systemctl show --property=MainPID --value "$unit")" = "$main" ] && [ "$waited" -lt ${seconds} ]; do
    sleep 5
    waited=$((waited + 5))
  done
fi
`;

/** What cloud-init leaves when a machine's first boot has ended. */
const BOOTED = '/var/lib/cloud/instance/boot-finished';

/** Whether the group of this gateway has chosen it to go; one that is of no group has no such state, and says nothing. */
const LEAVING = `metadata=http://169.254.169.254/latest
imds=$(curl -sSf -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token" 2>/dev/null)
aim=$(curl -sSf -m 2 -H "X-aws-ec2-metadata-token: $imds" "$metadata/meta-data/autoscaling/target-lifecycle-state" 2>/dev/null)
[ "$aim" != Terminated ] || leaving=true
`;

/** Looks at a host: one line of JSON, which `parseHostState` reads. */
export function lookScript(role: ReleaseRole): HostScript {
  const current = `${RELEASES}/current`;
  const ask = `timeout ${LOOK_TIME - 10} ${current}/node ${current}/runtime/cli/council.mjs ha probe --json --config ${CONFIG}/gatekeeper.yaml`;
  const text = `set -u
export PATH=${PATH}
unit=${unitOf(role)}
current=$(readlink ${current} || echo none)
state=$(systemctl is-active "$unit")
main=$(systemctl show --property=MainPID --value "$unit")
ours=false
leaving=false
booting=true
[ ! -e ${BOOTED} ] || booting=false
${role === 'sip-gateway' ? LEAVING : ''}probe=
if ${IS_OURS}; then
  ours=true
${partnerOf(role) === undefined ? '' : `  probe=$(${ask} 2>/dev/null | tail -n 1)\n`}fi
printf '{"current":"%s","ours":%s,"state":"%s","pid":%s,"booting":%s,"leaving":%s,"probe":%s}\\n' \\
  "$current" "$ours" "$state" "\${main:-0}" "$booting" "$leaving" "\${probe:-null}"
`;
  return { text, timeout: LOOK_TIME };
}
