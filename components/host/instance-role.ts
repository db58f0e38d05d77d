import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { HostRole } from '../hosts.ts';
import { type PolicyStatement, policyDocument } from '../iam.ts';
import { readerPolicy } from '../release/index.ts';
import { secretsPath } from '../secrets/index.ts';
import { writerPolicy } from '../witness-archive/index.ts';
import { gatewayGroupName, witnessPrefix } from './boot-values.ts';
import type { Site } from './site.ts';

export interface InstanceRoleArgs {
  readonly role: HostRole;
  readonly site: Site;
}

/**
 * What the Systems Manager agent needs to be spoken to. AWS's own managed policy (AmazonSSMManagedInstanceCore) also
 * reads every parameter of the account, other hosts' secrets among them; this does not.
 */
const AGENT: PolicyStatement = {
  Sid: 'SystemsManagerAgent',
  Effect: 'Allow',
  Action: [
    'ec2messages:AcknowledgeMessage',
    'ec2messages:DeleteMessage',
    'ec2messages:FailMessage',
    'ec2messages:GetEndpoint',
    'ec2messages:GetMessages',
    'ec2messages:SendReply',
    'ssm:DescribeAssociation',
    'ssm:DescribeDocument',
    'ssm:GetDocument',
    'ssm:GetManifest',
    'ssm:ListAssociations',
    'ssm:ListInstanceAssociations',
    'ssm:PutComplianceItems',
    'ssm:PutInventory',
    'ssm:UpdateAssociationStatus',
    'ssm:UpdateInstanceAssociationStatus',
    'ssm:UpdateInstanceInformation',
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ],
  // Most of these actions know no resource to narrow them to, and none reads a parameter.
  Resource: ['*'],
};

/** Hosts that keep witness logs. */
const WITNESSES: readonly HostRole[] = ['gatekeeper-primary', 'gatekeeper-secondary', 'sip-gateway'];

/** What a host may do: be managed, read its own secrets, fetch the release it runs, add to its own witness logs. */
function statements({ role, site }: InstanceRoleArgs): PolicyStatement[] {
  const { config, release, witness } = site;
  // The account is left open: no parameter of another one could be read in any case.
  const secrets = `arn:aws:ssm:${config.region}:*:parameter${secretsPath(site.secretsOf, role)}`;
  const common: PolicyStatement[] = [
    AGENT,
    {
      Sid: 'OwnSecrets',
      Effect: 'Allow',
      Action: ['ssm:GetParameter', 'ssm:GetParametersByPath'],
      Resource: [secrets, `${secrets}/*`],
    },
    ...(role === 'monitoring' ? [] : readerPolicy(release, role)),
  ];
  const group = role === 'sip-gateway' ? gatewayGroupName(config) : undefined;
  const leave: PolicyStatement = {
    Sid: 'LeaveGroup',
    Effect: 'Allow',
    Action: ['autoscaling:CompleteLifecycleAction'],
    Resource: [`arn:aws:autoscaling:${config.region}:*:autoScalingGroup:*:autoScalingGroupName/${group}`],
  };
  const find: PolicyStatement = {
    Sid: 'FindGateways',
    Effect: 'Allow',
    Action: ['ec2:DescribeInstances'],
    // EC2 can narrow it to no instance, only to where they are.
    Resource: ['*'],
    Condition: { StringEquals: { 'aws:RequestedRegion': config.region } },
  };
  return [
    ...common,
    ...(role === 'monitoring' && gatewayGroupName(config) !== undefined ? [find] : []),
    ...(WITNESSES.includes(role) ? writerPolicy({ ...witness, prefix: witnessPrefix(config, role) }) : []),
    ...(group === undefined ? [] : [leave]),
  ];
}

/** The role of one host's instance, and the profile by which it has it. */
export class InstanceRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly profileName: pulumi.Output<string>;

  constructor(name: string, args: InstanceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:host:InstanceRole', name, {}, opts);
    const inside = { parent: this };
    const tags = { Name: name };
    const assumeRolePolicy = policyDocument([
      {
        Sid: 'Instance',
        Effect: 'Allow',
        Principal: { Service: 'ec2.amazonaws.com' },
        Action: ['sts:AssumeRole'],
      },
    ]);
    const role = new aws.iam.Role(name, { assumeRolePolicy, description: `Host ${name}`, tags }, inside);
    const policy = new aws.iam.RolePolicy(name, { role: role.name, policy: policyDocument(statements(args)) }, inside);
    // An instance that starts before its rights are there fails its first boot.
    const profile = new aws.iam.InstanceProfile(name, { role: role.name, tags }, { ...inside, dependsOn: [policy] });
    this.arn = role.arn;
    this.profileName = profile.name;
    this.registerOutputs({ arn: this.arn, profileName: this.profileName });
  }
}
