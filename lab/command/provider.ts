import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type CommandInputs, type CommandState, readInputs, readState } from './inputs.ts';
import { type RunSettings, run, type Written } from './run.ts';

/** What a change of inputs means for a command that has run. */
export interface Difference {
  readonly changed: readonly string[];
  /** Those of `changed` for which the command is made anew: its `create` runs again, then the old one's `delete`. */
  readonly replacing: readonly string[];
}

const NOTHING_WRITTEN: Written = { stdout: '', stderr: '' };

/** As the published provider's schema says it: triggers replace, everything else updates. */
export function difference(before: unknown, after: unknown): Difference {
  const [old, wanted]: [CommandInputs, CommandInputs] = [readInputs(before), readInputs(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(wanted)])].sort();
  const [had, has] = [new Map(Object.entries(old)), new Map(Object.entries(wanted))];
  const changed = names.filter((name) => !isDeepStrictEqual(had.get(name), has.get(name)));
  return { changed, replacing: changed.filter((name) => name === 'triggers') };
}

/** In a preview nothing runs. */
export async function create(
  name: string,
  values: unknown,
  isPreview: boolean,
  settings: RunSettings,
): Promise<{ id: string; state: CommandState }> {
  const inputs = readInputs(values);
  const id = isPreview ? '' : `${name}${randomBytes(4).toString('hex')}`;
  const command = isPreview ? undefined : inputs.create;
  const written = command === undefined ? NOTHING_WRITTEN : await run(command, inputs, NOTHING_WRITTEN, settings);
  return { id, state: { ...inputs, ...written } };
}

/** Runs `update`, or `create` where there is no `update`. */
export async function update(
  before: unknown,
  values: unknown,
  isPreview: boolean,
  settings: RunSettings,
): Promise<CommandState> {
  const inputs = readInputs(values);
  const { stdout, stderr } = readState(before);
  const command = isPreview ? undefined : (inputs.update ?? inputs.create);
  const previous = { stdout, stderr };
  return { ...inputs, ...(command === undefined ? previous : await run(command, inputs, previous, settings)) };
}

export async function remove(before: unknown, settings: RunSettings): Promise<void> {
  const state = readState(before);
  if (state.delete !== undefined) await run(state.delete, state, state, settings);
}
