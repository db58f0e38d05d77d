import { z } from 'zod';

/** What the engine did or would do to a resource, as it names it. */
const OPERATIONS = [
  'same',
  'create',
  'update',
  'delete',
  'replace',
  'create-replacement',
  'delete-replaced',
  'read',
  'read-replacement',
  'refresh',
  'discard',
  'discard-replaced',
  'remove-pending-replace',
  'import',
  'import-replacement',
] as const;

export type Operation = (typeof OPERATIONS)[number];

const Metadata = z.object({
  op: z.enum(OPERATIONS),
  urn: z.string(),
  type: z.string(),
  keys: z.array(z.string()).nullish(),
  diffs: z.array(z.string()).nullish(),
});

const EngineEvent = z.object({
  sequence: z.number(),
  diagnosticEvent: z
    .object({
      urn: z.string().optional(),
      message: z.string(),
      severity: z.string(),
      ephemeral: z.boolean().optional(),
    })
    .optional(),
  summaryEvent: z.object({ resourceChanges: z.record(z.string(), z.number()).nullish() }).optional(),
  resourcePreEvent: z.object({ metadata: Metadata, planning: z.boolean().optional() }).optional(),
  resOutputsEvent: z.object({ metadata: Metadata, planning: z.boolean().optional() }).optional(),
  resOpFailedEvent: z.object({ metadata: Metadata }).optional(),
});

export interface Step {
  readonly op: Operation;
  readonly type: string;
  /** The resource's name in the program. */
  readonly name: string;
  readonly urn: string;
  readonly phase: 'begin' | 'end' | 'fail';
  /** Inputs that are not as they were. */
  readonly diffs: readonly string[];
  /** Those for which it is replaced. */
  readonly keys: readonly string[];
}

export interface Diagnostic {
  readonly severity: string;
  /** The resource's name; '' for what is about the whole stack. */
  readonly name: string;
  readonly message: string;
}

/** What one run of the engine told. */
export interface EventLog {
  /** In the engine's order; those of components and providers are among them. */
  readonly steps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
  /** How many resources by operation; empty where the run ended before its summary. */
  readonly changes: Readonly<Record<string, number>>;
}

export const nameOf = (urn: string): string => urn.split('::').at(-1) ?? '';

/** What the engine marks colours with. */
const COLOURS = /<\{%[^%]*%\}>/g;

/**
 * Reads the engine's event log: a JSON object a line. A last line that is cut off is left out, since a process that was
 * killed leaves one.
 */
export function readEvents(text: string): EventLog {
  const lines = text.split('\n').slice(0, -1);
  const events = lines.filter((line) => line !== '').map((line) => EngineEvent.parse(JSON.parse(line)));
  const steps = events.flatMap(({ resourcePreEvent, resOutputsEvent, resOpFailedEvent }): Step[] => {
    const metadata = (resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent)?.metadata;
    if (metadata === undefined) return [];
    const { op, type, urn, diffs, keys } = metadata;
    const phase = resourcePreEvent ? 'begin' : resOutputsEvent ? 'end' : 'fail';
    return [{ op, type, urn, name: nameOf(urn), phase, diffs: diffs ?? [], keys: keys ?? [] }];
  });
  const diagnostics = events.flatMap(({ diagnosticEvent: one }) =>
    one === undefined || one.ephemeral
      ? []
      : [{ severity: one.severity, name: nameOf(one.urn ?? ''), message: one.message.replace(COLOURS, '') }],
  );
  const changes = events.findLast((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {};
  return { steps, diagnostics, changes };
}
