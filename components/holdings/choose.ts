import type * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from '../stack-config.ts';
import { borrowedHoldings } from './borrowed.ts';
import type { Holdings } from './holdings.ts';
import { ownHoldings } from './own.ts';

/** Owned or borrowed, as the stack's configuration says. */
export const holdings = (
  config: StackConfig,
  accountId: pulumi.Input<string>,
  options: pulumi.ComponentResourceOptions,
): Holdings =>
  config.rollback === undefined
    ? ownHoldings(config, accountId, options)
    : borrowedHoldings(config, config.rollback, options);
