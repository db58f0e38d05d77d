import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { decodeKey, decodeKeys, encodeKey, keyFileName, keyPairFromSeed, sign } from '../../runtime/config/index.ts';

const hex = (octets: Uint8Array | undefined): string => Buffer.from(octets ?? []).toString('hex');
const seedOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

/** RFC 8032 clause 7.1, tests 1 to 3. */
const VECTORS = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
] as const;

describe('keys', () => {
  it('refuse a seed of another length', () => {
    assert.throws(() => keyPairFromSeed(new Uint8Array(31)), /an Ed25519 seed has 32 octets, not 31/);
    assert.throws(() => keyPairFromSeed(new Uint8Array(64)), /not 64/);
  });

  for (const [index, { seed, publicKey, message, signature }] of VECTORS.entries()) {
    it(`sign as RFC 8032 says (test ${index + 1})`, () => {
      const pair = keyPairFromSeed(seedOf(seed));
      assert.equal(hex(pair.publicKey), publicKey);
      assert.equal(hex(sign(pair, seedOf(message))), signature);
    });
  }

  it('make signatures that OpenSSL takes', () => {
    const pair = keyPairFromSeed(new Uint8Array(32).fill(7));
    const message = Buffer.from('an admission request');
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(pair.publicKey).toString('base64url') };
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    assert.ok(verify(null, message, key, sign(pair, message)));
  });
});

describe('the content of a key file', () => {
  const octets = new Uint8Array(32).fill(0xab);

  it('is hex and a newline, both ways', () => {
    assert.equal(encodeKey(octets), `${'ab'.repeat(32)}\n`);
    assert.deepEqual(decodeKey(encodeKey(octets)), octets);
  });

  it('may lack the newline, have a Windows one or capitals', () => {
    for (const text of ['ab'.repeat(32), `${'AB'.repeat(32)}\r\n`]) assert.deepEqual(decodeKey(text), octets);
  });

  for (const text of [
    '',
    '\n',
    'ab'.repeat(31),
    'ab'.repeat(33),
    `${'ab'.repeat(32)}\n\n`,
    ` ${'ab'.repeat(32)}`,
    `${'ab'.repeat(31)}zz`,
    `0x${'ab'.repeat(31)}`,
    `${'ab'.repeat(32)}\n${'cd'.repeat(32)}`,
  ]) {
    it(`is not ${JSON.stringify(text.length > 40 ? `${text.slice(0, 20)}…${text.slice(-12)}` : text)}`, () =>
      assert.equal(decodeKey(text), undefined));
  }
});

describe('the content of a file of several public keys', () => {
  const [one, other] = ['ab', 'cd'].map((octet) => octet.repeat(32));

  it('is a key a line, in its order, with any ending', () => {
    const keys = [0xab, 0xcd].map((octet) => new Uint8Array(32).fill(octet));
    for (const text of [`${one}\n${other}\n`, `${one}\n${other}`, `${one}\r\n${other}\r\n`])
      assert.deepEqual(decodeKeys(text), keys);
    assert.deepEqual(decodeKeys(`${one}\n`), keys.slice(0, 1));
  });

  for (const [what, text] of [
    ['nothing', ''],
    ['an empty line', '\n'],
    ['an empty line in between', `${one}\n\n${other}\n`],
    ['an empty line behind', `${one}\n${other}\n\n`],
    ['a key and a piece of one', `${one}\n${other?.slice(2)}\n`],
    ['two keys in a line', `${one} ${other}\n`],
    ['a remark', `# the next one\n${one}\n`],
  ] as const)
    it(`is not ${what}`, () => assert.equal(decodeKeys(text), undefined));
});

describe('keyFileName', () => {
  for (const [id, name] of [
    ['if://guardian/technical', 'guardian_technical'],
    ['if://guardian/Technical', 'guardian_%54echnical'],
    ['if://guardian_technical', 'guardian%5ftechnical'],
    ['if://../../etc/passwd', '%2e%2e_%2e%2e_etc_passwd'],
    ['if://a:b*c?d"e<f>g|h\\i', 'a%3ab%2ac%3fd%22e%3cf%3eg%7ch%5ci'],
    ['council-gk-primary', 'id.council-gk-primary'],
    ['guardian/technical', 'id.guardian_technical'],
    ['Größe', 'id.%47r%c3%b6%c3%9fe'],
  ] as const) {
    it(`names ${id} ${name}`, () => assert.equal(keyFileName(id), name));
  }

  it('keeps the longest ids apart and within 255 octets, suffix included', () => {
    const longest = `if://${'~'.repeat(123)}`;
    const other = `${longest.slice(0, -1)}!`;
    assert.notEqual(keyFileName(longest), keyFileName(other));
    assert.ok(`${keyFileName(longest)}.key.0123456789abcdef.new`.length <= 255);
  });
});
