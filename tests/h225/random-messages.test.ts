/**
 * RAS messages, and every type they reach, with random valid values. The vectors (vectors.test.ts) say that the octets
 * are right; here each component of each type is known to have had its turn.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asNode, fieldSchema, isGroup } from '../../runtime/asn1/constraints.ts';
import {
  type Codec,
  compile,
  PerDecodeError,
  type Schema,
  type SchemaNode,
  type SequenceNode,
} from '../../runtime/asn1/index.ts';
import { RasMessage, rasMessage } from '../../runtime/h225/index.ts';
import { valuesOf } from '../support/arbitrary-values.ts';
import { capturedCalls } from '../support/captures.ts';
import { normalForm } from '../support/normal-form.ts';
import { mutations, randomOctets } from '../support/octet-mutations.ts';

const SEED = 20261121;
const schema: Schema<unknown> = RasMessage;
const codec: Codec<unknown> = rasMessage;

function alternativesOf(node: SchemaNode): readonly (readonly [string, Schema<unknown>])[] {
  return node.kind === 'choice' ? Object.entries({ ...node.root, ...node.additions }) : [];
}

/** Components by name, those of extension groups too. */
function componentsOf({ fields, additions = {} }: SequenceNode): readonly (readonly [string, Schema<unknown>])[] {
  const added = Object.entries(additions).flatMap(([name, addition]) =>
    isGroup(addition) ? Object.entries(addition.fields) : [[name, addition] as const],
  );
  return [...Object.entries(fields), ...added].map(([name, field]) => [name, fieldSchema(field)]);
}

/** All sequences that a type reaches, by the first way that leads to them. */
function sequencesIn(
  type: Schema<unknown>,
  way: string,
  found = new Map<SchemaNode, string>(),
): Map<SchemaNode, string> {
  const node = asNode(type);
  if (found.has(node)) return found;
  found.set(node, way);
  if (node.kind === 'sequence')
    for (const [name, inner] of componentsOf(node)) sequencesIn(inner, `${way}.${name}`, found);
  for (const [name, inner] of alternativesOf(node)) sequencesIn(inner, `${way}.${name}`, found);
  if (node.kind === 'sequenceOf') sequencesIn(node.element, `${way}[]`, found);
  if (node.kind === 'lazy') sequencesIn(node.target(), way, found);
  if (node.kind === 'openType' && node.contents !== undefined) sequencesIn(node.contents, way, found);
  return found;
}

function checkRoundTrip(type: Schema<unknown>, typeCodec: Codec<unknown>, value: unknown): void {
  const octets = typeCodec.encode(value);
  const decoded = typeCodec.decode(octets);
  assert.deepEqual(normalForm(type, decoded), normalForm(type, value));
  assert.equal(typeCodec.encode(decoded).toString('hex'), octets.toString('hex'));
}

describe(`random RAS messages (seed ${SEED})`, () => {
  it('come in 33 kinds', () => {
    assert.equal(alternativesOf(asNode(schema)).length, 33);
  });

  for (const [kind, type] of alternativesOf(asNode(schema)))
    it(`give back ${kind}, and then the same octets`, () => {
      fc.assert(
        fc.property(valuesOf(type), (value) => checkRoundTrip(schema, codec, { kind, value })),
        { seed: SEED, numRuns: 40 },
      );
    });

  it('reach every component of every type, each of which comes back', () => {
    let components = 0;
    for (const [node, way] of sequencesIn(schema, 'RasMessage')) {
      if (node.kind !== 'sequence') continue;
      const names = componentsOf(node).map(([name]) => name);
      const seen = new Set<string>();
      const typeCodec: Codec<unknown> = compile(way, node);
      const values = fc.sample(valuesOf(node, { levels: 3, foreign: true }), { seed: SEED, numRuns: 60 });
      for (const value of values) {
        checkRoundTrip(node, typeCodec, value);
        for (const [name, content] of Object.entries(value ?? {})) if (content !== undefined) seen.add(name);
      }
      assert.deepEqual(
        names.filter((name) => !seen.has(name)),
        [],
        way,
      );
      components += names.length;
    }
    assert.equal(components, 1049);
  });
});

describe(`hostile RAS datagrams (seed ${SEED})`, () => {
  /** Says whether a datagram was taken. Nothing but a PerDecodeError may come of one that was not. */
  function isTaken(octets: Buffer): boolean {
    let decoded: unknown;
    try {
      decoded = codec.decode(octets);
    } catch (error) {
      assert.ok(error instanceof PerDecodeError, `not a PerDecodeError: ${String(error)}`);
      assert.match(error.path, /^RasMessage/);
      return false;
    }
    assert.deepEqual(normalForm(schema, codec.decode(codec.encode(decoded))), normalForm(schema, decoded));
    return true;
  }

  function count(datagrams: fc.Arbitrary<Buffer>, numRuns: number): { taken: number; refused: number } {
    const counts = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(datagrams, (octets) => {
        counts[isTaken(octets) ? 'taken' : 'refused']++;
      }),
      { seed: SEED, numRuns },
    );
    return counts;
  }

  it('made from captured ones mean the same when they are sent on, or are refused', () => {
    const captured = [...capturedCalls().values()].flat().map(({ bytes }) => bytes);
    const datagrams = fc.tuple(fc.constantFrom(...captured), mutations).map(([bytes, mutate]) => mutate(bytes));
    const { taken, refused } = count(datagrams, 4000);
    assert.ok(taken > 500 && refused > 500, `${taken} taken, ${refused} refused`);
  });

  it('made from random messages mean the same when they are sent on, or are refused', () => {
    const messages = valuesOf(schema, { levels: 3, foreign: true }).map((value) => codec.encode(value));
    const datagrams = fc.tuple(messages, mutations).map(([bytes, mutate]) => mutate(bytes));
    const { taken, refused } = count(datagrams, 1000);
    assert.ok(taken > 100 && refused > 100, `${taken} taken, ${refused} refused`);
  });

  it('of random octets are refused, but for a few', () => {
    const { taken, refused } = count(randomOctets, 4000);
    assert.ok(refused > 3000, `${taken} taken, ${refused} refused`);
  });
});
