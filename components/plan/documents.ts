import { checkedValues, stackConfigMarkdown } from '../config/index.ts';
import { LOOPBACK_PORTS, portPlan } from '../network/index.ts';
import type { Plan } from './plan.ts';
import { portsMarkdown } from './ports-markdown.ts';
import type { StackValues } from './recorder.ts';
import { topology } from './topology.ts';

/** The stack that documents describe. */
export const DOCUMENTED_STACK = 'prod';

/** A text between two markers of a document; without a name it is the whole document. */
export interface GeneratedPart {
  /** Path from the root of the project. */
  readonly file: string;
  readonly section?: string;
  readonly text: string;
}

/** What documents say that is made from the program: the ports, the topology, the keys of a stack's file. */
export function generatedParts(plan: Plan, { config, secretKeys }: StackValues): readonly GeneratedPart[] {
  const chosen = checkedValues(plan.stack, config, secretKeys);
  return [
    { file: 'docs/ports.md', text: portsMarkdown(portPlan(chosen), LOOPBACK_PORTS) },
    { file: 'README.md', section: 'topology', text: `\`\`\`mermaid\n${topology(plan)}\`\`\`\n` },
    { file: 'README.md', section: 'stack-config', text: stackConfigMarkdown() },
  ];
}

/** A document without the markers that a generated part goes between. */
export class MarkerError extends Error {
  override readonly name = 'MarkerError';
  readonly code = 'MARKER';
}

/**
 * Puts a generated part into a document's text.
 * @throws MarkerError if the document has not exactly one pair of its markers, each on a line of its own
 */
export function withPart(document: string, { file, section, text }: GeneratedPart): string {
  if (section === undefined) return text;
  const [begin, end] = [`<!-- ${section}:begin -->\n`, `<!-- ${section}:end -->\n`];
  const [before, rest, ...more] = `\n${document}`.split(`\n${begin}`);
  const [old, after, ...others] = (rest ?? '').split(end);
  if (before === undefined || old === undefined || after === undefined || more.length > 0 || others.length > 0)
    throw new MarkerError(`${file} must have one line ${begin.trim()} and below it one line ${end.trim()}`);
  return `${before}\n${begin}${text}${end}${after}`.slice(1);
}
