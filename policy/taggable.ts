/**
 * Resource types of AWS that take tags, as far as this project has them or is about to; a test compares it with what the
 * SDK's classes take. `named` has a tag Name too, which AWS's console and bills show; the others are told by a name or a
 * description of their own.
 */
export const TAGGABLE: ReadonlyMap<string, 'named' | 'described'> = new Map([
  ...[
    'aws:backup/plan:Plan',
    'aws:backup/vault:Vault',
    'aws:dlm/lifecyclePolicy:LifecyclePolicy',
    'aws:ebs/volume:Volume',
    'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup',
    'aws:ec2/eip:Eip',
    'aws:ec2/flowLog:FlowLog',
    'aws:ec2/instance:Instance',
    'aws:ec2/internetGateway:InternetGateway',
    'aws:ec2/launchTemplate:LaunchTemplate',
    'aws:ec2/networkInterface:NetworkInterface',
    'aws:ec2/routeTable:RouteTable',
    'aws:ec2/securityGroup:SecurityGroup',
    'aws:ec2/subnet:Subnet',
    'aws:ec2/vpc:Vpc',
    'aws:ec2/vpcEndpoint:VpcEndpoint',
    'aws:iam/instanceProfile:InstanceProfile',
    'aws:iam/role:Role',
    'aws:kms/key:Key',
    'aws:lb/loadBalancer:LoadBalancer',
    'aws:lb/targetGroup:TargetGroup',
    'aws:route53/zone:Zone',
    'aws:s3/bucket:Bucket',
    'aws:sns/topic:Topic',
    'aws:ssm/document:Document',
    'aws:ssm/parameter:Parameter',
  ].map((type) => [type, 'named'] as const),
  ...[
    'aws:budgets/budget:Budget',
    'aws:cloudwatch/logGroup:LogGroup',
    'aws:cloudwatch/metricAlarm:MetricAlarm',
    'aws:lb/listener:Listener',
    'aws:s3/bucketObjectv2:BucketObjectv2',
    'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule',
    'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
  ].map((type) => [type, 'described'] as const),
]);

/** Tags that everything has, by its provider's default. */
export const DEFAULT_TAGS = ['Project', 'Stack', 'Environment'] as const;
