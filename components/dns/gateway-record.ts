import * as pulumi from '@pulumi/pulumi';

/**
 * The gateway's address record is one resource, whether one host has it or a group's load balancer: made apart, the new
 * one would be refused, since Route 53 has that name already, and the old one's end would take the new one along. So
 * each says by what name the engine may know it from before; it is then changed as it stands.
 */
export const GATEWAY_RECORD = {
  /** As `Dns` has it, for one host. */
  ofHost: (): pulumi.Alias => ({ name: 'dns-sip', parent: pulumi.createUrn('dns', 'guardian-council:dns:Dns') }),
  /** As a group of gateways has it. */
  ofGroup: (): pulumi.Alias => ({
    name: 'sip-gateways-alias',
    parent: pulumi.createUrn(
      'sip-gateways',
      'guardian-council:sip-gateway:GatewayGroup',
      pulumi.createUrn('sip-gateway', 'guardian-council:sip-gateway:SipGateway'),
    ),
  }),
};
