export { commandsOf, type Effect, type RunbookCommand } from './commands.ts';
export { RunbookTemplateError, StackOutputsError } from './errors.ts';
export { type HostRole, parseStackOutputs, ROLES, type StackOutputs } from './outputs.ts';
export { type RunbookDocument, renderRunbook } from './render.ts';
