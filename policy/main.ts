import { Command, CommanderError } from 'commander';
import {
  colours,
  failureText,
  isUsage,
  plain,
  planOf,
  readStackFile,
  type Surroundings,
  stackNames,
  UsageError,
} from '../components/plan/index.ts';
import { fromPlan } from './from-plan.ts';
import { judged } from './judge.ts';
import { POLICIES } from './policies/index.ts';
import { reportJson, reportText, type StackReport, violations } from './report.ts';

const EXIT = { ok: 0, broken: 1, usage: 2, program: 3 } as const;
type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const HELP = `
Plans each stack in process, as \`npm run plan\` does, and asks every policy of policy/ about it. The same policies judge a
real preview or update: pulumi preview --policy-pack policy

Examples:
  npm run policy                       every stack that has a file
  npm run policy -- prod --json | jq '.[].policies[] | select(.findings != [])'

Exit codes: 0 every mandatory policy holds; 1 one is broken; 2 the command line or a stack's configuration is wrong; 3 the
program failed.
`;

/** Runs the command; gives its exit code. */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { out, err, root } = surroundings;
  let code: ExitCode = EXIT.ok;
  const command = new Command('npm run policy --')
    .description('Judges what the Pulumi program would create by the policy pack, without a cloud account.')
    .argument('[stacks...]', 'as in Pulumi.<stack>.yaml', [])
    .option('--json', 'for programs: an object a stack, with what each policy found')
    .exitOverride()
    .showHelpAfterError('(npm run policy -- --help tells more)')
    .configureOutput({ writeOut: out, writeErr: err })
    .addHelpText('after', HELP)
    .action(async (stacks: readonly string[], options: { readonly json?: true }) => {
      code = await run(stacks, options.json === true, surroundings);
    });
  try {
    await command.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (isUsage(error)) {
      err(`policy: ${error.message}\n`);
      return EXIT.usage;
    }
    err(`policy: the program failed: ${failureText(error, root)}\n`);
    return EXIT.program;
  }
}

async function run(stacks: readonly string[], json: boolean, surroundings: Surroundings): Promise<ExitCode> {
  const { root, program, out, hasColours } = surroundings;
  const named = stacks.length > 0 ? [...new Set(stacks)] : stackNames(root);
  if (named.length === 0) throw new UsageError('there is no Pulumi.<stack>.yaml');
  // What is wrong with a file is told before the first stack is planned.
  const files = named.map((stack) => [stack, readStackFile(root, stack)] as const);
  const reports: StackReport[] = [];
  for (const [index, [stack, values]] of files.entries()) {
    const plan = await planOf(stack, values, () => program(index + 1));
    reports.push({ stack, judgements: judged(POLICIES, fromPlan(plan)) });
  }
  out(
    json ? reportJson(reports) : reports.map((report) => reportText(report, hasColours ? colours : plain)).join('\n'),
  );
  return reports.some((report) => violations(report) > 0) ? EXIT.broken : EXIT.ok;
}
