import { type Branch, branchesOf, countsOf } from './order.ts';
import { isValues, type Plan, type PlannedResource, type PlannedValue } from './plan.ts';
import type { Paint } from './terminal.ts';

/** Characters of a line of inputs, and of one input in it. */
const WIDTH = 120;
const LONGEST = 100;

/** What a tree has no room for: every resource has tags, and they repeat its name. */
const HIDDEN: ReadonlySet<string> = new Set(['tags']);

/** The plan as a tree: each resource with what it is made by, and its inputs below it. */
export function treeText({ stack, resources }: Plan, paint: Paint): string {
  // One provider for all is no news at each of them.
  const providers = new Set(resources.flatMap(({ provider }) => provider ?? []));
  const shown = providers.size > 1 ? resources : resources.map(({ provider: _, ...resource }) => resource);
  const lines = [paint('bold', stack), ...branchLines(branchesOf(shown), '', paint)];
  return `${lines.join('\n')}\n`;
}

function branchLines(branches: readonly Branch[], indent: string, paint: Paint): string[] {
  return branches.flatMap(({ resource, children }, at) => {
    const isLast = at === branches.length - 1;
    const inner = `${indent}${isLast ? '   ' : '│  '}`;
    // Inputs stand beside the line that leads down to the children.
    const beside = `${inner}${children.length > 0 ? '│' : ' '}    `;
    return [
      paint('dim', `${indent}${isLast ? '└─ ' : '├─ '}`) + headOf(resource, paint),
      ...wrapped(inputsOf(resource), WIDTH - beside.length).map((line) => paint('dim', beside + line)),
      ...branchLines(children, inner, paint),
    ];
  });
}

function headOf(resource: PlannedResource, paint: Paint): string {
  const marks = marksOf(resource).map((mark) => paint('yellow', `[${mark}]`));
  return [resource.type, paint('bold', resource.name), ...marks].join(' ');
}

/** What is special about how a resource is made, kept or deleted. */
function marksOf(resource: PlannedResource): string[] {
  const { protect, deleteBeforeReplace, retainOnDelete, ignoreChanges = [], provider } = resource;
  return [
    ...(protect ? ['protect'] : []),
    ...(deleteBeforeReplace === undefined ? [] : [deleteBeforeReplace ? 'delete before replace' : 'delete last']),
    ...(retainOnDelete === true ? ['retain on delete'] : []),
    ...(ignoreChanges.length > 0 ? [`ignore changes: ${ignoreChanges.join(', ')}`] : []),
    ...(provider === undefined ? [] : [`provider ${provider}`]),
  ];
}

const inputsOf = ({ inputs }: PlannedResource): string[] =>
  Object.entries(inputs)
    .filter(([key, value]) => !HIDDEN.has(key) && value !== null)
    .map(([key, value]) => shortened(`${key}: ${shortText(value)}`));

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

/** A value in one line; of a text that has several, how many. */
function shortText(value: PlannedValue): string {
  if (typeof value === 'string') return value.includes('\n') ? `… ${linesOf(value).length} lines` : value || '""';
  if (Array.isArray(value)) return `[${value.map(shortText).join(', ')}]`;
  if (!isValues(value)) return String(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${key}: ${shortText(inner)}`)
    .join(', ')}}`;
}

/** The lines of a text; a line break at its end begins no line. */
const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

/** As many parts a line as fit. */
function wrapped(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 2 + part.length > width) lines.push(part);
    else lines[lines.length - 1] = `${line}, ${part}`;
  }
  return lines;
}

/** `85 resources`, and how many of each type. */
export function countsText({ resources }: Plan): string {
  const counts = countsOf(resources);
  const width = String(counts[0]?.[1] ?? 0).length;
  const total = resources.length === 1 ? '1 resource' : `${resources.length} resources`;
  return `${[total, ...counts.map(([type, count]) => `  ${String(count).padStart(width)}  ${type}`)].join('\n')}\n`;
}
