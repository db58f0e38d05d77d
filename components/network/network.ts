import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Triple } from '../hosts.ts';

export interface NetworkArgs {
  /** Such as `eu-central-1`: S3 is reached there without leaving AWS's network. */
  readonly region: string;
  /** IPv4 network of the VPC. */
  readonly vpcCidr: string;
  /** One subnet a zone, inside of the VPC's network. */
  readonly subnetCidrs: Triple<string>;
  /** Three different zones of the provider's region. */
  readonly availabilityZones: Triple<string>;
}

/** A VPC with one public subnet in each of three availability zones: every host of a council is reached from outside. */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** In the order of the zones. */
  readonly subnetIds: Triple<pulumi.Output<string>>;
  /** The routes: without them nothing in a subnet reaches the world. */
  readonly routes: readonly pulumi.Resource[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:network:Network', name, {}, opts);
    const inside = { parent: this };
    const tags = { Name: name };
    const vpc = new aws.ec2.Vpc(
      name,
      { cidrBlock: args.vpcCidr, enableDnsSupport: true, enableDnsHostnames: true, tags },
      inside,
    );
    // Whatever is put into a VPC without a group of its own gets this one: it lets nothing in or out.
    new aws.ec2.DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.id, ingress: [], egress: [], tags }, inside);
    const gateway = new aws.ec2.InternetGateway(name, { vpcId: vpc.id, tags }, inside);
    const routes = new aws.ec2.RouteTable(name, { vpcId: vpc.id, tags }, inside);
    const route = new aws.ec2.Route(
      `${name}-world`,
      { routeTableId: routes.id, destinationCidrBlock: '0.0.0.0/0', gatewayId: gateway.id },
      inside,
    );
    const ways: pulumi.Resource[] = [route];
    // Costs nothing, and releases and witness logs go by it. Interface endpoints cost by the hour; see ARCHITECTURE.md.
    new aws.ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: vpc.id,
        serviceName: `com.amazonaws.${args.region}.s3`,
        vpcEndpointType: 'Gateway',
        routeTableIds: [routes.id],
        tags: { Name: `${name}-s3` },
      },
      inside,
    );
    const subnet = (zone: 0 | 1 | 2): pulumi.Output<string> => {
      const own = `${name}-${zone + 1}`;
      const { id } = new aws.ec2.Subnet(
        own,
        {
          vpcId: vpc.id,
          cidrBlock: args.subnetCidrs[zone],
          availabilityZone: args.availabilityZones[zone],
          mapPublicIpOnLaunch: false,
          tags: { Name: own },
        },
        // Two subnets cannot have the same network at once.
        { ...inside, deleteBeforeReplace: true },
      );
      ways.push(new aws.ec2.RouteTableAssociation(own, { subnetId: id, routeTableId: routes.id }, inside));
      return id;
    };
    this.vpcId = vpc.id;
    this.subnetIds = [subnet(0), subnet(1), subnet(2)];
    this.routes = ways;
    this.registerOutputs({ vpcId: this.vpcId, subnetIds: this.subnetIds });
  }
}
