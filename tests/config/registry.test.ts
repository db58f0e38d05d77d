import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRegistry, RegistryError, withPublicKeys } from '../../runtime/config/index.ts';
import { BROKEN_REGISTRIES } from './broken-registries.ts';
import { KEYS, oneGuardian, terminal } from './registry-text.ts';

const SHIPPED = join(import.meta.dirname, '../../config/guardian-registry.yaml');

function problemsOf(text: string): string[] {
  try {
    parseRegistry(text, 'r.yaml');
  } catch (error) {
    assert.ok(error instanceof RegistryError, String(error));
    assert.equal(error.code, 'REGISTRY_INVALID');
    return error.message.split('\n');
  }
  return [];
}

describe('parseRegistry', () => {
  for (const { name, text, problems } of BROKEN_REGISTRIES) {
    it(`refuses ${name}`, () => assert.deepEqual(problemsOf(text), problems));
  }

  it('gives every problem as data too', () => {
    const text = oneGuardian({ quota: '1' });
    assert.throws(
      () => parseRegistry(text, 'r.yaml'),
      (error) => {
        assert.ok(error instanceof RegistryError);
        assert.deepEqual(error.problems, [
          {
            file: 'r.yaml',
            line: 5,
            column: 26,
            path: 'guardians[0].bandwidth_quota_bps',
            message: 'must be a whole number from 64000 to 100000000 bit/s: 1',
          },
        ]);
        return true;
      },
    );
  });

  it('refuses more than 10,000 terminals, however many more there are', () => {
    const item = '  - {}\n';
    const problems = problemsOf(`guardians:\n${item.repeat(10_002)}`);
    assert.equal(problems.at(-1), 'and 39001 more problems');
    assert.throws(
      () => parseRegistry(`guardians:\n${item.repeat(10_002)}`, 'r.yaml'),
      (error) =>
        error instanceof RegistryError &&
        error.problems.at(-1)?.message === 'a registry holds at most 10000 terminals' &&
        error.problems.length === 40_001,
    );
  });

  it('reads the three kinds of terminals', () => {
    const text = `${oneGuardian()}infrastructure:\n${terminal({
      id: 'if://council/mcu',
      key: KEYS[1].toUpperCase(),
      quota: '62500000',
      more: '    max_sessions: 25\n',
    })}canaries:\n${terminal({ id: 'if://canary/1', role: 'Prüfer ✓', key: `'${KEYS[2]}'`, quota: '64000' })}`;
    const { terminals } = parseRegistry(text, 'r.yaml');
    const octets = KEYS.map((hex) => new Uint8Array(Buffer.from(hex, 'hex')));
    assert.deepEqual(
      [...terminals],
      [
        ['if://guardian/a', 'guardian', 'A', 2_000_000, 1, octets[0]],
        ['if://council/mcu', 'infrastructure', 'A', 62_500_000, 25, octets[1]],
        ['if://canary/1', 'canary', 'Prüfer ✓', 64_000, 1, octets[2]],
      ].map(([terminalId, kind, role, quota, maxSessions, publicKey]) => [
        terminalId,
        { terminalId, kind, role, publicKey, quota, maxSessions },
      ]),
    );
  });

  it('takes a key without quotes that YAML would read as a number', () => {
    const digits = '1000000000000000000000000000000000000000000000000000000000000000';
    const { terminals } = parseRegistry(oneGuardian({ key: digits }), 'r.yaml');
    assert.equal(Buffer.from(terminals.get('if://guardian/a')?.publicKey ?? []).toString('hex'), digits);
  });

  it('reads Windows line ends and a byte order mark', () => {
    const text = `\ufeff${oneGuardian().replaceAll('\n', '\r\n')}`;
    assert.equal(parseRegistry(text, 'r.yaml').terminals.size, 1);
  });
});

describe('a registry revision', () => {
  const two = (first: string, second: string): string => `guardians:\n${first}${second}`;
  const a = terminal({});
  const b = terminal({ id: 'if://guardian/b', key: KEYS[1] });
  const revision = (text: string): string => parseRegistry(text, 'r.yaml').revision;

  it('is 16 hex digits, and the same for the same content in another order and layout', () => {
    const first = revision(two(a, b));
    assert.match(first, /^[0-9a-f]{16}$/);
    assert.equal(
      revision(`# comment\n${two(b, a.replace('"A"', 'A').replace(KEYS[0], KEYS[0].toUpperCase()))}`),
      first,
    );
  });

  for (const [what, from, to] of [
    ['terminal_id', 'guardian/b', 'guardian/c'],
    ['role', 'role: "A"', 'role: "B"'],
    ['key', KEYS[1], KEYS[2]],
    ['quota', '2000000', '2000001'],
    ['kind', '  - terminal_id: if://guardian/b', 'canaries:\n  - terminal_id: if://guardian/b'],
  ] as const) {
    it(`changes with the ${what}`, () => {
      assert.ok(two(a, b).includes(from));
      assert.notEqual(revision(two(a, b).replace(from, to)), revision(two(a, b)));
    });
  }
});

describe('withPublicKeys', () => {
  const text = `# ours\nguardians: # all of them\n${terminal({ key: `"${KEYS[0]}"  # old` })}\n${terminal({
    id: 'if://guardian/b',
    key: KEYS[1],
  })}`;

  it('replaces keys and leaves every other character alone', () => {
    const result = withPublicKeys(text, new Map([['if://guardian/a', KEYS[2]]]));
    assert.equal(result, text.replace(KEYS[0], KEYS[2]));
  });

  it('swaps keys between terminals', () => {
    const swap = new Map([
      ['if://guardian/a', KEYS[1]],
      ['if://guardian/b', KEYS[0]],
    ]);
    const { terminals } = parseRegistry(withPublicKeys(text, swap), 'r.yaml');
    assert.equal(Buffer.from(terminals.get('if://guardian/b')?.publicKey ?? []).toString('hex'), KEYS[0]);
  });

  it('refuses a terminal that is not there', () => {
    const keys = new Map([['if://guardian/z', KEYS[2]]]);
    assert.throws(() => withPublicKeys(text, keys, 'r.yaml'), {
      name: 'RegistryError',
      message: 'r.yaml:1:1: no terminal if://guardian/z to give a key to',
    });
  });

  it('refuses a key that would make the registry a broken one', () => {
    assert.throws(() => withPublicKeys(text, new Map([['if://guardian/a', KEYS[1]]]), 'r.yaml'), {
      message: 'r.yaml:10:21: guardians[1].public_key_hex: one key a terminal: line 10 repeats the key of line 5',
    });
    assert.throws(() => withPublicKeys(text, new Map([['if://guardian/a', 'no\nkey: "']]), 'r.yaml'), {
      message:
        'r.yaml:5:21: guardians[0].public_key_hex: must be 64 hex digits, an Ed25519 public key; character 1 is no hex digit',
    });
  });
});

describe('config/guardian-registry.yaml', () => {
  const text = readFileSync(SHIPPED, 'utf8');
  const { terminals } = parseRegistry(text, SHIPPED);

  it('names the twelve guardians with their quotas', () => {
    const guardians = [...terminals.values()].filter(({ kind }) => kind === 'guardian');
    assert.deepEqual(
      guardians.map(({ terminalId, role, quota }) => [
        terminalId.replace('if://guardian/', ''),
        /\((.*)\)/.exec(role)?.[1],
        quota,
      ]),
      [
        ['technical', 'T-01', 2_500_000],
        ['civic', 'C-01', 2_000_000],
        ['ethical', 'E-01', 2_500_000],
        ['cultural', 'K-01', 2_000_000],
        ['contrarian', 'Cont-01', 2_500_000],
        ['meta', 'M-01', 2_000_000],
        ['security', 'S-01', 2_500_000],
        ['accessibility', 'A-01', 2_000_000],
        ['legal', 'L-01', 2_500_000],
        ['environmental', 'N-01', 2_000_000],
        ['historical', 'H-01', 2_000_000],
        ['youth', 'Y-01', 2_000_000],
      ],
    );
  });

  it('names the MCU, the gateway and two canaries', () => {
    const others = [...terminals.values()].filter(({ kind }) => kind !== 'guardian');
    assert.deepEqual(
      others.map(({ terminalId, kind, maxSessions }) => [terminalId, kind, maxSessions]),
      [
        ['if://council/mcu', 'infrastructure', 25],
        ['if://council/sip-gateway', 'infrastructure', 10],
        ['if://canary/validation', 'canary', 1],
        ['if://canary/monitoring', 'canary', 1],
      ],
    );
  });
});
