/** What the AWS provider calls to make, change and delete a resource of each type that a stack has or may have. */

const ec2 = (text: string): readonly string[] => text.split(' ').map((action) => `ec2:${action}`);
const service = (name: string, text: string): readonly string[] => text.split(' ').map((one) => `${name}:${one}`);

const bucket = (...actions: readonly string[]): readonly string[] => actions.map((one) => `s3:${one}`);

export const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'aws:autoscaling/group:Group': service(
    'autoscaling',
    'CreateAutoScalingGroup UpdateAutoScalingGroup DeleteAutoScalingGroup CreateOrUpdateTags DeleteTags SetInstanceProtection TerminateInstanceInAutoScalingGroup AttachLoadBalancerTargetGroups DetachLoadBalancerTargetGroups StartInstanceRefresh',
  ),
  'aws:autoscaling/lifecycleHook:LifecycleHook': service('autoscaling', 'PutLifecycleHook DeleteLifecycleHook'),
  'aws:autoscaling/policy:Policy': service('autoscaling', 'PutScalingPolicy DeletePolicy'),
  'aws:budgets/budget:Budget': service('budgets', 'ModifyBudget TagResource UntagResource'),
  'aws:cloudwatch/logGroup:LogGroup': service(
    'logs',
    'CreateLogGroup DeleteLogGroup PutRetentionPolicy AssociateKmsKey TagResource UntagResource',
  ),
  'aws:cloudwatch/metricAlarm:MetricAlarm': service(
    'cloudwatch',
    'PutMetricAlarm DeleteAlarms TagResource UntagResource',
  ),
  'aws:dlm/lifecyclePolicy:LifecyclePolicy': [
    ...service('dlm', 'CreateLifecyclePolicy UpdateLifecyclePolicy DeleteLifecyclePolicy TagResource UntagResource'),
    'iam:PassRole',
  ],
  'aws:ebs/volume:Volume': ec2('CreateVolume ModifyVolume DeleteVolume CreateTags DeleteTags'),
  'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup': ec2(
    'RevokeSecurityGroupIngress RevokeSecurityGroupEgress CreateTags',
  ),
  'aws:ec2/eip:Eip': ec2('AllocateAddress ReleaseAddress CreateTags DeleteTags'),
  'aws:ec2/eipAssociation:EipAssociation': ec2('AssociateAddress DisassociateAddress'),
  'aws:ec2/flowLog:FlowLog': [...ec2('CreateFlowLogs DeleteFlowLogs CreateTags'), 'iam:PassRole'],
  'aws:ec2/instance:Instance': [
    ...ec2(
      'RunInstances TerminateInstances StopInstances StartInstances ModifyInstanceAttribute ModifyInstanceMetadataOptions MonitorInstances UnmonitorInstances AssociateIamInstanceProfile DisassociateIamInstanceProfile ReplaceIamInstanceProfileAssociation ModifyVolume CreateTags DeleteTags',
    ),
    'iam:PassRole',
    // The root volume is encrypted; with a key of the account where one is given.
    ...service('kms', 'CreateGrant Decrypt GenerateDataKey'),
  ],
  'aws:ec2/internetGateway:InternetGateway': ec2(
    'CreateInternetGateway AttachInternetGateway DetachInternetGateway DeleteInternetGateway CreateTags',
  ),
  'aws:ec2/launchTemplate:LaunchTemplate': ec2(
    'CreateLaunchTemplate CreateLaunchTemplateVersion ModifyLaunchTemplate DeleteLaunchTemplate CreateTags',
  ),
  'aws:ec2/networkInterface:NetworkInterface': ec2(
    'CreateNetworkInterface ModifyNetworkInterfaceAttribute AttachNetworkInterface DetachNetworkInterface AssignPrivateIpAddresses UnassignPrivateIpAddresses DeleteNetworkInterface CreateTags',
  ),
  'aws:ec2/route:Route': ec2('CreateRoute ReplaceRoute DeleteRoute'),
  'aws:ec2/routeTable:RouteTable': ec2('CreateRouteTable DeleteRouteTable CreateTags'),
  'aws:ec2/routeTableAssociation:RouteTableAssociation': ec2(
    'AssociateRouteTable ReplaceRouteTableAssociation DisassociateRouteTable',
  ),
  'aws:ec2/securityGroup:SecurityGroup': ec2(
    'CreateSecurityGroup DeleteSecurityGroup RevokeSecurityGroupEgress CreateTags',
  ),
  'aws:ec2/subnet:Subnet': ec2('CreateSubnet ModifySubnetAttribute DeleteSubnet CreateTags'),
  'aws:ec2/volumeAttachment:VolumeAttachment': ec2('AttachVolume DetachVolume StopInstances'),
  'aws:ec2/vpc:Vpc': ec2('CreateVpc ModifyVpcAttribute DeleteVpc CreateTags'),
  'aws:ec2/vpcEndpoint:VpcEndpoint': ec2('CreateVpcEndpoint ModifyVpcEndpoint DeleteVpcEndpoints CreateTags'),
  'aws:iam/instanceProfile:InstanceProfile': service(
    'iam',
    'CreateInstanceProfile AddRoleToInstanceProfile RemoveRoleFromInstanceProfile DeleteInstanceProfile TagInstanceProfile UntagInstanceProfile PassRole',
  ),
  'aws:iam/role:Role': service('iam', 'CreateRole UpdateRole UpdateAssumeRolePolicy DeleteRole TagRole UntagRole'),
  'aws:iam/rolePolicy:RolePolicy': service('iam', 'PutRolePolicy DeleteRolePolicy'),
  'aws:kms/alias:Alias': service('kms', 'CreateAlias UpdateAlias DeleteAlias'),
  'aws:kms/key:Key': service(
    'kms',
    'CreateKey EnableKeyRotation PutKeyPolicy UpdateKeyDescription ScheduleKeyDeletion TagResource UntagResource Encrypt',
  ),
  'aws:lb/listener:Listener': service(
    'elasticloadbalancing',
    'CreateListener ModifyListener DeleteListener AddTags RemoveTags',
  ),
  'aws:lb/loadBalancer:LoadBalancer': service(
    'elasticloadbalancing',
    'CreateLoadBalancer ModifyLoadBalancerAttributes SetSubnets DeleteLoadBalancer AddTags RemoveTags',
  ),
  'aws:lb/targetGroup:TargetGroup': service(
    'elasticloadbalancing',
    'CreateTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup AddTags RemoveTags',
  ),
  'aws:route53/record:Record': ['route53:ChangeResourceRecordSets'],
  'aws:s3/bucket:Bucket': bucket('CreateBucket', 'DeleteBucket', 'PutBucketTagging'),
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': bucket('PutLifecycleConfiguration'),
  'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration': bucket('PutBucketObjectLockConfiguration'),
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': bucket('PutBucketOwnershipControls'),
  'aws:s3/bucketPolicy:BucketPolicy': bucket('PutBucketPolicy', 'DeleteBucketPolicy'),
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': bucket('PutBucketPublicAccessBlock'),
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration':
    bucket('PutEncryptionConfiguration'),
  'aws:s3/bucketVersioning:BucketVersioning': bucket('PutBucketVersioning'),
  'aws:sns/topic:Topic': service('sns', 'CreateTopic SetTopicAttributes DeleteTopic TagResource UntagResource'),
  'aws:sns/topicPolicy:TopicPolicy': ['sns:SetTopicAttributes'],
  'aws:sns/topicSubscription:TopicSubscription': service('sns', 'Subscribe SetSubscriptionAttributes Unsubscribe'),
  'aws:ssm/parameter:Parameter': service(
    'ssm',
    'PutParameter DeleteParameter AddTagsToResource RemoveTagsFromResource',
  ),
  'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule': ec2(
    'AuthorizeSecurityGroupEgress ModifySecurityGroupRules RevokeSecurityGroupEgress CreateTags',
  ),
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': ec2(
    'AuthorizeSecurityGroupIngress ModifySecurityGroupRules RevokeSecurityGroupIngress CreateTags',
  ),
};

/** What health gates and releases call where `pulumi up` runs, beside reading. */
export const RELEASE_ACTIONS: readonly string[] = ['ssm:SendCommand', 'ssm:GetCommandInvocation'];
