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

/** What a shell or a program says of something that is not there, though a pipe or `|| true` hides its exit code. */
const COMPLAINT = /command not found|No such file or directory|usage:|jq: error|Permission denied/i;

/** What is not as it should be with commands that were run: nothing, where the lab and the table are as one. */
export function problemsOf(
  ended: readonly { id: string; status: number; stdout: string; stderr: string }[],
): readonly string[] {
  return ended.flatMap(({ id, status, stdout, stderr }) => {
    const expected = NOT_IN_THE_LAB.find(({ ids }) => ids.includes(id));
    const said = `${stdout}${stderr}`;
    const isAsExpected =
      expected === undefined
        ? status === 0 && !COMPLAINT.test(stderr)
        : status === expected.status && expected.says.test(said);
    if (isAsExpected) return [];
    const wanted = expected === undefined ? '0, and no complaint' : `${expected.status} and ${expected.says}`;
    return [`${id}: ${status} instead of ${wanted}: ${said.slice(-800)}`];
  });
}
