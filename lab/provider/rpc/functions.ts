import { LabError } from '../errors.ts';
import { type Context, zonesOf } from '../services/index.ts';
import { text, type Values } from '../values.ts';

/** What the AWS package's functions answer about the account. */
export function invoke(token: string, args: Values, { cloud, region }: Context): Values {
  const { accountId } = cloud.account;
  switch (token) {
    case 'aws:index/getCallerIdentity:getCallerIdentity':
      return {
        accountId,
        id: accountId,
        arn: `arn:aws:sts::${accountId}:assumed-role/operator/guardian-council`,
        userId: 'AROAEXAMPLEOPERATOR000:guardian-council',
      };
    case 'aws:index/getPartition:getPartition':
      return { id: 'aws', partition: 'aws', dnsSuffix: 'amazonaws.com', reverseDnsPrefix: 'com.amazonaws' };
    case 'aws:index/getRegion:getRegion': {
      const name = text(args, 'name') || region;
      return { id: name, name, region: name, endpoint: `ec2.${name}.amazonaws.com`, description: name };
    }
    case 'aws:index/getAvailabilityZones:getAvailabilityZones':
      return {
        id: region,
        region,
        names: zonesOf(region),
        zoneIds: zonesOf(region).map((zone) => `${zone}z`),
        groupNames: [region],
      };
    default:
      throw new LabError(
        `the stand-in AWS provider has no answer for ${token}: give it one in lab/provider/rpc/functions.ts`,
      );
  }
}
