import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface BudgetArgs {
  readonly stack: string;
  /** US dollars a month, whole. */
  readonly monthlyUsd: number;
  /** E-mail addresses that are told; without any there is a budget and nobody hears of it. AWS takes ten. */
  readonly tell: readonly pulumi.Input<string>[];
}

/** When somebody is told: of what is spent, and of what the month is going to cost. Percent. */
const NOTICES = [
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'ACTUAL', threshold: 100 },
  { notificationType: 'FORECASTED', threshold: 100 },
] as const;

/**
 * What a stack may cost in a month, counted by its `Stack` tag. AWS counts by a tag only from when it was made a cost
 * allocation tag, once for an account: docs/operations/budgets.md.
 */
export class Budget extends pulumi.ComponentResource {
  constructor(name: string, { stack, monthlyUsd, tell }: BudgetArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:budget:Budget', name, {}, opts);
    new aws.budgets.Budget(
      name,
      {
        name: `guardian-council-${stack}`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        limitAmount: String(monthlyUsd),
        limitUnit: 'USD',
        costFilters: [{ name: 'TagKeyValue', values: [`user:Stack$${stack}`] }],
        notifications:
          tell.length === 0
            ? []
            : NOTICES.map((notice) => ({
                ...notice,
                thresholdType: 'PERCENTAGE',
                comparisonOperator: 'GREATER_THAN',
                subscriberEmailAddresses: [...tell],
              })),
        tags: { Name: name },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
