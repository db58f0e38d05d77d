import { Document, isMap, isScalar, parseDocument, Scalar, visit } from 'yaml';
import { inTreeOrder } from './order.ts';
import { isValues, type Plan, type PlannedResource, type PlannedValue, type PlannedValues } from './plan.ts';

/**
 * A plan as it is committed: what each resource is registered with, by the last two parts of its URN, and under `OUTPUTS`
 * what the program exports. Texts that are JSON are spread over lines, so that a change shows where it is.
 */
export type Snapshot = ReadonlyMap<string, PlannedValues>;

export const OUTPUTS = 'outputs';

/** A snapshot's file that cannot be read as one. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  readonly code = 'SNAPSHOT';
}

export function snapshotOf({ resources, outputs }: Plan): Snapshot {
  const entries = inTreeOrder(resources).map((resource) => [keyOf(resource.urn), entryOf(resource)] as const);
  return new Map([...entries, [OUTPUTS, spread(outputs)]]);
}

/** `TYPES::NAME` of a URN: stack and project are the same for all. */
const keyOf = (urn: string): string => urn.split('::').slice(2).join('::');

/** Without what the key says, what is not special, and what dependsOn says already. */
function entryOf(resource: PlannedResource): PlannedValues {
  const { urn, type, name, parent, dependsOn, protect, inputs, propertyDependencies, ...options } = resource;
  return {
    ...(parent !== '' && { parent: keyOf(parent) }),
    ...(dependsOn.length > 0 && { dependsOn: dependsOn.map(keyOf) }),
    ...(protect && { protect }),
    ...options,
    inputs: spread(readable(inputs)),
  };
}

/** What is compressed tells a reader nothing: its text stands at the host's BootData. */
const readable = (inputs: PlannedValues): PlannedValues =>
  inputs['userDataBase64'] === undefined ? inputs : { ...inputs, userDataBase64: '<the boot data, compressed>' };

const spread = (values: PlannedValues): PlannedValues =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, spreadValue(value)]));

function spreadValue(value: PlannedValue): PlannedValue {
  if (typeof value === 'string') return /^[[{]/.test(value) ? spreadJson(value) : value;
  if (Array.isArray(value)) return value.map(spreadValue);
  return isValues(value) ? spread(value) : value;
}

function spreadJson(text: string): string {
  try {
    return `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
  } catch {
    return text;
  }
}

/** Values as YAML: a text of several lines is a block of them. */
export function yamlOf(value: PlannedValue): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      // A block that ends in blank lines would take those behind it for its own.
      if (typeof node.value === 'string' && !/\S\n?$/.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0, blockQuote: 'literal' });
}

/** The file's text. */
export function snapshotText(stack: string, snapshot: Snapshot): string {
  const head = `# What the program registers for the stack ${stack}. Written by \`npm run plan:update\`.\n`;
  return `${head}${[...snapshot].map(([key, entry]) => `\n${yamlOf({ [key]: entry })}`).join('')}`;
}

/** @throws SnapshotError */
export function parseSnapshot(file: string, text: string): Snapshot {
  const document = parseDocument(text, { stringKeys: true });
  const [error] = document.errors;
  if (error !== undefined) throw new SnapshotError(`${file}: ${error.message}`);
  if (!isMap(document.contents)) throw new SnapshotError(`${file}: must be a map of resources`);
  return new Map(
    document.contents.items.map(({ key, value }) => {
      const entry = plannedOf(isMap(value) ? value.toJS(document) : undefined);
      if (!isScalar(key) || !isValues(entry)) throw new SnapshotError(`${file}: ${String(key)} must be a map`);
      return [String(key.value), entry];
    }),
  );
}

function plannedOf(from: unknown): PlannedValue {
  if (typeof from === 'string' || typeof from === 'number' || typeof from === 'boolean') return from;
  if (Array.isArray(from)) return from.map(plannedOf);
  if (typeof from !== 'object' || from === null) return null;
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, plannedOf(value)]));
}
