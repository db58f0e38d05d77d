import { type Command, Option } from 'commander';
import type { Console } from './console.ts';

const EXITS = `
Exit codes: 0 done, or all is as it should be; 1 something is missing or wrong, or was refused; 2 the command line, the
stack or a value that was given is wrong; 3 AWS does not let it (credentials, rights, network).
`;
const WHERE = `
Credentials, and an endpoint of another kind (AWS_ENDPOINT_URL), are found as the AWS SDK finds them. What rights the
operator needs, and how a rotation goes: docs/operations/secrets.md.
`;

/** The commands' own code is loaded when one is run: certificates and AWS are nothing that a gatekeeper needs. */
const commands = () => import('./secrets/commands.ts');

/** `council secrets …`: what the hosts of a stack read from SSM at boot. */
export function addSecretsCommands(secrets: Command, console: Console, finish: (code: number) => void): void {
  const sub = (name: string, description: string, help: string): Command =>
    secrets
      .command(name)
      .description(description)
      .option('--stack <name>', 'the stack, as in Pulumi.<name>.yaml')
      .option('--stack-outputs <file>', 'what `pulumi stack output --json` prints instead of the file; - for stdin')
      .option('--region <region>', "AWS region, where it is not the stack's")
      .option('--json', 'machine-readable output; never a secret')
      .addHelpText('after', `\nExamples:\n${help}${WHERE}${EXITS}`);

  sub(
    'init',
    'make what is missing; what is there is never touched',
    `  council secrets init --stack prod --dry-run          which would be made
  council secrets init --stack prod                    asks for what only people know
  council secrets init --stack prod --values FILE      {"alertmanager/slack-url": "https://…", …}, mode 0600
`,
  )
    .option('--values <file>', 'values that only people know, JSON by <owner>/<file>; - for stdin')
    .option('--dry-run', 'say what would be made, and make nothing')
    .action(async (options) => finish(await (await commands()).secretsInit(options, console)));

  sub(
    'check',
    'whether all secrets are there, fit the stack and each other, and last',
    `  council secrets check --stack prod
  council secrets check --stack prod --json | jq -r '.findings[] | select(.state != "ok") | .name'
`,
  )
    .option('--ahead <days>', 'certificates that end sooner are reported', '60')
    .action(async (options) => finish(await (await commands()).secretsCheck(options, console)));

  sub(
    'rotate',
    'put new ones in the place of those that are there',
    `  council secrets rotate etcd-certificates --stack prod
  council secrets rotate etcd-ca --step trust --stack prod      then issue, then retire; hosts read anew in between
  council secrets rotate gatekeeper-key --step announce --stack prod      then issue, then retire; terminals first
  council secrets rotate alertmanager --values FILE --stack prod

What hosts have to be told afterwards is printed.
`,
  )
    .argument('<what>', 'etcd-ca, etcd-certificates, gatekeeper-key, jitsi, grafana, alertmanager or jitsi-certificate')
    .addOption(
      new Option(
        '--step <step>',
        'of etcd-ca: trust, issue, retire; of gatekeeper-key: announce, issue, retire',
      ).choices(['trust', 'announce', 'issue', 'retire']),
    )
    .option('--host <role>', 'of etcd-certificates: this host alone')
    .option('--values <file>', 'of alertmanager and jitsi-certificate: the new values, as for init')
    .option(
      '--interrupt-admission',
      'of gatekeeper-key, for one that leaked: terminals take no answer until they are told the new one',
    )
    .option('--dry-run', 'say what would be changed, and change nothing')
    .action(async (what, options) =>
      finish(await (await import('./secrets/rotate.ts')).secretsRotate(what, options, console)),
    );
}
