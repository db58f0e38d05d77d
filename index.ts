import * as aws from '@pulumi/aws';
import { DestroyGuard } from './components/destroy-guard.ts';
import { GatekeeperPair } from './components/gatekeeper/index.ts';
import { holdings } from './components/holdings/index.ts';
import type { Site } from './components/host/index.ts';
import { Mcu } from './components/mcu/index.ts';
import { Monitoring } from './components/monitoring/index.ts';
import { FlowLogs, Network, portPlan, privateAddresses, SecurityGroups } from './components/network/index.ts';
import { Rollout } from './components/release/index.ts';
import { secretsManifest } from './components/secrets/index.ts';
import { SipGateway } from './components/sip-gateway/index.ts';
import { readStackConfig } from './components/stack-config.ts';
import { stackTags } from './components/stack-tags.ts';

const config = readStackConfig();
const guard = new DestroyGuard();
const { stack, environment, region, adminCidrs, contacts } = config;
const provider = new aws.Provider('aws', { region, defaultTags: { tags: stackTags(config) } });
const options = { providers: { aws: provider } };
const { accountId } = aws.getCallerIdentityOutput({}, { provider });

const held = holdings(config, accountId, options);
const ports = portPlan(config);
const network = new Network('council', config, options);
const groups = new SecurityGroups('ports', { vpcId: network.vpcId, ports, adminCidrs }, options);
const flows = {
  stack,
  region,
  accountId,
  vpcId: network.vpcId,
  keyArn: held.keyArn,
  retentionDays: config.flowLogDays,
};
const { logGroupName: flowLogs } = new FlowLogs('flows', flows, options);

const site: Site = {
  ...held,
  config,
  ports,
  vpcId: network.vpcId,
  subnetIds: network.subnetIds,
  groupIds: groups.groupIds,
  wayOut: [...network.routes, ...groups.egress],
};
const pair = new GatekeeperPair('gatekeepers', site, options);
const mcu = new Mcu('mcu', site, options);
const sipGateway = new SipGateway('sip-gateway', site, options);
const monitoring = new Monitoring('monitoring', { site, after: pair.primary.instanceId }, options);

const instances = {
  'gatekeeper-primary': pair.primary.instanceId,
  'gatekeeper-secondary': pair.secondary.instanceId,
  mcu: mcu.host.instanceId,
  'sip-gateway': sipGateway.host?.instanceId,
  monitoring: monitoring.host.instanceId,
};
const { monitoring: _, ...released } = instances;
const { bucketName } = held.release;
const after = [pair, mcu, sipGateway, monitoring];
new Rollout('rollout', { stack, region, release: config.release, bucketName, instances: released, after }, options);
if (environment === 'prod') guard.keep('everything');

/** Everything a runbook is made of. */
export { contacts, environment, flowLogs, instances, ports, region, stack };
/** Network interfaces, which public addresses are associated with. */
export const interfaces = {
  'gatekeeper-primary': pair.primary.interfaceId,
  'gatekeeper-secondary': pair.secondary.interfaceId,
  mcu: mcu.host.interfaceId,
  'sip-gateway': sipGateway.host?.interfaceId,
  monitoring: monitoring.host.interfaceId,
};
/** The auto-scaling group of SIP gateways, where there is one. */
export const gatewayGroup = sipGateway.group?.groupName ?? null;
/** What another stack may use that stands in for this one. */
export const loan = held.loan ?? null;
export const names = held.names;
/** What terminals sign their requests for: the identifier of both gatekeepers. */
export const gatekeeperId = held.zone;
/** Which secrets `council secrets` keeps: their names, and no value of theirs. A stack that stands in has another one's. */
export const secrets = config.rollback === undefined ? secretsManifest(config) : null;
export const addresses = {
  use: held.addresses.use,
  public: held.addresses.publicIps,
  private: privateAddresses(config.subnetCidrs),
};
export const arns = {
  witnessBucket: held.witness.bucketArn,
  witnessKey: held.witness.keyArn,
  releaseBucket: held.release.bucketArn,
  releaseParameter: held.release.parameterArn,
  alarmTopic: held.alarmTopicArn,
  stackKey: held.keyArn,
};
