/** Event logs as the Pulumi engine writes them, for tests of what is made of them. */

export const urnOf = (type: string, name: string): string =>
  `urn:pulumi:prod::guardian-council::aws:x/y:${type}::${name}`;

interface StepOptions {
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly planning?: boolean;
  readonly phase?: 'resourcePreEvent' | 'resOutputsEvent';
}

export function stepEvent(op: string, type: string, name: string, options: StepOptions = {}): object {
  const { before, after, planning = true, phase = 'resourcePreEvent' } = options;
  const side = (inputs: StepOptions['before']) => (inputs === undefined ? null : { inputs, outputs: {}, id: '' });
  const metadata = { op, urn: urnOf(type, name), type: `aws:x/y:${type}`, old: side(before), new: side(after) };
  return { [phase]: { metadata, ...(planning && { planning }) } };
}

export const policyEvent = (enforcementLevel: string, policyName: string, message: string): object => ({
  policyEvent: { resourceUrn: urnOf('Bucket', 'witness'), message, policyName, enforcementLevel, color: 'never' },
});

export const errorEvent = (message: string, urn = ''): object => ({
  diagnosticEvent: { urn, message, severity: 'error', color: 'never' },
});

/** With sequence numbers, and an event of a kind that nobody asks for at the end. */
export const eventLog = (...events: readonly unknown[]): string =>
  [...events, { cancelEvent: {} }]
    .map((event, sequence) => `${JSON.stringify(Object.assign({ sequence, timestamp: 1 }, event))}\n`)
    .join('');
