import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { isLoopback, isWildcard, parseAddress } from '../../runtime/config/index.ts';

const TEXTS = [
  ...['', 'a', '1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.256', '1.2.3.-4', ' 1.2.3.4', '1.2.3.4 ', '0x1.2.3.4'],
  ...['0.0.0.0', '127.0.0.1', '192.0.2.17', '255.255.255.255', '1.2.3.4.', '1..3.4'],
  ...[':', '::', ':::', '::1', '1::', '1::2', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::g'],
  ...[
    '1::2::3',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1:2:3:4::5:6:7:8',
    '12345::',
    '2001:DB8::1',
    ':1',
    '1:',
    '::1:',
  ],
  ...[
    '::1.2.3.4',
    '::ffff:1.2.3.4',
    '::ffff:1.2.3.400',
    '1.2.3.4::',
    '1:2:3:4:5:6:1.2.3.4',
    '1:2:3:4:5:1.2.3.4',
    '::1.2.3.4:5',
  ],
  ...['[::1]', '::1/64', '1:2:3:4:5:6:7:1.2.3.4', '::ffff:0102:0304', '0000:0000:0000:0000:0000:ffff:255.255.255.255'],
];

describe('parseAddress', () => {
  for (const text of TEXTS) {
    it(`agrees with Node on ${JSON.stringify(text)}`, () =>
      assert.equal(parseAddress(text) !== undefined, isIP(text) !== 0));
  }

  it('gives octets and groups', () => {
    assert.deepEqual(parseAddress('192.0.2.17'), [192, 0, 2, 17]);
    assert.deepEqual(parseAddress('2001:db8::1:ff'), [0x2001, 0xdb8, 0, 0, 0, 0, 1, 0xff]);
    assert.deepEqual(parseAddress('1::1.2.3.4'), [1, 0, 0, 0, 0, 0, 0x102, 0x304]);
    assert.deepEqual(parseAddress('::ffff:192.0.2.17'), [192, 0, 2, 17]);
    assert.deepEqual(parseAddress('::FFFF:c000:211'), [192, 0, 2, 17]);
  });

  it('knows loopback and wildcards in every spelling', () => {
    const loopback = ['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1'];
    assert.deepEqual(
      loopback.map(isLoopback),
      loopback.map(() => true),
    );
    const reachable = ['126.0.0.1', '10.0.0.1', '0.0.0.0', '::', '::2', '1::1', 'localhost', '', '::127.0.0.1'];
    assert.deepEqual(
      reachable.map(isLoopback),
      reachable.map(() => false),
    );
    assert.deepEqual(['0.0.0.0', '::', '0::0', '::ffff:0.0.0.0', '::1', ''].map(isWildcard), [
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
