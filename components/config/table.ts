import { aboutKey, fullKey, KEY_NAMES } from './keys.ts';

/** The table of the README: every key of a stack's file. */
export function stackConfigMarkdown(): string {
  const rows = KEY_NAMES.map((name) => {
    const { default: byDefault, optional, description, allowed } = aboutKey(name);
    const without = optional ? 'none' : 'required';
    return `| \`${fullKey(name)}\` | ${byDefault === undefined ? without : `\`${byDefault}\``} | ${description} | ${allowed} |`;
  });
  return `| Key | Default | What | Allowed |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}
