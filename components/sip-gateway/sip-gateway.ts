import * as pulumi from '@pulumi/pulumi';
import { Host, type Site } from '../host/index.ts';

/** The host of the gateway by which outside experts join over SIP. */
export class SipGateway extends pulumi.ComponentResource {
  readonly host: Host;

  constructor(name: string, site: Site, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:sip-gateway:SipGateway', name, {}, opts);
    this.host = new Host({ role: 'sip-gateway', site }, { parent: this });
    this.registerOutputs({});
  }
}
