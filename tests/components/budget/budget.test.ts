import assert from 'node:assert/strict';
import { Budget, type BudgetArgs } from '../../../components/budget/index.ts';
import { planOf } from '../../../components/plan/index.ts';
import { find } from '../../support/program-plan.ts';

const inputsFor = async (args: BudgetArgs) =>
  find(
    await planOf('test', { config: {}, secretKeys: [] }, async () => void new Budget('budget', args)),
    'budgets/budget:Budget',
    'budget',
  ).inputs;

describe('the budget of a stack', () => {
  const expected = {
    name: 'guardian-council-prod',
    budgetType: 'COST',
    timeUnit: 'MONTHLY',
    limitAmount: '1500',
    limitUnit: 'USD',
    costFilters: [{ name: 'TagKeyValue', values: ['user:Stack$prod'] }],
    tags: { Name: 'budget' },
  };
  const notice = (notificationType: string, threshold: number) => ({
    notificationType,
    threshold,
    thresholdType: 'PERCENTAGE',
    comparisonOperator: 'GREATER_THAN',
    subscriberEmailAddresses: ['a@example.org', 'b@example.org'],
  });

  it('tells people of what is spent, and of what is forecast', async () => {
    const tell = ['a@example.org', 'b@example.org'];
    const inputs = await inputsFor({ stack: 'prod', monthlyUsd: 1500, tell });
    assert.deepEqual(inputs, {
      ...expected,
      notifications: [notice('ACTUAL', 80), notice('ACTUAL', 100), notice('FORECASTED', 100)],
    });
  });

  it('tells nobody where there is nobody', async () => {
    const inputs = await inputsFor({ stack: 'prod', monthlyUsd: 1500, tell: [] });
    assert.deepEqual(inputs, { ...expected, notifications: [] });
  });
});
