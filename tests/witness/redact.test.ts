import assert from 'node:assert/strict';
import { maskAddress, scrub } from '../../runtime/witness/index.ts';

describe('maskAddress', () => {
  for (const [address, masked] of [
    ['192.0.2.17', '192.0.2.x'],
    ['255.255.255.255', '255.255.255.x'],
    ['0.0.0.0', '0.0.0.x'],
    ['::ffff:192.0.2.17', '192.0.2.x'],
    ['::ffff:c000:211', '192.0.2.x'],
    ['2001:db8:7:1::17', '2001:db8:7:x'],
    ['2001:0DB8:0007:1:2:3:4:5', '2001:db8:7:x'],
    ['2001:db8::17', '2001:db8:0:x'],
    ['::1', '0:0:0:x'],
    ['fe80::1%eth0', 'fe80:0:0:x'],
    ['1::1.2.3.4', '1:0:0:x'],
    ['', 'x'],
    ['256.1.1.1', 'x'],
    ['192.0.2', 'x'],
    ['192.0.2.17.', 'x'],
    ['alice@192.0.2.17', 'x'],
    ['2001:db8', 'x'],
    ['1::2::3', 'x'],
  ] as const) {
    it(`makes ${masked} of ${JSON.stringify(address)}`, () => assert.equal(maskAddress(address), masked));
  }
});

describe('scrub', () => {
  for (const [text, scrubbed] of [
    ['connect ECONNREFUSED 192.0.2.17:1720', 'connect ECONNREFUSED 192.0.2.x:1720'],
    ['no route to 2001:db8:7:1::17', 'no route to 2001:db8:7:x'],
    ['sip:alice@example.org refused', 'sip:[address] refused'],
    ['mail Alice.O-Neil+h323@example.org.', 'mail [address]'],
    ['called +44 20 7946 0958 twice', 'called [number] twice'],
    ['called (0)20-7946-0958', 'called ([number]'],
    ['999.999.999.999', '[number]'],
    [`signature ${'0a'.repeat(64)} is wrong`, 'signature [key] is wrong'],
    ['at 12:34 port 1719, reason 5', 'at 12:34 port 1719, reason 5'],
    ['id ab:cd:442079460958', 'id ab:cd:[number]'],
    ['ENOSPC: no space left on device, write', 'ENOSPC: no space left on device, write'],
  ] as const) {
    it(`makes ${JSON.stringify(scrubbed)} of a message`, () => assert.equal(scrub(text), scrubbed));
  }

  for (const [what, text] of [
    ['dots', '.'.repeat(100_000)],
    ['digits and spaces', '1 '.repeat(50_000)],
    ['colons', ':'.repeat(100_000)],
    ['hex digits', 'a'.repeat(100_000)],
    ['address-like words', 'a.a@'.repeat(25_000)],
    ['parentheses', `1${'('.repeat(100_000)}`],
  ] as const) {
    it(`ends, on 100,000 characters of ${what}`, () => assert.equal(typeof scrub(text), 'string'));
  }
});
