import { Command, CommanderError, Option } from 'commander';
import { EXIT, type ExitCode, failureText, isUsage, UsageError } from './failure.ts';
import type { Plan } from './plan.ts';
import type { StackValues } from './recorder.ts';
import { readStackFile, stackNames } from './stack-file.ts';
import type { Surroundings } from './surroundings.ts';
import { colours, type Paint, plain } from './terminal.ts';

interface Options {
  readonly json?: true;
  readonly cost?: true;
  readonly diff?: true;
  readonly ports?: true;
  readonly topology?: true;
  readonly update?: true;
  readonly updateAll?: true;
}

const HELP = `
Without an option: the resources as a tree, the open ports by source, how many there are of each type, and what they
cost.

Examples:
  council plan prod                     what the stack prod consists of
  council plan prod --cost              what that costs a month; with --json for programs
  council plan staging --diff           what this working tree changes in it
  council plan prod --json | jq -r '.[] | select(.protect) | .urn'
  council plan --update-all             after a change that is meant; npm run plan:update does the same

Exit codes: 0 done; 1 --diff found differences; 2 the command line, the stack's configuration or a file that is needed
is wrong; 3 the program failed.
`;

/** Runs the command; gives its exit code. */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { out, err, root } = surroundings;
  let code: ExitCode = EXIT.ok;
  const command = new Command('council plan')
    .description('What the Pulumi program would create, without a cloud account.')
    .argument('[stack]', 'as in Pulumi.<stack>.yaml; needed unless all are updated')
    .exitOverride()
    .showHelpAfterError('(council plan --help tells more)')
    .configureOutput({ writeOut: out, writeErr: err })
    .addHelpText('after', HELP)
    .action(async (stack, options) => {
      code = await run(stack, options, surroundings);
    });
  for (const option of outputOptions()) command.addOption(option);
  try {
    await command.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (isUsage(error)) {
      err(`council plan: ${error.message}\n`);
      return EXIT.usage;
    }
    err(`council plan: the program failed: ${failureText(error, root)}\n`);
    return EXIT.program;
  }
}

/** One at a time; only --cost may be for programs, too. */
function outputOptions(): readonly Option[] {
  const options = [
    new Option('--json', 'an array of resources, for programs; secrets are replaced by [secret]'),
    new Option('--diff', 'what differs from the committed snapshot, docs/plans/<stack>.yaml'),
    new Option('--ports', 'only the open ports by source'),
    new Option('--topology', 'a Mermaid flowchart'),
    new Option('--cost', 'what it costs a month by list prices, and what has no price; also with --json'),
    new Option('--update', 'rewrite the snapshot; for prod, also what documents say of the program'),
    new Option('--update-all', 'the same for every stack'),
  ];
  const names = options.map((option) => option.attributeName());
  const isPair = (a = '', b = ''): boolean => [a, b].toSorted().join() === 'cost,json';
  for (const [at, option] of options.entries())
    option.conflicts(names.filter((name, other) => other !== at && !isPair(names[at], name)));
  return options;
}

async function run(stack: string | undefined, options: Options, surroundings: Surroundings): Promise<ExitCode> {
  const { root, out, hasColours } = surroundings;
  if (options.updateAll) {
    if (stack !== undefined) throw new UsageError('--update-all is for all stacks: name none');
    return update(stackNames(root), surroundings);
  }
  if (stack === undefined)
    throw new UsageError(`which stack? One of: ${stackNames(root).join(', ') || 'there is no Pulumi.<stack>.yaml'}`);
  if (options.update) return update([stack], surroundings);

  const plan = await planner(surroundings)(stack, readStackFile(root, stack));
  if (options.diff) return diff(plan, surroundings);
  out(await textOf(plan, options, hasColours ? colours : plain));
  return EXIT.ok;
}

type Planner = (stack: string, values: StackValues) => Promise<Plan>;

/** Pulumi is loaded when everything else is known to be right: it takes most of a run's time. */
function planner({ program, root }: Surroundings): Planner {
  let loads = 0;
  const planned: Planner = async (stack, values) => {
    const { planOf } = await import('./recorder.ts');
    const { withOutputs } = await import('./references.ts');
    const complete = await withOutputs(stack, values, (other) => planned(other, readStackFile(root, other)));
    loads += 1;
    const load = loads;
    return planOf(stack, complete, () => program(load));
  };
  return planned;
}

async function textOf(plan: Plan, { json, ports, topology, cost }: Options, paint: Paint): Promise<string> {
  if (cost) return costOf(plan, json === true);
  const { inTreeOrder } = await import('./order.ts');
  if (json) return `${JSON.stringify(inTreeOrder(plan.resources), null, 2)}\n`;
  if (topology) return (await import('./topology.ts')).topology(plan);
  const { openPortsText } = await import('./open-ports.ts');
  if (ports) return openPortsText(plan.resources);
  const { countsText, treeText } = await import('./tree.ts');
  return [treeText(plan, paint), openPortsText(plan.resources), countsText(plan), await costSummary(plan)].join('\n');
}

async function costOf(plan: Plan, isJson: boolean): Promise<string> {
  const { estimateCost } = await import('./cost.ts');
  const { readPrices } = await import('./prices.ts');
  const estimate = estimateCost(plan, readPrices());
  if (isJson) return `${JSON.stringify(estimate, null, 2)}\n`;
  return (await import('./cost-text.ts')).costText(estimate);
}

/** A plan is shown where it cannot be priced, too. */
async function costSummary(plan: Plan): Promise<string> {
  const { CostError, estimateCost } = await import('./cost.ts');
  const { costLine } = await import('./cost-text.ts');
  const { readPrices } = await import('./prices.ts');
  try {
    return costLine(estimateCost(plan, readPrices()));
  } catch (error) {
    if (error instanceof CostError) return `What it costs cannot be told: ${error.message}.\n`;
    throw error;
  }
}

async function diff(plan: Plan, { root, out, hasColours }: Surroundings): Promise<ExitCode> {
  const { readSnapshot } = await import('./files.ts');
  const { snapshotOf } = await import('./snapshot.ts');
  const { differences, differencesText } = await import('./difference.ts');
  const found = differences(readSnapshot(root, plan.stack), snapshotOf(plan));
  out(differencesText(found, hasColours ? colours : plain));
  return found.length === 0 ? EXIT.ok : EXIT.different;
}

async function update(stacks: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { root, out } = surroundings;
  const files = stacks.map((stack) => [stack, readStackFile(root, stack)] as const);
  const planned = planner(surroundings);
  const { DOCUMENTED_STACK, generatedParts } = await import('./documents.ts');
  const { costPart, snapshotPart, updateFiles } = await import('./files.ts');
  const { readPrices } = await import('./prices.ts');
  const prices = readPrices();
  const parts = [];
  for (const [stack, values] of files) {
    const plan = await planned(stack, values);
    parts.push(
      snapshotPart(plan),
      costPart(plan, prices),
      ...(stack === DOCUMENTED_STACK ? generatedParts(plan, values) : []),
    );
  }
  const changed = updateFiles(root, parts);
  out(changed.length === 0 ? 'Everything is up to date.\n' : changed.map((file) => `wrote ${file}\n`).join(''));
  return EXIT.ok;
}
