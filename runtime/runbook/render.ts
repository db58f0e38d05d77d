import Handlebars from 'handlebars';
import { commandsOf, type RunbookCommand, unitOf } from './commands.ts';
import { RunbookTemplateError } from './errors.ts';
import { type HostRole, isHidden, ROLES, type StackOutputs } from './outputs.ts';

/** A page of the runbook. */
export interface RunbookDocument {
  /** File name, such as `incidents.md`. */
  readonly name: string;
  readonly text: string;
}

/** The ids of the commands that a runbook shows, with their texts. */
export interface Runbook {
  readonly documents: readonly RunbookDocument[];
  readonly commands: readonly RunbookCommand[];
}

/**
 * Makes a stack's runbook: fills in the templates. In a template `{{stack}}` and other plain names stand for outputs,
 * `{{#each hosts}}` goes through the machines, and `{{run "status-mcu"}}` puts a command in, as a block of its own.
 * Markdown is not HTML, so nothing is escaped; what comes from outputs was checked to be harmless there.
 * @param templates by file name
 * @throws RunbookTemplateError for a name or a command that there is none of, and for a command that no page has
 */
export function renderRunbook(templates: ReadonlyMap<string, string>, outputs: StackOutputs): Runbook {
  const commands = commandsOf(outputs);
  const byId = new Map(commands.map((command) => [command.id, command]));
  const shown = new Set<string>();
  const engine = Handlebars.create();
  engine.registerHelper('run', (...given: unknown[]) => {
    const id = given.slice(0, -1).map(String).join('-');
    const command = byId.get(id);
    if (command === undefined && id.endsWith('-sip-gateway') && outputs.instances['sip-gateway'] === undefined)
      return 'The SIP gateways are a group: it makes and ends machines by itself, and replaces one that fails.';
    if (command === undefined) throw new RangeError(`there is no command ${id}`);
    shown.add(id);
    return `\`\`\`sh\n${command.shell}\n\`\`\``;
  });
  const context = contextOf(outputs);
  const documents = [...templates].map(([name, template]): RunbookDocument => {
    try {
      return { name, text: indented(engine.compile(template, { strict: true, noEscape: true })(context)) };
    } catch (error) {
      throw new RunbookTemplateError(name, error instanceof Error ? error.message : String(error), error);
    }
  });
  const hidden = commands.filter(({ id }) => !shown.has(id)).map(({ id }) => id);
  if (hidden.length > 0) throw new RunbookTemplateError('(all pages)', `nowhere shown: ${hidden.join(', ')}`);
  return { documents, commands };
}

/** A block inside a list item is as far to the right as its first line. */
const indented = (page: string): string =>
  page.replaceAll(/^( +)(```sh)\n(.*)\n(```)$/gm, (_, by: string, ...lines: string[]) =>
    lines
      .slice(0, 3)
      .map((line) => `${by}${line}`)
      .join('\n'),
  );

function contextOf(outputs: StackOutputs) {
  const { addresses, contacts, instances, names, stack, ports } = outputs;
  const contactText = (contact: string | undefined): string => {
    if (contact === undefined) return 'nobody is named in the configuration';
    return isHidden(contact)
      ? `kept secret: \`pulumi stack output contacts --show-secrets --stack ${stack}\``
      : `<${contact}>`;
  };
  const nameOf = (role: HostRole): string => ('mcu' in names ? names[role] : '-');
  return {
    ...outputs,
    hosts: ROLES.map((role) => ({
      role,
      instance: instances[role] ?? 'of a group',
      publicAddress: addresses.public[role],
      privateAddress: addresses.private[role],
      name: nameOf(role),
      unit: unitOf(role),
    })),
    gatekeepers: ROLES.filter((role) => role.startsWith('gatekeeper-')).map((role) => ({ role, unit: unitOf(role) })),
    voters: ['gatekeeper-primary', 'gatekeeper-secondary', 'monitoring'].map((role) => ({ role })),
    onCall: contactText(contacts.onCall),
    technicalLead: contactText(contacts.technicalLead),
    council: contactText(contacts.council),
    openPorts: ports.map(({ host, protocol, from, to, sources, service }) => ({
      host,
      port: protocol === 'icmp' ? protocol : `${from === to ? from : `${from}-${to}`}/${protocol}`,
      sources: sources.join(', '),
      service,
    })),
  };
}
