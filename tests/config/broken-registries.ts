import { KEYS, oneGuardian, terminal } from './registry-text.ts';

export interface BrokenRegistry {
  readonly name: string;
  readonly text: string;
  /** The error's message, line by line. */
  readonly problems: readonly string[];
}

const HEX_RULE = 'must be 64 hex digits, an Ed25519 public key';
const ID_RULE = 'must be if:// and printable ASCII without spaces, at most 128 characters';
const ROLE_RULE = 'must be 1 to 128 characters that can be shown on one line';
const QUOTA_RULE = 'must be a whole number from 64000 to 100000000 bit/s';
const SESSIONS_RULE = 'must be a whole number from 1 to 10000';

const broken = (name: string, text: string, ...problems: string[]): BrokenRegistry => ({ name, text, problems });

/** A guardian with a broken field, which stands on its line at column `column` when quoted or bare. */
const field = (name: string, fields: Parameters<typeof oneGuardian>[0], ...problems: string[]): BrokenRegistry =>
  broken(name, oneGuardian(fields), ...problems);

const id = (message: string): string => `r.yaml:2:18: guardians[0].terminal_id: ${message}`;
const role = (message: string): string => `r.yaml:3:11: guardians[0].role: ${message}`;
const key = (message: string): string => `r.yaml:4:21: guardians[0].public_key_hex: ${message}`;
const quota = (message: string): string => `r.yaml:5:26: guardians[0].bandwidth_quota_bps: ${message}`;

const two = (first: Parameters<typeof terminal>[0], second: Parameters<typeof terminal>[0]): string =>
  `guardians:\n${terminal(first)}${terminal(second)}`;

const POINTS_OF_SMALL_ORDER = [
  ['all zeros', '0000000000000000000000000000000000000000000000000000000000000000'],
  ['the neutral point', '0100000000000000000000000000000000000000000000000000000000000000'],
  ['the point of order 2', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['a point of order 4 with the sign bit', '0000000000000000000000000000000000000000000000000000000000000080'],
  ['a point of order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
  ['another point of order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
] as const;

export const BROKEN_REGISTRIES: readonly BrokenRegistry[] = [
  // the file as a whole
  broken('an empty file', '', 'r.yaml:1:1: the file is empty'),
  broken('a file of comments', '# nothing\n\n', 'r.yaml:1:1: the file is empty'),
  broken('a list', '- a\n- b\n', 'r.yaml:1:1: must be a mapping with guardians, not a list'),
  broken('a word', '\nguardians\n', 'r.yaml:2:1: must be a mapping with guardians, not a single value'),
  broken(
    'a file of more than 4 MiB',
    '#'.repeat(4 * 1024 * 1024 + 1),
    'r.yaml:1:1: the file has 4194305 bytes; at most 4194304 are read',
  ),
  broken('a registry without guardians', 'canaries: []\n', 'r.yaml:1:1: guardians: is missing'),
  broken('no guardian at all', 'guardians: []\n', 'r.yaml:1:12: guardians: must name at least one guardian'),
  broken('guardians left blank', 'guardians:\n', 'r.yaml:1:11: guardians: must be a list of terminals, not nothing'),
  broken(
    'guardians as a mapping',
    'guardians:\n  a: 1\n',
    'r.yaml:2:3: guardians: must be a list of terminals, not a mapping',
  ),
  broken(
    'a guardian that is a word',
    'guardians:\n  - technical\n',
    'r.yaml:2:5: guardians[0]: must be a mapping that describes a terminal, not a single value',
  ),
  broken(
    'an unknown section',
    `${oneGuardian()}guests: []\n`,
    'r.yaml:6:1: unknown key guests; known are guardians, infrastructure, canaries',
  ),

  // YAML
  broken('a quote that is not closed', 'guardians:\n  - terminal_id: "if://a\n', 'r.yaml:3:1: Missing closing "quote'),
  broken(
    'bad indentation',
    'guardians:\n  - terminal_id: a\n   role: b\n',
    'r.yaml:3:1: Sequence item without - indicator',
  ),
  broken('a tab for indentation', 'guardians:\n\t- a\n', 'r.yaml:2:1: Tabs are not allowed as indentation'),
  broken(
    'the same section twice',
    `${oneGuardian()}guardians: []\n`,
    'r.yaml:6:1: guardians: given twice; first on line 1',
  ),
  broken(
    'the same field twice',
    oneGuardian({ more: '    role: "B"\n' }),
    'r.yaml:6:5: guardians.role: given twice; first on line 3'.replace('guardians', 'guardians[0]'),
  ),
  broken('an anchor', 'guardians: &all []\n', 'r.yaml:1:12: anchors are not used here: &all'),
  broken(
    'an alias bomb',
    'a: &a [x, x]\nb: &b [*a, *a]\n',
    'r.yaml:1:4: anchors are not used here: &a',
    'r.yaml:2:4: anchors are not used here: &b',
    'r.yaml:2:8: aliases are not used here: *a',
    'r.yaml:2:12: aliases are not used here: *a',
  ),
  broken('a tag', 'guardians: !!js/function "x"\n', 'r.yaml:1:12: tags are not used here: !!js/function'),
  broken('a directive', '%YAML 1.1\n---\nguardians: []\n', 'r.yaml:1:1: directives are not used here: %YAML 1.1'),
  broken(
    'two documents',
    'guardians: []\n---\nguardians: []\n',
    'r.yaml:2:1: the file holds more than one YAML document',
  ),
  broken('a million brackets', '['.repeat(1_000_000), 'r.yaml:1:17: the content is nested too deeply'),
  broken('a thousand dashes', '- '.repeat(1000), 'r.yaml:1:33: the content is nested too deeply'),
  broken(
    'a staircase of keys',
    Array.from({ length: 200 }, (_, index) => `${' '.repeat(index)}a:\n`).join(''),
    'r.yaml:66:67: the content is nested too deeply',
  ),
  broken(
    'a key that is a list',
    '? [a]\n: b\n',
    'r.yaml:1:1: guardians: is missing',
    'r.yaml:1:3: a key must be plain text',
  ),

  // fields
  broken(
    'a terminal without anything',
    'guardians:\n  - {}\n',
    'r.yaml:2:5: guardians[0].terminal_id: is missing',
    'r.yaml:2:5: guardians[0].role: is missing',
    'r.yaml:2:5: guardians[0].public_key_hex: is missing',
    'r.yaml:2:5: guardians[0].bandwidth_quota_bps: is missing',
  ),
  broken(
    'an unknown field',
    oneGuardian({ more: '    e_mail: a@example.org\n' }),
    'r.yaml:6:5: guardians[0]: unknown key e_mail; known are terminal_id, role, public_key_hex, bandwidth_quota_bps',
  ),
  broken(
    'sessions for a guardian, who has one',
    oneGuardian({ more: '    max_sessions: 2\n' }),
    'r.yaml:6:5: guardians[0]: unknown key max_sessions; known are terminal_id, role, public_key_hex, bandwidth_quota_bps',
  ),
  field(
    'an id that is a list',
    { id: '[a]' },
    'r.yaml:2:5: guardians[0].terminal_id: must be a single value, not a list',
  ),
  field('a field left blank', { role: '' }, 'r.yaml:3:5: guardians[0].role: must be a single value, not nothing'),
  field('an id of another scheme', { id: 'https://a' }, id(`${ID_RULE}: https://a`)),
  field('an id that is only the scheme', { id: 'if://' }, id(`${ID_RULE}: if://`)),
  field('an id with a space', { id: '"if://a b"' }, id(`${ID_RULE}: if://a b`)),
  field('an id with a letter beyond ASCII', { id: 'if://café' }, id(`${ID_RULE}: if://caf\\u00e9`)),
  field('an id with a control character', { id: '"if://a\\e[2J"' }, id(`${ID_RULE}: if://a\\u001b[2J`)),
  field('an id of 129 characters', { id: `if://${'a'.repeat(124)}` }, id(`${ID_RULE}: if://${'a'.repeat(52)}...`)),
  field('an empty role', { role: '""' }, role(ROLE_RULE)),
  field('a role of spaces', { role: '"   "' }, role(ROLE_RULE)),
  field('a role with a line break', { role: '"a\\nb"' }, role(ROLE_RULE)),
  field('a role with a right-to-left override', { role: '"a\\u202eb"' }, role(ROLE_RULE)),
  field('a role of 129 characters', { role: 'r'.repeat(129) }, role(ROLE_RULE)),
  field('a key of 63 digits', { key: KEYS[0].slice(1) }, key(`${HEX_RULE}; it has 63`)),
  field('a key of 65 digits', { key: `${KEYS[0]}0` }, key(`${HEX_RULE}; it has 65`)),
  field(
    'a key with an O for a zero',
    { key: `${KEYS[0].slice(0, 63)}O` },
    key(`${HEX_RULE}; character 64 is no hex digit`),
  ),
  field('a key with 0x', { key: `0x${KEYS[0].slice(2)}` }, key(`${HEX_RULE}; character 2 is no hex digit`)),
  field('an empty key', { key: '""' }, key(`${HEX_RULE}; it has 0`)),
  field(
    'a key in base64',
    { key: 'iojj3XQJ8ZX9Utstc8tdfCcmcnvwnZQSG/N0iAG0D29c' },
    key(`${HEX_RULE}; character 1 is no hex digit`),
  ),
  ...POINTS_OF_SMALL_ORDER.map(([name, hex]) =>
    field(
      `a key that is ${name}`,
      { key: `"${hex}"` },
      key('is a point of small order: anyone could sign for it without a private key'),
    ),
  ),
  field(
    'a key whose y is not below the prime',
    { key: `"f0${'f'.repeat(60)}7f"` },
    key('is not a point of Ed25519, so no private key belongs to it'),
  ),
  field(
    'a key that lies off the curve',
    { key: `"02${'0'.repeat(62)}"` },
    key('is not a point of Ed25519, so no private key belongs to it'),
  ),
  field('a quota of 63,999 bit/s', { quota: '63999' }, quota(`${QUOTA_RULE}: 63999`)),
  field('a quota of 100,000,001 bit/s', { quota: '100000001' }, quota(`${QUOTA_RULE}: 100000001`)),
  field('a quota below nothing', { quota: '-1' }, quota(`${QUOTA_RULE}: -1`)),
  field('a quota with a fraction', { quota: '2000000.5' }, quota(`${QUOTA_RULE}: 2000000.5`)),
  field('a quota with an exponent', { quota: '2.5e6' }, quota(`${QUOTA_RULE}: 2.5e6`)),
  field('a quota in hex', { quota: '0x1e8480' }, quota(`${QUOTA_RULE}: 0x1e8480`)),
  field('a quota in words', { quota: '2.5 Mbit/s' }, quota(`${QUOTA_RULE}: 2.5 Mbit/s`)),
  field('a quota in quotes', { quota: '"2000000"' }, quota(`${QUOTA_RULE}: "2000000"`)),
  field('a quota that is no number', { quota: '.nan' }, quota(`${QUOTA_RULE}: .nan`)),
  broken(
    'infrastructure without sessions',
    `${oneGuardian()}infrastructure:\n${terminal({ id: 'if://council/mcu', key: KEYS[1] })}`,
    'r.yaml:7:5: infrastructure[0].max_sessions: is missing',
  ),
  broken(
    'no sessions',
    `${oneGuardian()}infrastructure:\n${terminal({ id: 'if://council/mcu', key: KEYS[1], more: '    max_sessions: 0\n' })}`,
    `r.yaml:11:19: infrastructure[0].max_sessions: ${SESSIONS_RULE}: 0`,
  ),

  // across terminals
  broken(
    'one id for two terminals',
    two({}, { key: KEYS[1] }),
    'r.yaml:6:18: guardians[1].terminal_id: if://guardian/a is named twice; first on line 2',
  ),
  broken(
    'one key for two terminals, whatever its letters',
    two({}, { id: 'if://guardian/b', key: KEYS[0].toUpperCase() }),
    'r.yaml:8:21: guardians[1].public_key_hex: one key a terminal: line 8 repeats the key of line 4',
  ),
  broken(
    'a canary with a key of a guardian',
    `${oneGuardian()}canaries:\n${terminal({ id: 'if://canary/1' })}`,
    'r.yaml:9:21: canaries[0].public_key_hex: one key a terminal: line 9 repeats the key of line 4',
  ),
  broken(
    'several mistakes, all of them told, in order of their lines',
    two({ quota: '1', id: 'a' }, { role: '""', key: 'x' }),
    id(`${ID_RULE}: a`),
    quota(`${QUOTA_RULE}: 1`),
    `r.yaml:7:11: guardians[1].role: ${ROLE_RULE}`,
    `r.yaml:8:21: guardians[1].public_key_hex: ${HEX_RULE}; character 1 is no hex digit`,
  ),
];
