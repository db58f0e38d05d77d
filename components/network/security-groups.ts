import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { HOST_ROLES, type HostRole, type PerHost, perHost } from '../hosts.ts';
import type { PortRule } from './port-plan.ts';

export interface SecurityGroupsArgs {
  readonly vpcId: pulumi.Input<string>;
  /** All that is open; nothing else will be. */
  readonly ports: readonly PortRule[];
  /** Networks that `admin` stands for. */
  readonly adminCidrs: readonly string[];
}

/** One rule of one security group: a port, or a range of them, for one source. */
export interface GroupRule {
  /** Unique in a stack: `mcu-udp-10000-20000-from-world`. */
  readonly name: string;
  readonly host: HostRole;
  readonly from: { readonly cidr: string } | { readonly host: HostRole };
  readonly protocol: PortRule['protocol'];
  readonly fromPort: number;
  readonly toPort: number;
  readonly description: string;
}

const WORLD = '0.0.0.0/0';

/** The port plan, a rule a source. */
export const groupRules = (ports: readonly PortRule[], adminCidrs: readonly string[]): readonly GroupRule[] =>
  ports.flatMap(({ host, protocol, from: fromPort, to: toPort, sources, service, why }) => {
    const range = protocol === 'icmp' || fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
    const rule = (source: string, from: GroupRule['from']): GroupRule => ({
      name: `${host}-${protocol}-${range}-from-${source}`,
      ...{ host, from, protocol, fromPort, toPort, description: `${service}: ${why}` },
    });
    return sources.flatMap((source) => {
      if (source === 'world') return rule(source, { cidr: WORLD });
      if (source !== 'admin') return rule(source, { host: source });
      return adminCidrs.map((cidr) => rule(cidr.replace('/', '-'), { cidr }));
    });
  });

/** A security group a host, and a rule resource a rule, all made from the port plan. */
export class SecurityGroups extends pulumi.ComponentResource {
  readonly groupIds: PerHost<pulumi.Output<string>>;
  /** The rules by which hosts reach the world. */
  readonly egress: readonly pulumi.Resource[];

  constructor(name: string, args: SecurityGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:network:SecurityGroups', name, {}, opts);
    const inside = { parent: this };
    this.groupIds = perHost((role) => {
      const tags = { Name: role };
      const description = `Ports of ${role}`;
      return new aws.ec2.SecurityGroup(role, { vpcId: args.vpcId, description, tags }, inside).id;
    });
    for (const { name: own, host, from, protocol, ...ports } of groupRules(args.ports, args.adminCidrs)) {
      const source = 'cidr' in from ? { cidrIpv4: from.cidr } : { referencedSecurityGroupId: this.groupIds[from.host] };
      new aws.vpc.SecurityGroupIngressRule(
        own,
        { securityGroupId: this.groupIds[host], ...source, ipProtocol: protocol, ...ports },
        inside,
      );
    }
    // Media goes to wherever a terminal is, so the way out stays open; answers need no rule of their own.
    this.egress = HOST_ROLES.map((role) => {
      const everything = { cidrIpv4: WORLD, ipProtocol: '-1', description: 'All that it asks for' };
      const rule = { securityGroupId: this.groupIds[role], ...everything };
      return new aws.vpc.SecurityGroupEgressRule(`${role}-out`, rule, inside);
    });
    this.registerOutputs({ groupIds: this.groupIds });
  }
}
