/** A unit whose containers cannot be had here is left out: it says so in its status, and nothing waits for it. */
const WITHOUT_DOCKER = '[Unit]\nConditionPathExists=/usr/bin/dockerd\n';

/** What the lab's machine image is made of. A change here makes another image beside the old one. */
export const RECIPE = {
  /** Debian 12, whose packages are the nearest to Ubuntu 24.04 that debootstrap gets from one place. */
  suite: 'bookworm',

  /** What an Ubuntu cloud image has, and what the boot data of some host asks for: a host in the lab installs nothing. */
  packages: [
    'ca-certificates',
    'chrony',
    'cloud-init',
    'curl',
    'dbus',
    'etcd-server',
    'iproute2',
    'iputils-ping',
    'jq',
    'libpam-systemd',
    'netbase',
    'nftables',
    'nginx',
    'openssl',
    'procps',
    'prometheus-node-exporter',
    'python3-venv',
    'rtpengine-daemon',
    'systemd',
    'systemd-sysv',
    'unattended-upgrades',
    'xz-utils',
  ],

  /** From PyPI: Debian's own is older than the setting that leads it to another endpoint. */
  awsCli: 'awscli==1.45.11',

  /** Packages of Ubuntu whose place is taken by an empty one, by their names, with what is in it. */
  standIns: {
    'docker.io': {
      '/usr/bin/docker': "#!/bin/sh\necho 'docker: the lab has no container engine' >&2\nexit 1\n",
      '/lib/systemd/system/docker.service':
        `[Unit]\nDescription=No container engine in the lab\n${WITHOUT_DOCKER.slice('[Unit]\n'.length)}` +
        '[Service]\nType=oneshot\nExecStart=/bin/true\n',
    },
    'docker-compose-v2': {},
    snapd: {
      '/usr/bin/snap': '#!/bin/sh\necho "snap: none in the lab, left out: $*" >&2\n',
    },
  },

  /** Services that Debian starts by itself as soon as they are installed, and that boot data masks or sets up first. */
  disabled: ['etcd.service', 'rtpengine-daemon.service', 'nginx.service'],

  /** Nothing of these belongs to a council: they would only work at every boot. */
  masked: [
    'apt-daily-upgrade.timer',
    'apt-daily.timer',
    'console-getty.service',
    'dpkg-db-backup.timer',
    'e2scrub_all.timer',
    'e2scrub_reap.service',
    'fstrim.timer',
    'getty@.service',
    'systemd-networkd.service',
    'systemd-networkd-wait-online.service',
  ],
} as const;

/**
 * cloud-init's own source for EC2, which takes machines for EC2 by their hardware: a container has none, and would be
 * asked for version 1 of the metadata. This one takes every machine for EC2, and asks for version 2.
 */
const DATA_SOURCE = `from cloudinit import sources
from cloudinit.sources import DataSourceEc2 as ec2


class DataSourceEc2Lab(ec2.DataSourceEc2):
    def _get_cloud_name(self):
        return ec2.CloudNames.AWS


def get_datasource_list(depends):
    needed = (sources.DEP_FILESYSTEM, sources.DEP_NETWORK)
    return sources.list_from_depends(depends, [(DataSourceEc2Lab, needed)])
`;

/** Asks the metadata service as on EC2. The network is wired from outside; disks do not grow; nobody logs in by SSH. */
const CLOUD_INIT = `datasource_list: [Ec2Lab]
datasource:
  Ec2:
    strict_id: false
    metadata_urls: ['http://169.254.169.254']
    max_wait: 30
    timeout: 10
network: {config: disabled}
growpart: {mode: 'off'}
resize_rootfs: false
manage_etc_hosts: false
ssh_genkeytypes: []
locale: C.UTF-8
`;

/** Where the AWS API is, as hosts reach it. */
export interface AwsAccess {
  /** URL. */
  readonly endpoint: string;
  readonly region: string;
}

/** The AWS client of version 1 knows the region by another name than that of version 2. */
const awsEnvironment = ({ endpoint, region }: AwsAccess): readonly string[] => [
  `AWS_ENDPOINT_URL=${endpoint}`,
  `AWS_DEFAULT_REGION=${region}`,
];

/** What is put on each host's disk before its first boot. Units and logins are told where AWS is: on EC2 they need not be. */
export const hostFiles = (access: AwsAccess): Readonly<Record<string, string>> => ({
  '/etc/cloud/cloud.cfg.d/99-lab.cfg': CLOUD_INIT,
  '/etc/cloud/ds-identify.cfg': 'policy: enabled\n',
  '/usr/lib/python3/dist-packages/cloudinit/sources/DataSourceEc2Lab.py': DATA_SOURCE,
  '/etc/environment': awsEnvironment(access)
    .map((line) => `${line}\n`)
    .join(''),
  '/etc/systemd/system.conf.d/lab.conf': `[Manager]\nDefaultEnvironment=${awsEnvironment(access).join(' ')}\n`,
  '/etc/systemd/system/council-monitoring.service.d/lab.conf': WITHOUT_DOCKER,
  '/etc/systemd/system/h323-mcu.service.d/lab.conf': WITHOUT_DOCKER,
});
