import assert from 'node:assert/strict';
import { type RasMessage, rasMessage } from '../../runtime/h225/index.ts';
import { callOf, GatekeeperLab, guardian, PROTOCOL, tags } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const { signalling } = technical;
const seq = { requestSeqNum: 4321 };
const nonStandardData = {
  nonStandardIdentifier: { kind: 'object', value: '1.3.6.1.4.1.32473.9' },
  data: Buffer.from('hello'),
} as const;

const notUnderstood: readonly (readonly [string, RasMessage])[] = [
  [
    'LRQ',
    {
      kind: 'locationRequest',
      value: { ...seq, destinationInfo: [{ kind: 'h323-ID', value: 'x' }], replyAddress: signalling },
    },
  ],
  ['IRQ', { kind: 'infoRequest', value: { ...seq, ...callOf(1) } }],
  ['NSM', { kind: 'nonStandardMessage', value: { ...seq, nonStandardData } }],
  [
    'RAI',
    {
      kind: 'resourcesAvailableIndicate',
      value: {
        ...seq,
        protocolIdentifier: PROTOCOL,
        endpointIdentifier: 'x',
        protocols: [],
        almostOutOfResources: false,
      },
    },
  ],
  ['SCI', { kind: 'serviceControlIndication', value: { ...seq, serviceControl: [] } }],
];

const never: readonly (readonly [string, RasMessage])[] = [
  ['XRS', { kind: 'unknownMessageResponse', value: { ...seq, messageNotUnderstood: Buffer.of(1, 2, 3) } }],
  ['UCF', { kind: 'unregistrationConfirm', value: seq }],
  ['URJ', { kind: 'unregistrationReject', value: { ...seq, rejectReason: { kind: 'undefinedReason', value: null } } }],
  ['DCF', { kind: 'disengageConfirm', value: seq }],
  ['BCF', { kind: 'bandwidthConfirm', value: { ...seq, bandWidth: 1 } }],
  ['RIP', { kind: 'requestInProgress', value: { ...seq, delay: 1 } }],
  ['IACK', { kind: 'infoRequestAck', value: seq }],
  ['RAC', { kind: 'resourcesAvailableConfirm', value: { ...seq, protocolIdentifier: PROTOCOL } }],
  ['SCR', { kind: 'serviceControlResponse', value: seq }],
  ['ACS', { kind: 'admissionConfirmSequence', value: [] }],
];

for (const policy of ['signed', 'open-lab'] as const)
  describe(`messages that are not for this gatekeeper (${policy})`, () => {
    for (const [name, message] of notUnderstood)
      it(`answers ${name} with XRS that holds it, unsigned`, () => {
        const lab = new GatekeeperLab({ config: { policy } });
        const octets = rasMessage.encode(message);
        const { sent, events } = lab.deliver(octets, technical.ras);
        assert(sent[0]?.message.kind === 'unknownMessageResponse' && sent.length === 1);
        const { requestSeqNum, messageNotUnderstood } = sent[0].message.value;
        assert.deepEqual([requestSeqNum, messageNotUnderstood?.toString()], [4321, octets.toString()]);
        assert.deepEqual([sent[0].token, sent[0].to], [undefined, technical.ras]);
        assert.deepEqual(
          events.map(({ msgType, seq: number }) => [msgType, number]),
          [
            [name, 4321],
            ['XRS', 4321],
          ],
        );
      });

    for (const [name, message] of never)
      it(`never answers ${name}, so that no loop begins`, () => {
        const lab = new GatekeeperLab({ config: { policy } });
        const { sent, events } = lab.deliver(rasMessage.encode(message), technical.ras);
        assert.deepEqual([sent, events, lab.state.statistics.dropped.not_a_request], [[], [], 1]);
      });

    it('answers a message of a newer version with XRS that holds it', () => {
      const lab = new GatekeeperLab({ config: { policy } });
      const octets = rasMessage.encode({
        kind: 'unknownExtension',
        value: { index: 40, bytes: Buffer.from('from the future') },
      });
      const outcome = lab.deliver(octets, technical.ras);
      assert.deepEqual(tags(outcome), ['XRS']);
      const [answer] = outcome.sent;
      assert(answer?.message.kind === 'unknownMessageResponse');
      assert.deepEqual(Buffer.from(answer.message.value.messageNotUnderstood ?? []), octets);
      assert.deepEqual(lab.deliver(answer.octets, technical.ras).sent, [], 'and is not drawn into a loop');
    });

    it('gives no XRS for a message that would not fit in it', () => {
      const lab = new GatekeeperLab({ config: { policy } });
      const data = Buffer.alloc(60_000);
      const message = { ...seq, nonStandardData: { ...nonStandardData, data } };
      const octets = rasMessage.encode({ kind: 'nonStandardMessage', value: message });
      assert.deepEqual(lab.deliver(octets, technical.ras).sent, []);
    });

    it('answers 200 such messages a second', () => {
      const lab = new GatekeeperLab({ config: { policy } });
      const octets = rasMessage.encode({ kind: 'infoRequest', value: { ...seq, ...callOf(1) } });
      const answers = Array.from({ length: 500 }, () => lab.deliver(octets, technical.ras)).flatMap(tags);
      assert.equal(answers.length, 200);
    });
  });
