import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  addressKey,
  socketKey,
  type TransportAddress,
  toSocketAddress,
  toTransportAddress,
} from '../../runtime/h225/index.ts';

const octets = (address: string) => {
  const transport = toTransportAddress({ address, port: 1719 });
  if (transport === undefined) return undefined;
  assert(transport.kind === 'ipAddress' || transport.kind === 'ip6Address');
  assert.equal(transport.value.port, 1719);
  return Buffer.from(transport.value.ip).toString('hex');
};

describe('socket addresses and H.225.0 transport addresses', () => {
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.04',
    '1.2.3.-4',
    '1.2.3. 4',
    '0x1.2.3.4',
    'gatekeeper.example',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '12345::',
    'g::',
    'fe80::1%eth0',
    '::ffff:1.2.3.256',
    '::1.2.3.4',
  ])
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(octets(text), undefined));

  for (const [text, hex] of [
    ['0.0.0.0', '00000000'],
    ['192.0.2.1', 'c0000201'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(31)}1`],
    ['2001:db8::', `20010db8${'0'.repeat(24)}`],
    ['2001:DB8::A:b', `20010db8${'0'.repeat(16)}000a000b`],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6::8', '00010002000300040005000600000008'],
    ['::ffff:192.0.2.1', 'c0000201'],
    ['::FFFF:192.0.2.1', 'c0000201'],
  ] as const)
    it(`reads ${text}`, () => assert.equal(octets(text), hex));

  it('gives every address back as it came (any octets, any port)', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
        fc.integer({ min: 0, max: 65_535 }),
        (ip, port) => {
          const transport: TransportAddress =
            ip.length === 4 ? { kind: 'ipAddress', value: { ip, port } } : { kind: 'ip6Address', value: { ip, port } };
          const socket = toSocketAddress(transport);
          assert(socket);
          assert.deepEqual(toTransportAddress(socket), transport);
        },
      ),
      { seed: 20_261_121 },
    );
  });

  it('has none for networks that IP sockets do not reach', () => {
    for (const transport of [
      { kind: 'netBios', value: Buffer.alloc(16) },
      { kind: 'nsap', value: Buffer.of(1) },
    ] as const) {
      assert.equal(toSocketAddress(transport), undefined);
      assert.equal(addressKey(transport), undefined);
    }
  });

  it('makes one key of one address, and different keys of different ones', () => {
    const socket = { address: '192.0.2.1', port: 1720 };
    const transport = toTransportAddress(socket);
    assert(transport);
    assert.equal(addressKey(transport), socketKey(socket));
    const keys = [
      socket,
      { ...socket, port: 172 },
      { ...socket, address: '192.0.2.11' },
      { address: '192.0.2.1', port: 0 },
    ];
    assert.equal(new Set(keys.map(socketKey)).size, 4);
  });
});
