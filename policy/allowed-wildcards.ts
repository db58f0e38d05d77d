/**
 * Actions that may be allowed on every resource, and why. All others name their resources.
 *
 * ec2messages, ssmmessages: these know no resources (Service Authorization Reference). ssm: the agent lists associations
 * and documents, and reports what is installed, by actions most of which know none; none of these reads a parameter.
 * logs:DescribeLogGroups: flow logs look for their group, and the action cannot be narrowed to it.
 * ec2:Describe…: these know no resources either, and tell of volumes, snapshots, tags and instances' addresses, not of what
 * is on them.
 */
export const ON_EVERYTHING: ReadonlySet<string> = new Set([
  'ec2:DescribeInstances',
  'ec2:DescribeSnapshots',
  'ec2:DescribeTags',
  'ec2:DescribeVolumes',
  'ec2messages:AcknowledgeMessage',
  'ec2messages:DeleteMessage',
  'ec2messages:FailMessage',
  'ec2messages:GetEndpoint',
  'ec2messages:GetMessages',
  'ec2messages:SendReply',
  'logs:DescribeLogGroups',
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
]);

/** AWS's managed policies that may be attached to a role; AmazonSSMManagedInstanceCore reads every parameter. */
export const MANAGED_POLICIES: ReadonlySet<string> = new Set();
