import assert from 'node:assert/strict';
import { PerDecodeError } from '../../runtime/asn1/index.ts';
import { RAS_TAGS, rasMessage } from '../../runtime/h225/index.ts';
import { capturedCalls } from '../support/captures.ts';

describe('RAS datagrams of stock H.323 software', () => {
  for (const [call, datagrams] of capturedCalls()) {
    it(`refuses every captured datagram of ${call} that lost its tail`, () => {
      for (const { name, bytes } of datagrams)
        for (let length = 0; length < bytes.length; length++)
          assert.throws(
            () => rasMessage.decode(bytes.subarray(0, length)),
            PerDecodeError,
            `${name}, ${length} octets`,
          );
    });

    for (const { name, bytes } of datagrams)
      it(`decodes the ${name} of ${call}, and encodes it to the same octets`, () => {
        const message = rasMessage.decode(bytes);
        assert.notEqual(message.kind, 'unknownExtension');
        if (message.kind !== 'unknownExtension') assert.equal(RAS_TAGS[message.kind], name.slice(0, 3));
        assert.equal(rasMessage.encode(message).toString('hex'), bytes.toString('hex'));
      });
  }

  it('reads what the ARQ of bob says', () => {
    const datagrams = capturedCalls().get('direct-slowstart-tunnelled') ?? [];
    const bytes = datagrams.find(({ name }) => name === 'ARQ of bob')?.bytes;
    assert(bytes);
    const message = rasMessage.decode(bytes);
    assert(message.kind === 'admissionRequest');
    const { requestSeqNum, srcInfo, destinationInfo, bandWidth, answerCall, gatekeeperIdentifier } = message.value;
    assert.deepEqual(
      { requestSeqNum, srcInfo, destinationInfo, bandWidth, answerCall, gatekeeperIdentifier },
      {
        requestSeqNum: 46976,
        srcInfo: [{ kind: 'h323-ID', value: 'bob' }],
        destinationInfo: [{ kind: 'h323-ID', value: 'alice' }],
        bandWidth: 100_000,
        answerCall: false,
        gatekeeperIdentifier: 'TestGK',
      },
    );
  });
});
