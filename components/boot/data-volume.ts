import type { HostRole } from '../hosts.ts';
import { SERVICE_USER, STATE } from './names.ts';
import { type BootPart, scriptFile, unitFile } from './part.ts';
import type { BootValues } from './values.ts';

/** Where a voter's data volume is mounted. */
export const DATA = '/var/lib/council-data';

/** What a voter's services wait for: without its data none of them starts. */
export const DATA_UNIT = 'council-data.service';

/** For the `[Unit]` section of what must not start on an empty folder. */
export const NEEDS_DATA = `Requires=${DATA_UNIT}\nAfter=${DATA_UNIT}\n`;

/** File system labels (ext4: 16 octets at most), so that a volume is never taken for that of another voter. */
const LABELS: Readonly<Partial<Record<HostRole, string>>> = {
  'gatekeeper-primary': 'council-gk1',
  'gatekeeper-secondary': 'council-gk2',
  monitoring: 'council-mon',
};

/** Folders of the volume: name, Linux user, and where it is seen. */
const ETCD = 'etcd etcd /var/lib/etcd';
const STATE_FOLDER = `state ${SERVICE_USER} ${STATE}`;

/** What has to be all zeros for a volume without a known content to be held for blank, MiB. */
const BLANK_MIB = 64;

/**
 * Mounts the host's data volume, by the serial number that EBS gives it. A file system is made on a volume that is blank
 * only: nothing that blkid knows, and zeros at its beginning. Whatever else is found there (another file system, another
 * voter's, one that needs repair by hand) is left as it is, and the unit fails: so do those that need the data. Users may
 * have other numbers on a new image, so what is not its user's becomes so. A volume that has
 * grown is used whole from the next boot on.
 *
 * It waits for the volume, which is attached once the machine is there. Where the folder is a mount already, as when the
 * unit is started again, that is taken.
 */
export function dataScript({ role, dataVolume = '' }: BootValues): string {
  const folders = role === 'monitoring' ? [ETCD] : [ETCD, STATE_FOLDER];
  return `#!/bin/bash
set -euo pipefail
device=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${dataVolume.replace('vol-', 'vol')}
label=${LABELS[role] ?? ''}
refuse() {
  echo "the data volume ${dataVolume} $1; it is left as it is" >&2
  exit 1
}
install -d -m 0755 ${DATA}
if ! mountpoint -q ${DATA}; then
  until [[ -b $device ]]; do
    echo 'waiting for the data volume ${dataVolume}' >&2
    sleep 5
  done
  status=0
  blkid -p "$device" >&2 || status=$?
  if ((status == 0)); then
    found="$(blkid -p -s TYPE -o value "$device" || true) $(blkid -p -s LABEL -o value "$device" || true)"
    [[ $found == "ext4 $label" ]] || refuse "is not $label, but: $found"
    e2fsck -f -p "$device" >&2 || (($? < 4)) || refuse 'needs to be repaired by hand (e2fsck)'
  elif ((status == 2)); then
    cmp -s -n ${BLANK_MIB}M "$device" /dev/zero || refuse 'is not blank, and holds nothing known'
    mkfs.ext4 -q -m 1 -L "$label" "$device"
  else
    refuse 'cannot be read, or holds several things at once'
  fi
  resize2fs "$device" >&2
  mount -o noatime,nodev,nosuid "$device" ${DATA}
fi
while read -r name user folder; do
  install -d -m 0750 "${DATA}/$name" "$folder"
  find "${DATA}/$name" ! -user "$user" -exec chown -h "$user": {} +
  mountpoint -q "$folder" || mount --bind "${DATA}/$name" "$folder"
done <<'END'
${folders.join('\n')}
END
`;
}

/** The data volume of a voter: mounted in every boot, before what keeps its data there. */
export const dataPart = (values: BootValues): BootPart => ({
  files: [
    scriptFile('council-data', dataScript(values)),
    unitFile(
      DATA_UNIT,
      `[Unit]
Description=Data volume
[Service]
Type=oneshot
RemainAfterExit=yes
TimeoutStartSec=infinity
ExecStart=/usr/local/sbin/council-data
[Install]
WantedBy=multi-user.target
`,
    ),
  ],
  units: [DATA_UNIT],
});
