import assert from 'node:assert/strict';
import { findPersonalData, personalDataIn } from '../../runtime/gatekeeper/policy/index.ts';
import type { AdmissionRequest, AliasAddress, EnumeratedParameter, GenericData } from '../../runtime/h225/index.ts';
import { arq } from '../support/gatekeeper-lab.ts';

const name = (value: string): AliasAddress => ({ kind: 'h323-ID', value });
const url = (value: string): AliasAddress => ({ kind: 'url-ID', value });
const digits = (value: string): AliasAddress => ({ kind: 'dialedDigits', value });

const found = (alias: AliasAddress) => findPersonalData([alias]);

function inRequest(more: Partial<AdmissionRequest>) {
  const message = arq(1, { requestSeqNum: 1, endpointIdentifier: 'x', ...more });
  assert(message.kind === 'admissionRequest');
  return personalDataIn(message.value);
}

const nonStandardData = (data: Buffer) => ({
  nonStandardIdentifier: {
    kind: 'h221NonStandard',
    value: { t35CountryCode: 9, t35Extension: 0, manufacturerCode: 61 },
  } as const,
  data,
});
const generic = (content: EnumeratedParameter['content']): GenericData => ({
  id: { kind: 'standard', value: 1 },
  parameters: [{ id: { kind: 'standard', value: 2 }, content }],
});

const PERSONAL: readonly (readonly [AliasAddress, string])[] = [
  [name('anna@example.org'), 'e-mail address'],
  [name('Anna Example <anna.example+h323@mail.example.org>'), 'e-mail address'],
  [url('h323:anna@example.org'), 'e-mail address'],
  [url('mailto:a@b.example'), 'e-mail address'],
  [{ kind: 'email-ID', value: 'anna@example.org' }, 'e-mail address'],
  [name('+49 30 1234567'), 'telephone number'],
  [name('call +1 (212) 555-0100'), 'telephone number'],
  [name('0049301234567'), 'telephone number'],
  [name('2125550100'), 'telephone number'],
  [name('212 555-0100'), 'telephone number'],
  [url('tel:+4930123456'), 'telephone number'],
  [digits('1234567'), 'telephone number'],
  [digits('0,04930*123#4567'), 'telephone number'],
  [
    {
      kind: 'partyNumber',
      value: {
        kind: 'e164Number',
        value: { publicTypeOfNumber: { kind: 'unknown', value: null }, publicNumberDigits: '123' },
      },
    },
    'telephone number',
  ],
];

const INNOCENT: readonly AliasAddress[] = [
  url('if://guardian/technical'),
  url('if://guardian/Cont-01'),
  url('if://council/mcu?room=4x4&tiles=16'),
  name('if://guardian/technical'),
  name('Technical Guardian (T-01)'),
  name('M-01'),
  name('meeting 2026-11-21'),
  name('192.168.100.200'),
  name('192.168.100.200:1720'),
  name('2001:db8:1234:5678::1'),
  name('v1.28.0-20261121'),
  name('H323Plus 1.28.0'),
  name('0.0.8.2250.0.7'),
  name('a@b'),
  name('@'),
  name('123456'),
  name(''),
  digits('101'),
  digits('123456'),
  digits('*99#'),
  { kind: 'transportID', value: { kind: 'ipAddress', value: { ip: Buffer.of(1, 2, 3, 4), port: 1720 } } },
];

describe('personal data in call metadata', () => {
  for (const [alias, kind] of PERSONAL)
    it(`is found: ${kind} in ${alias.kind} ${JSON.stringify(alias.value)}`, () => {
      assert.equal(found(alias), kind);
    });

  for (const alias of INNOCENT)
    it(`is not found in ${alias.kind} ${JSON.stringify(alias.value)}`, () => {
      assert.equal(found(alias), undefined);
    });

  const person = name('anna@example.org');
  const text = Buffer.from('owner: anna@example.org');
  for (const [where, more] of [
    ['srcInfo', { srcInfo: [url('if://guardian/1'), person] }],
    ['destinationInfo', { destinationInfo: [person] }],
    ['destExtraCallInfo', { destExtraCallInfo: [person] }],
    ['srcAlternatives', { srcAlternatives: [{ aliasAddress: [person] }] }],
    ['destAlternatives', { destAlternatives: [{}, { aliasAddress: [person] }] }],
    ['nonStandardData', { nonStandardData: nonStandardData(text) }],
    [
      'nonStandardData in UTF-16',
      { nonStandardData: nonStandardData(Buffer.from(text.toString(), 'utf16le').swap16()) },
    ],
    [
      'nonStandardData, far behind',
      { nonStandardData: nonStandardData(Buffer.concat([Buffer.alloc(50_000, 46), text])) },
    ],
    ['genericData, raw', { genericData: [generic({ kind: 'raw', value: text })] }],
    ['genericData, text', { genericData: [generic({ kind: 'text', value: text.toString() })] }],
    ['genericData, unicode', { genericData: [generic({ kind: 'unicode', value: 'tel:+4930123456' })] }],
    ['genericData, alias', { genericData: [generic({ kind: 'alias', value: digits('4930123456') })] }],
    [
      'genericData, nested and compound',
      {
        genericData: [
          generic({
            kind: 'nested',
            value: [
              generic({
                kind: 'compound',
                value: [{ id: { kind: 'standard', value: 3 }, content: { kind: 'alias', value: person } }],
              }),
            ],
          }),
        ],
      },
    ],
    [
      'featureSet',
      { featureSet: { replacementFeatureSet: false, desiredFeatures: [generic({ kind: 'alias', value: person })] } },
    ],
  ] as const satisfies readonly (readonly [string, Partial<AdmissionRequest>])[])
    it(`is found in ${where}`, () => assert.notEqual(inRequest(more), undefined));

  it('is not found in an ARQ full of what is none', () => {
    const innocent: Partial<AdmissionRequest> = {
      srcInfo: INNOCENT.slice(0, 5),
      destinationInfo: INNOCENT.slice(5),
      nonStandardData: nonStandardData(Buffer.from('H323Plus/1.28.0 10.0.0.1 codec=G.711 id=00ff')),
      genericData: [
        generic({ kind: 'number32', value: 4_930_123_456 % 2 ** 32 }),
        generic({ kind: 'raw', value: Buffer.from(Array.from({ length: 256 }, (_, i) => i)) }),
        generic(undefined),
      ],
    };
    assert.equal(inRequest(innocent), undefined);
  });

  it('takes work in proportion to the text: 64 KB of each hostile pattern are searched 50 times in the test time', () => {
    for (const unit of [
      'a',
      '@',
      'a@',
      'a@a',
      'a@a.',
      'a.',
      '+',
      '+1',
      '+1 ',
      '+1 2',
      '00',
      '1',
      '1 ',
      '(1',
      'tel:',
      'tel:1',
      '.-',
      `${'a'.repeat(64)}@`,
    ]) {
      const data = Buffer.from(unit.repeat(Math.ceil(65_000 / unit.length)).slice(0, 65_000));
      for (let time = 0; time < 50; time++) inRequest({ nonStandardData: nonStandardData(data) });
      found(name(data.toString('latin1', 0, 256)));
    }
  });
});
