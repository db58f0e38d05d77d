import * as pulumi from '@pulumi/pulumi';
import { fingerprint, HealthGate, Host, PartnerGate, type Site } from '../host/index.ts';

/**
 * The primary and the secondary gatekeeper. The secondary comes first, unless it is the only one that serves; the primary
 * is not touched before the secondary is healthy and, once there is a release, serves.
 */
export class GatekeeperPair extends pulumi.ComponentResource {
  readonly primary: Host;
  readonly secondary: Host;

  constructor(name: string, site: Site, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:gatekeeper:GatekeeperPair', name, {}, opts);
    const inside = { parent: this };
    const { stack, region } = site.config;
    const [secondary, primary] = [fingerprint('gatekeeper-secondary', site), fingerprint('gatekeeper-primary', site)];
    const spare = new PartnerGate(
      'gatekeeper-secondary-spare',
      { stack, region, role: 'gatekeeper-secondary', fingerprint: secondary },
      inside,
    );
    this.secondary = new Host({ role: 'gatekeeper-secondary', site, after: [spare] }, inside);
    const before = new HealthGate(
      'gatekeeper-secondary-healthy',
      {
        stack,
        region,
        role: 'gatekeeper-secondary',
        instanceId: this.secondary.instanceId,
        next: 'gatekeeper-primary',
        fingerprints: [secondary, primary],
      },
      inside,
    );
    this.primary = new Host({ role: 'gatekeeper-primary', site, after: [before] }, inside);
    this.registerOutputs({});
  }
}
