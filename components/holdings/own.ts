import * as pulumi from '@pulumi/pulumi';
import { Backups } from '../backups/index.ts';
import { zoneName } from '../boot/index.ts';
import { Budget } from '../budget/index.ts';
import { Dns } from '../dns/index.ts';
import { perHost, VOTERS } from '../hosts.ts';
import { AlarmTopic } from '../monitoring/index.ts';
import { StaticAddresses } from '../network/index.ts';
import { Release } from '../release/index.ts';
import type { StackConfig } from '../stack-config.ts';
import { StackKey } from '../stack-key/index.ts';
import { WitnessArchive } from '../witness-archive/index.ts';
import type { Holdings } from './holdings.ts';
import type { Loan } from './loan.ts';

/** What a stack owns besides its machines, all protected in prod. */
export function ownHoldings(
  config: StackConfig,
  accountId: pulumi.Input<string>,
  options: pulumi.ComponentResourceOptions,
): Holdings {
  const { stack, environment, region, contacts, dns } = config;
  const where = { stack, environment, accountId, region };
  const key = new StackKey('stack', where, options);
  const protect = environment === 'prod';
  const lent = config.addressesLentTo !== undefined;
  const addresses = new StaticAddresses('addresses', { protect, lent }, options);
  const { witnessLockDays: lockDays, witnessRetentionDays: retentionDays } = config;
  const witness = new WitnessArchive('witness', { ...where, lockDays, retentionDays }, options);
  const release = new Release('release', { stack, environment, release: config.release }, options);
  const alarms = new AlarmTopic('alarms', { accountId, keyArn: key.arn, onCall: contacts.onCall }, options);
  // Of every voter its data, and the disk of monitoring.
  const backedUp = { target: `guardian-council-${stack}`, volumes: VOTERS.length + 1, topicArn: alarms.arn };
  new Backups('backups', { ...where, ...backedUp }, options);
  const tell = [contacts.onCall, contacts.technicalLead].filter((contact) => contact !== undefined);
  new Budget('budget', { stack, monthlyUsd: config.monthlyBudgetUsd, tell }, options);
  // The name of a group of gateways leads to its load balancer.
  const without = config.sipGateways.most > 1 ? (['sip-gateway'] as const) : [];
  const names: Readonly<Record<string, string>> = dns
    ? new Dns('dns', { ...config, ...dns, addresses: addresses.publicIps, without }, options).names
    : {};
  const zone = config.gatekeeperId ?? zoneName(stack);
  return {
    addresses,
    zone,
    domain: dns?.domain,
    names,
    keyArn: key.arn,
    witness,
    release,
    alarmTopicArn: alarms.arn,
    secretsOf: stack,
    loan: pulumi
      .all([
        pulumi.output(addresses.publicIps),
        pulumi.output(addresses.allocationIds),
        pulumi.all([key.arn, alarms.arn]),
        pulumi.all([witness.bucketName, witness.bucketArn, witness.keyArn]),
        pulumi.all([release.bucketName, release.bucketArn]),
      ])
      .apply(
        ([publicIps, allocationIds, [keyArn, alarmTopicArn], archive, bundles]): Loan => ({
          gatekeeperId: zone,
          domain: dns?.domain ?? null,
          names,
          addresses: perHost((role) => ({ publicIp: publicIps[role], allocationId: allocationIds[role] })),
          keyArn,
          alarmTopicArn,
          witness: { bucketName: archive[0], bucketArn: archive[1], keyArn: archive[2] },
          release: { bucketName: bundles[0], bucketArn: bundles[1] },
          region,
          subnetCidrs: config.subnetCidrs,
          primaryRasPort: config.primaryRasPort,
          secondaryRasPort: config.secondaryRasPort,
        }),
      ),
  };
}
