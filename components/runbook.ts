import * as pulumi from '@pulumi/pulumi';
import { HOST_ROLES, type HostRole } from './hosts.ts';

export interface RunbookArgs {
  readonly region: string;
  readonly instances: Readonly<Record<HostRole, pulumi.Input<string>>>;
  readonly witnessBucket: pulumi.Input<string>;
  readonly releaseParameter: pulumi.Input<string>;
}

/** A command for each host. */
type HostCommands = Readonly<Record<string, pulumi.Output<string>>>;

export interface RunbookCommands {
  /** A shell on a host: there is no SSH. */
  readonly session: HostCommands;
  /** Restarts a host's service by way of Systems Manager. */
  readonly restart: HostCommands;
  /** Lets a gatekeeper read its registry again. */
  readonly reloadRegistry: HostCommands;
  /** Lets a gatekeeper admit nobody until its live calls have ended, half an hour at most; then it starts anew. */
  readonly drain: HostCommands;
  /** What was shipped to the witness archive. */
  readonly witnessLogs: pulumi.Output<string>;
  /** The SHA-256 of the release that hosts are to run. */
  readonly wantedRelease: pulumi.Output<string>;
}

/** The unit that is what a host is for, by its name on every host; monitoring is a compose project of several. */
const UNITS: Readonly<Partial<Record<HostRole, string>>> = {
  'gatekeeper-primary': 'h323-gatekeeper-primary',
  'gatekeeper-secondary': 'h323-gatekeeper-secondary',
  mcu: 'h323-mcu',
  'sip-gateway': 'h323-sip-gateway',
};

const GATEKEEPERS = ['gatekeeper-primary', 'gatekeeper-secondary'] as const;

/** Commands of the runbook with this stack's own names in them, to be run where the AWS command line is. */
export function runbookCommands(args: RunbookArgs): RunbookCommands {
  const { region, instances, witnessBucket, releaseParameter } = args;
  const aws = (command: string) => `aws ${command} --region ${region}`;
  const perUnit = (action: string, roles: readonly HostRole[]): HostCommands =>
    Object.fromEntries(
      roles.flatMap((role) => {
        const unit = UNITS[role];
        const send = aws('ssm send-command --document-name AWS-RunShellScript');
        return unit === undefined
          ? []
          : [
              [
                role,
                pulumi.interpolate`${send} --instance-ids ${instances[role]} --parameters 'commands=["systemctl ${action} ${unit}"]'`,
              ],
            ];
      }),
    );
  return {
    session: Object.fromEntries(
      HOST_ROLES.map((role) => [role, pulumi.interpolate`${aws('ssm start-session')} --target ${instances[role]}`]),
    ),
    restart: perUnit('restart', HOST_ROLES),
    reloadRegistry: perUnit('reload', GATEKEEPERS),
    drain: perUnit('kill --kill-whom=main --signal=USR1', GATEKEEPERS),
    witnessLogs: pulumi.interpolate`${aws('s3 ls --recursive')} s3://${witnessBucket}/`,
    wantedRelease: pulumi.interpolate`${aws('ssm get-parameter --query Parameter.Value --output text')} --name ${releaseParameter}`,
  };
}
