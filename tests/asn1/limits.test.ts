/** What a message may cost: nesting, elements, octets. One more than the limit is refused, and the place is named. */
import assert from 'node:assert/strict';
import {
  boolean,
  choice,
  compile,
  EXTENSIONS,
  integer,
  type Limits,
  lazy,
  nullType,
  octetString,
  optional,
  PerDecodeError,
  type Schema,
  sequence,
  sequenceOf,
} from '../../runtime/asn1/index.ts';

const WIDE: Limits = { depth: 1000, elements: 100_000, octets: 1_000_000 };

interface Chain {
  readonly next?: Chain | undefined;
}
const Chain: Schema<Chain> = sequence({ next: optional(lazy((): Schema<Chain> => Chain)) });

type Tree =
  | { readonly kind: 'leaf'; readonly value: null }
  | { readonly kind: 'twigs'; readonly value: readonly Tree[] };
const Tree: Schema<Tree> = choice({ leaf: nullType, twigs: sequenceOf(lazy((): Schema<Tree> => Tree)) });

/** A chain with `links` values inside its first. */
function chain(links: number): Chain {
  let value: Chain = {};
  for (let i = 0; i < links; i++) value = { next: value };
  return value;
}

function assertRefused(decode: () => unknown, code: string, path: string, detail: RegExp): void {
  assert.throws(decode, (error) => {
    assert.ok(error instanceof PerDecodeError, String(error));
    assert.deepEqual({ code: error.code, path: error.path }, { code, path });
    assert.match(error.detail, detail);
    assert.equal(error.message, `${path}: ${error.detail} (bit ${error.bitOffset})`);
    return true;
  });
}

describe('the depth of a type that contains itself', () => {
  const sender = compile('Chain', Chain, WIDE);
  const codec = compile('Chain', Chain, { ...WIDE, depth: 4 });

  it('is refused past the limit, with the way to it', () => {
    const octets = sender.encode(chain(5));
    assertRefused(() => codec.decode(octets), 'PER_LIMIT', 'Chain.next.next.next.next.next', /^nested deeper than 4$/);
  });

  it('is counted in each message anew, also behind one that was refused', () => {
    for (let i = 0; i < 10; i++) {
      assert.throws(() => codec.decode(sender.encode(chain(5))), PerDecodeError);
      assert.deepEqual(codec.decode(sender.encode(chain(4))), chain(4));
    }
  });

  it('is that of the way, not the sum of all ways', () => {
    const tree: Tree = { kind: 'twigs', value: Array.from({ length: 9 }, () => ({ kind: 'leaf', value: null })) };
    assert.deepEqual(compile('Tree', Tree, { ...WIDE, depth: 1 }).decode(compile('Tree', Tree).encode(tree)), tree);
  });

  it('never reaches the end of the stack, however long the message', () => {
    // Each octet of ones is eight more links.
    assertRefused(
      () => compile('Chain', Chain, WIDE).decode(Buffer.alloc(100_000, 0xff)),
      'PER_LIMIT',
      `Chain${'.next'.repeat(1001)}`,
      /^nested deeper than 1000$/,
    );
  });
});

describe('the number of elements', () => {
  const Lists = sequence({ first: sequenceOf(nullType), second: sequenceOf(sequenceOf(boolean)) });
  const nulls = (count: number): readonly null[] => Array.from({ length: count }, () => null);
  const codec = compile('Lists', Lists, { ...WIDE, elements: 10 });

  it('is refused past the limit in one list, whose path is named', () => {
    const octets = codec.encode({ first: nulls(11), second: [] });
    assertRefused(() => codec.decode(octets), 'PER_LIMIT', 'Lists.first', /^more than 10 elements$/);
  });

  it('is that of all lists together', () => {
    const value = { first: nulls(4), second: [[true, false], [], [true]] };
    assert.deepEqual(codec.decode(codec.encode(value)), value);
    const octets = codec.encode({ ...value, second: [...value.second, [true]] });
    assertRefused(() => codec.decode(octets), 'PER_LIMIT', 'Lists.second[2]', /^more than 10 elements$/);
  });

  it('is refused before they are read: two octets ask for 16K of them that take no octet', () => {
    for (const octets of ['bfff00', 'c100', 'c400'])
      assertRefused(
        () => codec.decode(Buffer.from(octets, 'hex')),
        'PER_LIMIT',
        'Lists.first',
        /^more than 10 elements$/,
      );
  });

  it('may not be too few either, and then the list is named, not its last element', () => {
    const codec = compile('List', sequenceOf(boolean, { min: 3 }));
    assertRefused(() => codec.decode(Buffer.from('0280', 'hex')), 'PER_INVALID', 'List', /^a size of 2, allowed 3/);
  });

  it('counts extension additions that the type does not know', () => {
    const Open = sequence({}, {});
    const open = compile('Open', Open, { ...WIDE, elements: 10 });
    const unknown = (count: number) => Array.from({ length: count }, (_, index) => ({ index, bytes: Buffer.alloc(1) }));
    const value = { [EXTENSIONS]: { count: 12, unknown: unknown(10) } };
    assert.deepEqual(open.decode(open.encode(value)), value);
    const octets = open.encode({ [EXTENSIONS]: { count: 12, unknown: unknown(11) } });
    assertRefused(() => open.decode(octets), 'PER_LIMIT', 'Open.(unknown extension)', /^more than 10 elements$/);
  });
});

describe('the octets of a message', () => {
  const codec = compile('Text', octetString(), { ...WIDE, octets: 101 });

  it('are refused past the limit before any is read', () => {
    assertRefused(
      () => codec.decode(Buffer.alloc(102, 0xff)),
      'PER_LIMIT',
      'Text',
      /^102 octets, at most 101 allowed$/,
    );
  });

  it('may be as many as the limit', () => {
    const text = Buffer.alloc(100, 7);
    assert.deepEqual(codec.decode(codec.encode(text)), text);
  });

  it('are those of a datagram where nothing else is said', () => {
    const usual = compile('Text', octetString());
    // A fragment of 48K and the rest: three octets of lengths.
    const most = usual.encode(Buffer.alloc(65_532));
    assert.equal(most.length, 65_535);
    assert.equal(usual.decode(most).length, 65_532);
    const octets = usual.encode(Buffer.alloc(65_533));
    assertRefused(() => usual.decode(octets), 'PER_LIMIT', 'Text', /^65536 octets, at most 65535 allowed$/);
  });

  it('are not reserved for a length that the message cannot keep', () => {
    for (const octets of ['bfff', 'c4', 'c1'.padEnd(80, '0')])
      assertRefused(() => codec.decode(Buffer.from(octets, 'hex')), 'PER_TRUNCATED', 'Text', /ends inside/);
  });
});

describe('numbers past what a number holds exactly', () => {
  it('are refused as distances from a negative bound, where the sum would look exact', () => {
    // INTEGER (-5..MAX): a distance of 2^53 + 1, which a number rounds to 2^53.
    const codec = compile('value', integer(-5));
    const octets = Buffer.from('0720000000000001', 'hex');
    assertRefused(() => codec.decode(octets), 'PER_INVALID', 'value', /^an integer of 7 octets$/);
    assert.equal(codec.decode(codec.encode(Number.MAX_SAFE_INTEGER - 5)), Number.MAX_SAFE_INTEGER - 5);
  });
});
