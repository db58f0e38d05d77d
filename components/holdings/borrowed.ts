import * as pulumi from '@pulumi/pulumi';
import { borrowedAddresses } from '../network/index.ts';
import { Release } from '../release/index.ts';
import type { StackConfig } from '../stack-config.ts';
import type { Holdings } from './holdings.ts';
import { readLoan } from './loan.ts';

/**
 * What a rollback stack has from the stack that it stands in for. Nothing of it is made here, so that nothing of it goes
 * with this stack; its own are only the parameter that names its release, and machines.
 */
export function borrowedHoldings(
  config: StackConfig,
  { of, takeAddresses }: NonNullable<StackConfig['rollback']>,
  options: pulumi.ComponentResourceOptions,
): Holdings {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${of}`;
  const reference = new pulumi.StackReference('original', { name });
  const loan = reference.getOutput('loan').apply((exported: unknown) => readLoan(of, exported, config));
  const bucket = loan.apply(({ release }) => release);
  return {
    addresses: borrowedAddresses(
      loan.apply(({ addresses }) => addresses),
      takeAddresses,
    ),
    zone: loan.apply(({ gatekeeperId }) => gatekeeperId),
    domain: loan.apply(({ domain }) => domain ?? undefined),
    names: loan.apply(({ names }) => names),
    keyArn: loan.apply(({ keyArn }) => keyArn),
    witness: {
      bucketName: loan.apply(({ witness }) => witness.bucketName),
      bucketArn: loan.apply(({ witness }) => witness.bucketArn),
      keyArn: loan.apply(({ witness }) => witness.keyArn),
    },
    release: new Release(
      'release',
      {
        stack: config.stack,
        environment: config.environment,
        release: config.release,
        bucket: { bucketName: bucket.bucketName, bucketArn: bucket.bucketArn },
      },
      options,
    ),
    alarmTopicArn: loan.apply(({ alarmTopicArn }) => alarmTopicArn),
    secretsOf: of,
    loan: undefined,
  };
}
