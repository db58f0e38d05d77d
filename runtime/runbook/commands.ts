import { type HostRole, ROLES, type StackOutputs } from './outputs.ts';

/**
 * What a command does to a council that serves: looks only; changes something, unnoticed by terminals; interrupts one
 * host's service; or is for the day when all else failed.
 */
export type Effect = 'looks' | 'changes' | 'interrupts' | 'last resort';

/** A command of the runbook, with this stack's own names in it. */
export interface RunbookCommand {
  /** Names it in templates and tests, such as `status-mcu`. */
  readonly id: string;
  /** A line for a POSIX shell where the project is checked out, with the operator's AWS credentials. */
  readonly shell: string;
  readonly effect: Effect;
}

/** The unit that is what a host is for; monitoring is several containers under one. */
const UNITS: Readonly<Record<HostRole, string>> = {
  'gatekeeper-primary': 'h323-gatekeeper-primary',
  'gatekeeper-secondary': 'h323-gatekeeper-secondary',
  mcu: 'h323-mcu',
  'sip-gateway': 'h323-sip-gateway',
  monitoring: 'council-monitoring',
};
export const unitOf = (role: HostRole): string => UNITS[role];

const GATEKEEPERS = ['gatekeeper-primary', 'gatekeeper-secondary'] as const;
const isGatekeeper = (role: HostRole): boolean => GATEKEEPERS.some((one) => one === role);
const VOTERS = [...GATEKEEPERS, 'monitoring'] as const;
const METRICS_PORT = 9464;
const ETCD_PEER_PORT = 2380;
const LOGS = '/var/lib/guardian-council/logs';
const ETCD_DATA = '/var/lib/etcd/council';

/** For a POSIX shell. @throws RangeError where that would need more than quotes */
function quoted(command: string): string {
  if (command.includes("'")) throw new RangeError(`a quote inside a command for a host: ${command}`);
  return `'${command}'`;
}

/** Every command of the runbook, each once; none for a host whose machine the outputs do not name. */
export function commandsOf(outputs: StackOutputs): readonly RunbookCommand[] {
  const { stack, region, instances, addresses, arns } = outputs;
  const commands: RunbookCommand[] = [];
  const add = (id: string, effect: Effect, shell: string): void => void commands.push({ id, effect, shell });
  const remote = (role: HostRole, command: string): string =>
    `npx council remote ${instances[role]} --region ${region} ${quoted(command)}`;
  const known = ROLES.filter((role) => instances[role] !== undefined);
  const bucketOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

  for (const role of known) {
    add(`status-${role}`, 'looks', remote(role, `systemctl status --no-pager --lines 5 ${UNITS[role]}`));
    add(`log-${role}`, 'looks', remote(role, `journalctl --no-pager --since -15min --unit ${UNITS[role]}`));
    add(`failed-${role}`, 'looks', remote(role, 'systemctl --no-pager --failed'));
    add(`boot-${role}`, 'looks', remote(role, 'cloud-init status --long'));
    add(`disk-${role}`, 'looks', remote(role, 'df --human-readable --local --exclude-type=tmpfs'));
    add(`clock-${role}`, 'looks', remote(role, 'chronyc tracking'));
    add(`firewall-${role}`, 'looks', remote(role, 'nft list ruleset'));
    add(`restart-${role}`, 'interrupts', remote(role, `systemctl restart ${UNITS[role]}`));
  }
  for (const role of GATEKEEPERS) {
    const council = (args: string): string => remote(role, `council ${args}`);
    const today = `${LOGS}/h323_witness/h323_ras_$(date -u +%Y%m%d).jsonl`;
    add(`ready-${role}`, 'looks', remote(role, `curl -sS http://${addresses.private[role]}:${METRICS_PORT}/readyz`));
    add(`ha-status-${role}`, 'looks', council('ha status'));
    add(`ha-members-${role}`, 'looks', council('ha members'));
    add(`ha-backup-${role}`, 'changes', council('ha backup --out /var/backups/etcd.db'));
    add(`ha-compact-${role}`, 'changes', council('ha compact'));
    add(`ha-switchover-${role}`, 'changes', remote(role, `council ha switchover --to ${role}`));
    add(`registry-check-${role}`, 'looks', council('registry check /var/lib/guardian-council/guardian-registry.yaml'));
    add(`reload-registry-${role}`, 'changes', remote(role, `systemctl reload ${UNITS[role]}`));
    add(`drain-${role}`, 'interrupts', remote(role, `systemctl kill --kill-whom=main --signal=USR1 ${UNITS[role]}`));
    add(`admissions-${role}`, 'looks', remote(role, `grep -c "\\"msg_type\\": \\"ARQ\\"" ${today} || true`));
    add(`refused-${role}`, 'looks', remote(role, `grep ARJ ${today} | tail -n 20 | jq -c .`));
    add(`forged-${role}`, 'looks', remote(role, `grep INVALID_SIGNATURE ${today} | tail -n 20 | jq -c .`));
    add(
      `failovers-${role}`,
      'looks',
      remote(role, `cat ${LOGS}/ha/failover_*.jsonl | grep GATEKEEPER_FAILOVER | jq -c . || true`),
    );
  }
  // A gateway that refused nobody yet has no log, which is no fault.
  if (instances['sip-gateway'] !== undefined)
    add(
      'violations-sip-gateway',
      'looks',
      remote(
        'sip-gateway',
        `cat ${LOGS}/gateway/*.jsonl 2>/dev/null | grep PII_POLICY_VIOLATION | tail -n 20 | jq -c . || true`,
      ),
    );
  for (const role of VOTERS) {
    const asker = role === 'gatekeeper-primary' ? 'gatekeeper-secondary' : 'gatekeeper-primary';
    const url = `https://${addresses.private[role]}:${ETCD_PEER_PORT}`;
    add(`etcd-restart-${role}`, 'interrupts', remote(role, 'systemctl restart council-etcd'));
    add(`etcd-log-${role}`, 'looks', remote(role, 'journalctl --no-pager --since -15min --unit council-etcd'));
    add(`member-replace-${role}`, 'changes', remote(asker, `council ha replace-member ${role} --peer-url ${url}`));
    add(
      `member-empty-${role}`,
      'last resort',
      remote(
        role,
        `systemctl stop council-etcd && { test ! -e ${ETCD_DATA} || mv ${ETCD_DATA} ${ETCD_DATA}.$(date +%s); } && ` +
          'sed -i -e "/^initial-cluster-state:/d" -e "\\$ainitial-cluster-state: existing" /etc/guardian-council/etcd.yaml && ' +
          'systemctl start council-etcd',
      ),
    );
    add(
      `member-wait-${role}`,
      'changes',
      remote(asker, `council ha replace-member ${role} --peer-url ${url} --wait 300`),
    );
  }
  for (const role of GATEKEEPERS) {
    add(`stop-${role}`, 'last resort', remote(role, `systemctl stop ${UNITS[role]}`));
    add(`start-${role}`, 'changes', remote(role, `systemctl start ${UNITS[role]}`));
    add(`secrets-read-${role}`, 'changes', remote(role, 'systemctl restart council-secrets'));
  }
  // The hosts that have witness logs.
  for (const role of known.filter((one) => one === 'sip-gateway' || isGatekeeper(one))) {
    add(`backup-log-${role}`, 'looks', remote(role, 'journalctl --no-pager --lines 40 --unit council-witness'));
    add(`backup-run-${role}`, 'changes', remote(role, 'systemctl start council-witness'));
  }
  add('outputs', 'looks', `pulumi stack output --json --stack ${stack} | npx council runbook`);
  add('preview', 'looks', `pulumi preview --diff --stack ${stack}`);
  add('drift', 'looks', `pulumi preview --refresh --expect-no-changes --stack ${stack}`);
  add('up', 'changes', `pulumi up --stack ${stack}`);
  add('release-status', 'looks', `npx council release status --stack ${stack} --region ${region}`);
  add('release-list', 'looks', `npx council release list --stack ${stack} --region ${region}`);
  add('release-wanted', 'looks', `pulumi config get guardian-council:release --stack ${stack}`);
  // Without --yes it tells its steps.
  add('rollback-way-back', 'looks', `npx council rollback --back --stack ${stack}`);
  add('secrets-check', 'looks', `npx council secrets check --stack ${stack} --region ${region}`);
  add(
    'witness-archive',
    'looks',
    `aws s3 ls --recursive --region ${region} s3://${bucketOf(arns.witnessBucket)}/ | tail -n 20`,
  );
  add(
    'machines',
    'looks',
    `aws ec2 describe-instance-status --include-all-instances --region ${region} --instance-ids ${known.map((role) => instances[role]).join(' ')}`,
  );
  return commands;
}
