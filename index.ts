import * as aws from '@pulumi/aws';
import { councilName } from './components/boot/index.ts';
import { Dns } from './components/dns/index.ts';
import { GatekeeperPair } from './components/gatekeeper/index.ts';
import type { Site } from './components/host/index.ts';
import { Mcu } from './components/mcu/index.ts';
import { AlarmTopic, Monitoring } from './components/monitoring/index.ts';
import { Network, portPlan, privateAddresses, SecurityGroups, StaticAddresses } from './components/network/index.ts';
import { Release } from './components/release/index.ts';
import { runbookCommands } from './components/runbook.ts';
import { secretsManifest } from './components/secrets/index.ts';
import { SipGateway } from './components/sip-gateway/index.ts';
import { readStackConfig } from './components/stack-config.ts';
import { WitnessArchive } from './components/witness-archive/index.ts';

const config = readStackConfig();
const { stack, environment, region, adminCidrs, contacts, dns } = config;
const protect = environment === 'prod';
const tags = { Project: 'guardian-council', Stack: stack, Environment: environment };
const provider = new aws.Provider('aws', { region, defaultTags: { tags } });
const options = { providers: { aws: provider } };
const { accountId } = aws.getCallerIdentityOutput({}, { provider });

const ports = portPlan(config);
const network = new Network('council', config, options);
const groups = new SecurityGroups('ports', { vpcId: network.vpcId, ports, adminCidrs }, options);
const { publicIps, allocationIds } = new StaticAddresses('addresses', { protect }, options);
const { witnessLockDays: lockDays, witnessRetentionDays: retentionDays } = config;
const witness = new WitnessArchive(
  'witness',
  { stack, environment, accountId, region, lockDays, retentionDays },
  options,
);
const release = new Release('release', { stack, environment, release: config.release }, options);
const alarms = new AlarmTopic('alarms', { accountId, onCall: contacts.onCall }, options);

const site: Site = {
  config,
  ports,
  subnetIds: network.subnetIds,
  groupIds: groups.groupIds,
  wayOut: [...network.routes, ...groups.egress],
  publicIps,
  allocationIds,
  witness,
  release,
  alarmTopicArn: alarms.arn,
};
const pair = new GatekeeperPair('gatekeepers', site, options);
const mcu = new Mcu('mcu', site, options);
const sipGateway = new SipGateway('sip-gateway', site, options);
const monitoring = new Monitoring('monitoring', { site, after: pair.primary.instanceId }, options);
const names = dns ? new Dns('dns', { ...config, ...dns, addresses: publicIps }, options).names : {};

const instances = {
  'gatekeeper-primary': pair.primary.instanceId,
  'gatekeeper-secondary': pair.secondary.instanceId,
  mcu: mcu.host.instanceId,
  'sip-gateway': sipGateway.host.instanceId,
  monitoring: monitoring.host.instanceId,
};

/** Everything a runbook is made of. */
export { contacts, environment, instances, names, ports, region, stack };
/** What terminals sign their requests for: the identifier of both gatekeepers. */
export const gatekeeperId = councilName(config);
export const addresses = { public: publicIps, private: privateAddresses(config.subnetCidrs) };
/** Which secrets `council secrets` keeps: their names, and no value of theirs. */
export const secrets = secretsManifest(config);
export const arns = {
  witnessBucket: witness.bucketArn,
  witnessKey: witness.keyArn,
  releaseBucket: release.bucketArn,
  releaseParameter: release.parameterArn,
  alarmTopic: alarms.arn,
};
export const commands = runbookCommands({
  region,
  instances,
  witnessBucket: witness.bucketName,
  releaseParameter: release.parameterName,
});
