import type { Command } from 'commander';

/** `council rollback …`. What it does is loaded when it is called. */
export const addRollbackOptions = (command: Command): Command =>
  command
    .option('--to <sha256>', 'the release that the council beside is to run')
    .option('--back', 'give the addresses back, and destroy the council beside')
    .option('--stack <name>', 'the stack that is stood in for', 'prod')
    .option('--name <name>', 'the stack that stands in (default: rollback-<stack>)')
    .option('--yes', 'do it; without it the steps are told, and with --to the stack is previewed')
    .option('--canary <terminal-id>', 'which terminal of the registry tries it out', 'if://canary/validation')
    .option('--project <dir>', 'folder of Pulumi.yaml (default: the checkout that this command is of)')
    .addHelpText(
      'after',
      `
Before the addresses move nothing of the stack that is stood in for is touched. What failed or was broken off goes on with
the same command; what is there already is not made again.

Examples:
  council rollback --to 5f0c…e1              dry run: writes Pulumi.rollback-prod.yaml, and previews
  council rollback --to 5f0c…e1 --yes        stands it up, tries it out by a canary guardian, and moves the addresses
  council rollback --back                    what giving back would do
  council rollback --back --yes              gives the addresses back, destroys the stack and forgets it

Exit codes: 0 done; 1 a step failed, which is told with its reason and what to do; 2 the command line is wrong.
`,
    );
