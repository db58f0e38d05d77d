import * as pulumi from '@pulumi/pulumi';
import { HealthGate, Host, type Site } from '../host/index.ts';

/**
 * The primary and the secondary gatekeeper. The secondary comes first, then the primary, and nothing after either
 * before it is healthy: in no update, and in no failed one, are both down.
 */
export class GatekeeperPair extends pulumi.ComponentResource {
  readonly primary: Host;
  readonly secondary: Host;
  /** Both are there and healthy. */
  readonly healthy: HealthGate;

  constructor(name: string, site: Site, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:gatekeeper:GatekeeperPair', name, {}, opts);
    const inside = { parent: this };
    const { region } = site.config;
    this.secondary = new Host({ role: 'gatekeeper-secondary', site }, inside);
    const before = new HealthGate(
      'gatekeeper-secondary-healthy',
      { region, instanceId: this.secondary.instanceId },
      inside,
    );
    this.primary = new Host({ role: 'gatekeeper-primary', site, after: [before] }, inside);
    this.healthy = new HealthGate(
      'gatekeeper-primary-healthy',
      { region, instanceId: this.primary.instanceId },
      inside,
    );
    this.registerOutputs({});
  }
}
