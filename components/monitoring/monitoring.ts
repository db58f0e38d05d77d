import * as pulumi from '@pulumi/pulumi';
import { IMAGES } from '../boot/index.ts';
import { fingerprint, HealthGate, Host, type Site, withDigests } from '../host/index.ts';

export interface MonitoringArgs {
  readonly site: Site;
  /** Instance of the primary gatekeeper, the last of the pair: no voter is replaced while another one may be out. */
  readonly after: pulumi.Input<string>;
}

/** The monitoring host, which is also the third member of the etcd quorum. */
export class Monitoring extends pulumi.ComponentResource {
  readonly host: Host;

  constructor(name: string, { site, after }: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:monitoring:Monitoring', name, {}, opts);
    const inside = { parent: this };
    const { stack, region } = site.config;
    const images = withDigests(IMAGES.monitoring, inside);
    const before = new HealthGate(
      'gatekeeper-primary-healthy',
      {
        stack,
        region,
        role: 'gatekeeper-primary',
        instanceId: after,
        next: 'monitoring',
        fingerprints: [fingerprint('gatekeeper-primary', site), fingerprint('monitoring', site, images)],
      },
      inside,
    );
    this.host = new Host({ role: 'monitoring', site, images, after: [before] }, inside);
    this.registerOutputs({});
  }
}
