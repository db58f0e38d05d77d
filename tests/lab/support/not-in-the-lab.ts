/** What of the runbook cannot work in a lab, and how it fails there: a command that comes to work is to leave the table. */
export interface NotInTheLab {
  /** Ids of the runbook's commands. */
  readonly ids: readonly string[];
  readonly why: string;
  readonly status: number;
  /** In what it writes, to either output. */
  readonly says: RegExp;
}

const HOSTS = ['gatekeeper-primary', 'gatekeeper-secondary', 'mcu', 'sip-gateway', 'monitoring'];

export const NOT_IN_THE_LAB: readonly NotInTheLab[] = [
  {
    ids: HOSTS.map((host) => `clock-${host}`),
    why: "a container may not set the machine's clock, so chrony is left out",
    status: 1,
    says: /506 Cannot talk to daemon/,
  },
  {
    ids: ['status-mcu', 'status-monitoring'],
    why: 'no container engine: the service is left out, which systemctl calls 3, inactive',
    status: 1,
    says: /unmet condition[\s\S]*exit code 3/,
  },
];
