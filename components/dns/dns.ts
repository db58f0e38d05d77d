import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { PerHost } from '../hosts.ts';
import { GATEWAY_RECORD } from './gateway-record.ts';
import { dnsRecords, GATEWAY_KEY, hostNames, type ZoneContents } from './records.ts';

export interface DnsArgs extends ZoneContents {
  /** Route 53 zone that the domain is in. */
  readonly hostedZoneId: pulumi.Input<string>;
}

/** The council's names in Route 53. */
export class Dns extends pulumi.ComponentResource {
  /** Fully qualified, without the dot at their end. */
  readonly names: PerHost<string>;

  /** @throws RangeError for a domain that `hostNames` refuses */
  constructor(name: string, args: DnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:dns:Dns', name, {}, opts);
    for (const { key, records, ...record } of dnsRecords(args))
      new aws.route53.Record(
        `${name}-${key}`,
        { ...record, zoneId: args.hostedZoneId, records: [...records] },
        { parent: this, aliases: key === GATEWAY_KEY ? [GATEWAY_RECORD.ofGroup()] : [] },
      );
    this.names = hostNames(args.domain);
    this.registerOutputs({ names: this.names });
  }
}
