import * as pulumi from '@pulumi/pulumi';
import { Host, type Site } from '../host/index.ts';
import { GatewayGroup } from './gateway-group.ts';

/**
 * The gateway by which outside experts join over SIP: one host with an address of its own, or, where the configuration
 * has room for more than one, a group behind a load balancer.
 */
export class SipGateway extends pulumi.ComponentResource {
  /** The host; there is none where there is a group. */
  readonly host: Host | undefined;
  readonly group: GatewayGroup | undefined;

  constructor(name: string, site: Site, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:sip-gateway:SipGateway', name, {}, opts);
    const inside = { parent: this };
    const single = site.config.sipGateways.most === 1;
    this.host = single ? new Host({ role: 'sip-gateway', site }, inside) : undefined;
    this.group = single ? undefined : new GatewayGroup('sip-gateways', site, inside);
    this.registerOutputs({});
  }
}
