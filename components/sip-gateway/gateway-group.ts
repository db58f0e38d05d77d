import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { DRAIN_HOOK } from '../boot/index.ts';
import { GATEWAY_RECORD, hostNames } from '../dns/index.ts';
import { BootData, bootValues, gatewayGroupName, InstanceRole, METADATA, type Site } from '../host/index.ts';
import { stackTags } from '../stack-tags.ts';
import { DRAIN_SECONDS, LoadBalancer } from './load-balancer.ts';

const ROLE = 'sip-gateway';

/** Percent of CPU, of all gateways on average, that the group aims at: transcoding is what a gateway's work is. */
const CPU_TARGET = 50;
/** Seconds after which a new gateway counts: its first boot installs what it runs. */
const WARM_UP = 600;

/**
 * SIP gateways that grow and shrink with the load, in all three zones, behind one load balancer. A gateway that is to go
 * gets no new callers, and goes when its last call has ended, after half an hour at most; one that another is to take the
 * place of (image, size, boot data) goes the same way, after its successor has come.
 */
export class GatewayGroup extends pulumi.ComponentResource {
  readonly groupName: pulumi.Output<string>;
  readonly dnsName: pulumi.Output<string>;

  constructor(name: string, site: Site, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:sip-gateway:GatewayGroup', name, {}, opts);
    const { config } = site;
    const protect = config.environment === 'prod';
    const inside = { parent: this };
    const balancer = new LoadBalancer(name, { vpcId: site.vpcId, subnetIds: site.subnetIds, protect }, inside);
    const profile = new InstanceRole(ROLE, { role: ROLE, site }, inside);
    const boot = new BootData(ROLE, bootValues(ROLE, site, {}, undefined), inside);
    const template = launchTemplate(site, profile.profileName, boot.userDataBase64, inside);
    const tags = { ...stackTags(config), Name: ROLE };
    const group = new aws.autoscaling.Group(
      name,
      {
        name: gatewayGroupName(config),
        minSize: config.sipGateways.least,
        maxSize: config.sipGateways.most,
        vpcZoneIdentifiers: [...site.subnetIds],
        targetGroupArns: [...balancer.targetGroupArns],
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        // Of EC2 until SIP is answered: the balancer's checks would have every gateway replaced for ever.
        healthCheckType: 'EC2',
        healthCheckGracePeriod: WARM_UP,
        defaultInstanceWarmup: WARM_UP,
        initialLifecycleHooks: [
          {
            name: DRAIN_HOOK,
            lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
            heartbeatTimeout: DRAIN_SECONDS,
            defaultResult: 'CONTINUE',
          },
        ],
        instanceRefresh: { strategy: 'Rolling', preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 200 } },
        tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      },
      { ...inside, protect, dependsOn: [...site.wayOut, ...balancer.listeners] },
    );
    new aws.autoscaling.Policy(
      `${name}-cpu`,
      {
        autoscalingGroupName: group.name,
        policyType: 'TargetTrackingScaling',
        estimatedInstanceWarmup: WARM_UP,
        targetTrackingConfiguration: {
          predefinedMetricSpecification: { predefinedMetricType: 'ASGAverageCPUUtilization' },
          targetValue: CPU_TARGET,
        },
      },
      inside,
    );
    if (config.dns !== undefined)
      new aws.route53.Record(
        `${name}-alias`,
        {
          zoneId: config.dns.hostedZoneId,
          name: hostNames(config.dns.domain)[ROLE],
          type: 'A',
          aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false }],
        },
        // The name leads to whoever answered until now for as long as there is no group.
        { ...inside, aliases: [GATEWAY_RECORD.ofHost()], dependsOn: [group] },
      );
    this.groupName = group.name;
    this.dnsName = balancer.dnsName;
    this.registerOutputs({ groupName: this.groupName, dnsName: this.dnsName });
  }
}

/** What each gateway is made of: the same hardened machine as a host of its own. */
function launchTemplate(
  { config, groupIds, keyArn }: Site,
  profileName: pulumi.Input<string>,
  userData: pulumi.Input<string>,
  inside: pulumi.ResourceOptions,
): aws.ec2.LaunchTemplate {
  const { instanceType, volumeGb } = config.hosts[ROLE];
  const tags = { ...stackTags(config), Name: ROLE };
  return new aws.ec2.LaunchTemplate(
    ROLE,
    {
      imageId: config.amiId,
      instanceType,
      iamInstanceProfile: { name: profileName },
      userData,
      metadataOptions: METADATA,
      networkInterfaces: [
        { associatePublicIpAddress: 'true', deleteOnTermination: 'true', securityGroups: [groupIds[ROLE]] },
      ],
      blockDeviceMappings: [
        {
          // The root volume of Ubuntu's images.
          deviceName: '/dev/sda1',
          ebs: {
            volumeType: 'gp3',
            volumeSize: volumeGb,
            encrypted: 'true',
            kmsKeyId: keyArn,
            deleteOnTermination: 'true',
          },
        },
      ],
      ebsOptimized: 'true',
      monitoring: { enabled: true },
      updateDefaultVersion: true,
      // Tags of the provider do not reach what a group launches.
      tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({ resourceType, tags })),
      tags: { Name: ROLE },
    },
    inside,
  );
}
