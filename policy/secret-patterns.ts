/** Texts that are secret by their form, and what they are called. None of them is ever shown. */
const PATTERNS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['an AWS secret key', /\baws_?secret_?access_?key\b["']?\s{0,4}[:=]\s{0,4}["']?[A-Za-z0-9/+]{30,}/i],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/],
  ['a Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,}/],
  ['a Pulumi token', /\bpul-[0-9a-f]{40}\b/],
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'$<]{1,100}:[^\s/:@"'$<]{3,100}@/i],
  ['a hashed password', /\$(?:1|2[aby]|5|6|y)\$[./A-Za-z0-9=,]{1,64}\$[./A-Za-z0-9]{8,}/],
  // Names of files, variables and parameters that hold one are no secrets.
  [
    'a password',
    /(?:^|[\s{,"'_-])(?:password|passwd|passphrase|secret|api[_-]?key|auth[_-]?token)["']?\s{0,4}[:=]\s{0,4}["']?(?![$%/<[{]|true\b|false\b|null\b|none\b)[^\s"',;}]{6,}/i,
  ],
];

/** What kinds of secrets a text has in it. */
export const secretsIn = (text: string): readonly string[] =>
  PATTERNS.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
