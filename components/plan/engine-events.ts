import { z } from 'zod';
import { isValues, type PlannedValue, type PlannedValues, SECRET } from './plan.ts';

/** What is done to a resource, replacements in one. */
export type Operation = 'create' | 'update' | 'replace' | 'delete';

export interface Step {
  readonly urn: string;
  readonly operation: Operation;
  /** Inputs before it, none where it is created; without secrets. */
  readonly before: PlannedValues;
  /** Inputs after it, none where it is deleted. */
  readonly after: PlannedValues;
}

/** Something that a policy has to say of a resource. */
export interface Violation {
  readonly urn: string;
  readonly policy: string;
  readonly message: string;
  /** Whether Pulumi goes no further. */
  readonly isMandatory: boolean;
}

/** Something that went wrong; `urn` is empty where it is about no resource. */
export interface Problem {
  readonly urn: string;
  readonly message: string;
}

/** What Pulumi said of one run of it. */
export interface EngineRun {
  /** What it would do, in its order. */
  readonly planned: readonly Step[];
  /** What it did. */
  readonly done: readonly Step[];
  /** URNs of what it could not do. */
  readonly failed: readonly string[];
  readonly violations: readonly Violation[];
  readonly problems: readonly Problem[];
}

/** An event log that cannot be read as one. */
export class EventLogError extends Error {
  override readonly name = 'EventLogError';
  readonly code = 'EVENT_LOG';
}

/** Octets of an event log; one of this program's has some hundred KiB. */
const LONGEST_LOG = 256 * 1024 * 1024;

const state = z.object({ inputs: z.record(z.string(), z.json()).nullish() }).nullish();
const metadata = z.object({ op: z.string(), urn: z.string(), type: z.string(), old: state, new: state });
const step = z.object({ metadata, planning: z.boolean().optional() });
const event = z.object({
  resourcePreEvent: step.optional(),
  resOutputsEvent: step.optional(),
  resOpFailedEvent: z.object({ metadata: z.object({ urn: z.string() }) }).optional(),
  diagnosticEvent: z
    .object({
      urn: z.string().default(''),
      message: z.string(),
      severity: z.string(),
      ephemeral: z.boolean().optional(),
    })
    .optional(),
  policyEvent: z
    .object({
      resourceUrn: z.string().default(''),
      message: z.string(),
      policyName: z.string(),
      enforcementLevel: z.string(),
    })
    .optional(),
});

type Event = z.infer<typeof event>;
type StepEvent = z.infer<typeof step>;

/**
 * Reads what Pulumi writes with `--event-log`: a JSON object a line (`EngineEvent` of its `apitype` package). A last line
 * that was cut off, because Pulumi was ended, is left out.
 * @throws EventLogError with the number of the line
 */
export function readEngineRun(text: string): EngineRun {
  if (text.length > LONGEST_LOG) throw new EventLogError(`the event log has more than ${LONGEST_LOG} characters`);
  const events = text.split('\n').flatMap((line, at, lines): Event[] => {
    if (line.trim() === '') return [];
    const isCut = at === lines.length - 1;
    try {
      return [event.parse(JSON.parse(line))];
    } catch (error) {
      if (isCut) return [];
      throw new EventLogError(`line ${at + 1} of the event log is no engine event`, { cause: error });
    }
  });
  const before = events.flatMap(({ resourcePreEvent }) => resourcePreEvent ?? []);
  const after = events.flatMap(({ resOutputsEvent }) => resOutputsEvent ?? []);
  return {
    planned: stepsOf(before.filter(({ planning }) => planning === true)),
    done: stepsOf(after.filter(({ planning }) => planning !== true)),
    failed: [...new Set(events.flatMap(({ resOpFailedEvent }) => resOpFailedEvent?.metadata.urn ?? []))],
    violations: unique(
      events.flatMap(({ policyEvent }) => (policyEvent === undefined ? [] : [violationOf(policyEvent)])),
    ),
    problems: unique(
      events.flatMap(({ diagnosticEvent: one }) =>
        one?.severity === 'error' && one.ephemeral !== true ? [{ urn: one.urn, message: hidden(one.message) }] : [],
      ),
    ),
  };
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['create', 'create'],
  ['import', 'create'],
  ['update', 'update'],
  ['delete', 'delete'],
  ['replace', 'replace'],
  ['create-replacement', 'replace'],
  ['import-replacement', 'replace'],
  ['delete-replaced', 'replace'],
  ['discard-replaced', 'replace'],
]);

/** One for each resource: a replacement comes as several events, each of which may know one side only. */
function stepsOf(events: readonly StepEvent[]): readonly Step[] {
  const steps = new Map<string, Step>();
  for (const { metadata: one } of events) {
    const operation = OPERATIONS.get(one.op);
    if (operation === undefined) continue;
    const known = steps.get(one.urn);
    steps.set(one.urn, {
      urn: one.urn,
      operation: known?.operation === 'replace' ? 'replace' : operation,
      before: one.old?.inputs == null ? (known?.before ?? {}) : shown(one.old.inputs),
      after: one.new?.inputs == null ? (known?.after ?? {}) : shown(one.new.inputs),
    });
  }
  return [...steps.values()];
}

const violationOf = (one: NonNullable<Event['policyEvent']>): Violation => ({
  urn: one.resourceUrn,
  policy: one.policyName,
  message: hidden(one.message),
  isMandatory: one.enforcementLevel === 'mandatory',
});

/** A preview's events come again in the update behind it. */
const unique = <T>(values: readonly T[]): readonly T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

/** The key and value by which Pulumi marks an object that stands for a secret. */
const [SIGNATURE_KEY, SECRET_SIGNATURE] = ['4dabf18193072939515e22adb298388d', '1b47061264138c4ac30d75fd1eb44270'];

/** What Pulumi writes for a value that comes to be when something is made. */
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** Keys of inputs, such as `__defaults`, that are Pulumi's own. */
const isOwn = (key: string): boolean => key.startsWith('__');

function shown(inputs: Readonly<Record<string, unknown>>): PlannedValues {
  const value = shownValue(inputs);
  return isValues(value) ? value : {};
}

function shownValue(value: unknown): PlannedValue {
  if (value === UNKNOWN) return '<not known yet>';
  if (typeof value === 'string') return hidden(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(shownValue);
  if (typeof value !== 'object' || value === null) return null;
  const entries = Object.entries(value);
  if (entries.some(([key, inner]) => key === SIGNATURE_KEY && inner === SECRET_SIGNATURE)) return SECRET;
  return Object.fromEntries(entries.filter(([key]) => !isOwn(key)).map(([key, inner]) => [key, shownValue(inner)]));
}

/** What no secret should look like, and what would be one if somebody forgot to say so: private keys, keys of AWS. */
const KEY =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g;

/** A text without such keys. */
export const hidden = (text: string): string => text.replace(KEY, SECRET);
