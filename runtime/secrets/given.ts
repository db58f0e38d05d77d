import { SecretsInputError } from './errors.ts';

/** What is asked from people, by file: what it is, and what it may look like. */
const KNOWN: Readonly<Record<string, { readonly what: string; readonly pattern: RegExp; readonly allowed: string }>> = {
  'alertmanager/slack-url': {
    what: 'incoming webhook of Slack that alerts go to',
    pattern: /^https:\/\/[\w.-]+(?::\d{1,5})?\/[\x21-\x7e]{1,500}$/,
    allowed: 'an https:// address',
  },
  'alertmanager/pagerduty-key': {
    what: 'integration key of PagerDuty (Events API v2)',
    pattern: /^[A-Za-z0-9]{20,64}$/,
    allowed: '20 to 64 letters and digits',
  },
  // No PEM, for all its name: a key file of a terminal.
  'gatekeeper/canary.key': {
    what: "private key of the registry's if://canary/validation",
    pattern: /^[0-9a-fA-F]{64}$/,
    allowed: '64 hex digits',
  },
};
const ONE_LINE = { what: 'a value', pattern: /^[\x20-\x7e]{1,1000}$/, allowed: 'one line of at most 1000 characters' };
const PEM = {
  what: 'PEM',
  pattern: /^-----BEGIN [A-Z0-9 ]+-----\n[\x20-\x7e\n]+-----END [A-Z0-9 ]+-----\n?$/,
  allowed: 'PEM of at most 4096 characters',
};
/** What SSM takes in a standard parameter (octets). */
const LONGEST = 4096;

const ruleOf = (file: string) => KNOWN[file] ?? (/\.(?:crt|key|pem)$/.test(file) ? PEM : ONE_LINE);

/** For people: what a file that is asked for holds. */
export const describeGiven = (file: string): string => ruleOf(file).what;

/** Files that can be asked for in one line. */
export const isOneLine = (file: string): boolean => ruleOf(file) !== PEM;

/** @throws SecretsInputError that names the file and what is allowed, and holds nothing of the value */
export function checkGiven(file: string, value: string): string {
  const rule = ruleOf(file);
  const text = rule === PEM ? value : value.trim();
  if (text.length > LONGEST || !rule.pattern.test(text))
    throw new SecretsInputError(`${file}: must be ${rule.allowed}; what was given is not shown`);
  return text;
}

/**
 * Values of people: a JSON object by `<owner>/<file>`.
 * @param allowed the files that the stack's hosts take from people
 * @throws SecretsInputError with every problem; it holds no value
 */
export function parseGiven(text: string, source: string, allowed: readonly string[]): ReadonlyMap<string, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SecretsInputError(`${source}: is not JSON; what it holds is not shown`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new SecretsInputError(`${source}: must be a JSON object of values by <owner>/<file>`);
  const values = new Map<string, string>();
  const problems: string[] = [];
  for (const [file, value] of Object.entries(json))
    try {
      if (!allowed.includes(file))
        throw new SecretsInputError(
          `${JSON.stringify(file)}: no host of the stack takes it; they take ${allowed.join(', ') || 'nothing'}`,
        );
      if (typeof value !== 'string') throw new SecretsInputError(`${file}: must be a text`);
      values.set(file, checkGiven(file, value));
    } catch (error) {
      if (!(error instanceof SecretsInputError)) throw error;
      problems.push(`  ${error.message}`);
    }
  if (problems.length > 0) throw new SecretsInputError(`${source}:\n${problems.join('\n')}`);
  return values;
}
