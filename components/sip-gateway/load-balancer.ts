import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { PORTS } from '../network/index.ts';

export interface LoadBalancerArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Whether it may only be deleted after the protection was taken off. */
  readonly protect: boolean;
}

/** Seconds that a gateway keeps the connections that it has when it is to go; as long as its drain may take. */
export const DRAIN_SECONDS = 1800;

/** What callers come by; media goes to each gateway directly. */
const LISTENERS = [
  { name: 'sip', port: PORTS.sip, protocol: 'TCP_UDP' },
  { name: 'sips', port: PORTS.sipTls, protocol: 'TCP' },
  { name: 'wss', port: PORTS.sipWebSocket, protocol: 'TCP' },
] as const;

/**
 * Where callers find a group of gateways: one address a zone that stays while gateways come and go. It passes on packets
 * as they are (TLS ends at the gateways), and brings a caller to the same gateway each time. What belongs to a call goes
 * to the gateway's own address (RFC 3261 clause 12.1.1, Contact), so that a call does not depend on the balancer.
 */
export class LoadBalancer extends pulumi.ComponentResource {
  readonly dnsName: pulumi.Output<string>;
  /** The hosted zone that AWS keeps its name in. */
  readonly zoneId: pulumi.Output<string>;
  readonly targetGroupArns: readonly pulumi.Output<string>[];
  readonly listeners: readonly pulumi.Resource[];

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:sip-gateway:LoadBalancer', name, {}, opts);
    const inside = { parent: this };
    const balancer = new aws.lb.LoadBalancer(
      name,
      {
        loadBalancerType: 'network',
        internal: false,
        ipAddressType: 'ipv4',
        subnets: [...args.subnetIds],
        enableCrossZoneLoadBalancing: true,
        enableDeletionProtection: args.protect,
        tags: { Name: name },
      },
      { ...inside, protect: args.protect },
    );
    const made = LISTENERS.map(({ name: own, port, protocol }) => {
      const tags = { Name: `${name}-${own}` };
      const group = new aws.lb.TargetGroup(
        `${name}-${own}`,
        {
          vpcId: args.vpcId,
          targetType: 'instance',
          port,
          protocol,
          preserveClientIp: 'true',
          deregistrationDelay: DRAIN_SECONDS,
          stickiness: { enabled: true, type: 'source_ip' },
          healthCheck: {
            protocol: 'TCP',
            port: String(PORTS.sip),
            interval: 10,
            healthyThreshold: 2,
            unhealthyThreshold: 2,
          },
          tags,
        },
        inside,
      );
      const defaultActions = [{ type: 'forward', targetGroupArn: group.arn }];
      const listener = new aws.lb.Listener(
        `${name}-${own}`,
        { loadBalancerArn: balancer.arn, port, protocol, defaultActions, tags },
        inside,
      );
      return { arn: group.arn, listener };
    });
    this.dnsName = balancer.dnsName;
    this.zoneId = balancer.zoneId;
    this.targetGroupArns = made.map(({ arn }) => arn);
    this.listeners = made.map(({ listener }) => listener);
    this.registerOutputs({ dnsName: this.dnsName, zoneId: this.zoneId });
  }
}
