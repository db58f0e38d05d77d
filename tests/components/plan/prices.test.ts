import assert from 'node:assert/strict';
import { parsePrices, readPrices } from '../../../components/plan/prices.ts';

const GOOD = `
asOf: 2026-01-01
renewAfter: 2026-07-01
prices:
  alarm: { unit: alarm-month, checked: [eu-central-1], eu-central-1: 0.1 }
assumptions: {}
`;

describe('the price table', () => {
  it('is refused with every key that is wrong', () => {
    assert.equal(parsePrices(GOOD).prices['alarm']?.['eu-central-1'], 0.1);
    for (const [from, to, says] of [
      ['asOf: 2026-01-01', 'asOf: 2025-13-01', 'asOf: Invalid ISO date'],
      ['renewAfter: 2026-07-01', 'renewAfter: 2025-07-01', 'renewAfter: must be after 2026-01-01'],
      ['0.1', '-0.1', 'prices.alarm.eu-central-1: Too small: expected number to be >=0'],
      ['0.1', '"0.1"', 'prices.alarm.eu-central-1: Invalid input: expected number, received string'],
      ['0.1', '.nan', 'prices.alarm.eu-central-1: Invalid input: expected number, received NaN'],
      ['[eu-central-1]', '[moon]', 'prices.alarm.checked: there is no price for moon'],
      ['unit: alarm-month, ', '', 'prices.alarm.unit: Invalid input: expected string, received undefined'],
      ['assumptions: {}', 'assumptions: {}\nmore: 1', ': Unrecognized key: "more"'],
    ] as const)
      assert.throws(() => parsePrices(GOOD.replace(from, to)), {
        name: 'PriceTableError',
        message: `components/plan/prices.yaml: ${says}`,
      });
    assert.throws(() => parsePrices('{'), { name: 'PriceTableError', message: /^components\/plan\/prices\.yaml: / });
  });

  it('has in every region all prices, and assumptions for every environment', () => {
    const { prices, assumptions } = readPrices();
    const regions = ['eu-central-1', 'eu-west-1', 'us-east-1'];
    for (const [key, { unit: _, checked: __, ...byRegion }] of Object.entries(prices))
      assert.deepEqual(Object.keys(byRegion), regions, key);
    assert.deepEqual(Object.keys(assumptions), ['prod', 'staging']);
  });
});
