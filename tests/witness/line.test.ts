import assert from 'node:assert/strict';
import fc from 'fast-check';
import { epochMilliseconds } from '../../runtime/units.ts';
import { recoveredLine, type WitnessRecord, witnessLine } from '../../runtime/witness/index.ts';

const TS = epochMilliseconds(Date.UTC(2026, 10, 21, 5, 51, 0, 123));
const line = (fields: Omit<WitnessRecord, 'ts' | 'msg_type'> & { msg_type?: string }): string =>
  witnessLine({ ts: TS, msg_type: 'ARQ', ...fields });
const HEAD = '{"ts": "2026-11-21T05:51:00.123Z", "msg_type": "ARQ"';

/** The value as a reader gets it back. */
function read(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  assert.ok(typeof value === 'object' && value !== null);
  return { ...value };
}

describe('witnessLine', () => {
  it('puts a space behind each colon and comma, and a newline at the end', () => {
    assert.equal(
      line({ seq: 7, terminal_id: 'if://guardian/technical', live: true, reason: null, aliases: ['a', 'b'], none: [] }),
      `${HEAD}, "seq": 7, "terminal_id": "if://guardian/technical", "live": true, "reason": null, "aliases": ["a", "b"], "none": []}\n`,
    );
  });

  it('puts ts and msg_type first, wherever they stand in the record', () => {
    assert.equal(witnessLine({ seq: 1, msg_type: 'ARQ', ts: TS }), `${HEAD}, "seq": 1}\n`);
  });

  it('leaves undefined fields out', () => assert.equal(line({ reason: undefined }), `${HEAD}}\n`));

  for (const [what, text, written] of [
    ['quotes and backslashes', 'a"b\\c', 'a\\"b\\\\c'],
    ['line ends', 'a\nb\rc', 'a\\nb\\rc'],
    ['terminal escapes', '\u001b[2J\u009b1m\u007f', '\\u001b[2J\\u009b1m\\u007f'],
    ['a NUL', 'a\0b', 'a\\u0000b'],
    ['line separators', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['a right-to-left override', '\u202eabc', '\\u202eabc'],
    ['lone surrogates', '\ud800a\udfff', '\\ud800a\\udfff'],
    ['letters beyond ASCII', 'é😀', '\\u00e9\\ud83d\\ude00'],
    ['a byte order mark', '\ufeff', '\\ufeff'],
  ] as const) {
    it(`escapes ${what}, in values, lists and names`, () => {
      assert.equal(line({ f: text }), `${HEAD}, "f": "${written}"}\n`);
      assert.equal(line({ f: [text] }), `${HEAD}, "f": ["${written}"]}\n`);
      assert.equal(line({ [text]: 1 }), `${HEAD}, "${written}": 1}\n`);
      assert.deepEqual(read(line({ f: text }))['f'], text);
    });
  }

  it('writes numbers that JSON has, and null for those it has not', () => {
    assert.equal(
      line({ a: -0, b: 1e21, c: Number.NaN, d: Number.POSITIVE_INFINITY, e: 0.1 }),
      `${HEAD}, "a": 0, "b": 1e+21, "c": null, "d": null, "e": 0.1}\n`,
    );
  });

  it('cuts what a sender made long, and says by how much', () => {
    assert.deepEqual(read(line({ f: 'x'.repeat(1025) }))['f'], `${'x'.repeat(1024)}[+1]`);
    assert.deepEqual(read(line({ f: Array<string>(40).fill('x') }))['f'], [...Array<string>(32).fill('x'), '[+8]']);
  });

  for (const [what, secret] of [
    ['a key in hex', 'ab'.repeat(32)],
    ['a signature in hex', 'AB'.repeat(64)],
    ['a signature in base64', `${'aB3/'.repeat(21)}aB==`],
  ] as const) {
    it(`never shows ${what}`, () => {
      assert.deepEqual(read(line({ f: `key ${secret}!` }))['f'], 'key [key]!');
      assert.deepEqual(read(line({ f: [`zz${secret}`] }))['f'], [what.endsWith('hex') ? 'zz[key]' : '[key]']);
      assert.deepEqual(read(line({ f: `${'x '.repeat(500)}${secret}` }))['f'], `${'x '.repeat(500)}[key]`);
    });
  }

  it('shows call identifiers and the longest terminal ids', () => {
    const callId = '0123456789abcdef'.repeat(2);
    const terminalId = `if://guardian/${'a/'.repeat(57)}`;
    assert.deepEqual(read(line({ callId, terminalId })), {
      ts: '2026-11-21T05:51:00.123Z',
      msg_type: 'ARQ',
      callId,
      terminalId,
    });
  });

  it('shows the time of each record, through the seconds and out of order', () => {
    const start = Date.UTC(2026, 11, 31, 23, 59, 59, 0);
    for (const offset of [0, 1, 10, 100, 999, 1000, 1001, 999, -1, 86_400_000, -62_000_000_000_000]) {
      const ts = epochMilliseconds(start + offset);
      assert.equal(read(witnessLine({ ts, msg_type: 'ARQ' }))['ts'], new Date(ts).toISOString());
    }
    assert.equal(
      read(witnessLine({ ts: epochMilliseconds(1.999), msg_type: 'ARQ' }))['ts'],
      '1970-01-01T00:00:00.001Z',
    );
  });

  it('refuses a time that no date can show, and is right after it', () => {
    for (const ts of [Number.NaN, 9e15]) {
      assert.throws(() => witnessLine({ ts: epochMilliseconds(ts), msg_type: 'ARQ' }), RangeError);
    }
    assert.equal(line({}), `${HEAD}}\n`);
  });

  it('is one ASCII line that reads back as the record, for any record', () => {
    const seed = 20261121;
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 30 }));
    const surrogates = fc
      .array(fc.integer({ min: 0xd7f0, max: 0xe00f }), { maxLength: 20 })
      .map((codes) => String.fromCharCode(...codes));
    const value = fc.oneof(
      text,
      surrogates,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(text, { maxLength: 5 }),
    );
    const names = text.filter((name) => !['ts', 'msg_type', '__proto__'].includes(name));
    fc.assert(
      fc.property(text, fc.dictionary(names, value, { maxKeys: 6, noNullPrototype: true }), (msg_type, fields) => {
        const written = witnessLine({ ...fields, ts: TS, msg_type });
        assert.match(written, /^[\x20-\x7e]+\n$/);
        const expected = { ts: '2026-11-21T05:51:00.123Z', msg_type, ...fields };
        assert.deepEqual(read(written), JSON.parse(JSON.stringify(expected)));
      }),
      { seed, numRuns: 500 },
    );
  });
});

describe('recoveredLine', () => {
  it('keeps every octet of what was torn', () => {
    const torn = Uint8Array.from({ length: 256 }, (_, octet) => octet);
    const written = recoveredLine(torn, 256, TS);
    assert.match(written, /^[\x20-\x7e]+\n$/);
    const { torn: text, ...rest } = read(written);
    assert.deepEqual(rest, { ts: '2026-11-21T05:51:00.123Z', msg_type: 'WITNESS_RECOVERED', torn_octets: 256 });
    assert.deepEqual(new Uint8Array(Buffer.from(String(text), 'latin1')), torn);
  });

  it('looks as the other lines do', () => {
    assert.equal(
      recoveredLine(Buffer.from('{"ts": "2026'), 12, TS),
      '{"ts": "2026-11-21T05:51:00.123Z", "msg_type": "WITNESS_RECOVERED", "torn_octets": 12, "torn": "{\\"ts\\": \\"2026"}\n',
    );
  });
});
