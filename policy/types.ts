/** Pulumi's names of the resource types that several policies speak of. */
export const BUCKET = 'aws:s3/bucket:Bucket';
export const INSTANCE = 'aws:ec2/instance:Instance';
export const LAUNCH_TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
export const NETWORK_INTERFACE = 'aws:ec2/networkInterface:NetworkInterface';
export const PARAMETER = 'aws:ssm/parameter:Parameter';
export const SECURITY_GROUP = 'aws:ec2/securityGroup:SecurityGroup';
export const SUBNET = 'aws:ec2/subnet:Subnet';
export const VOLUME = 'aws:ebs/volume:Volume';
export const COMMAND = 'command:local:Command';
