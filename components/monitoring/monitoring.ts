import * as pulumi from '@pulumi/pulumi';
import { IMAGES } from '../boot/index.ts';
import { type HealthGate, Host, type Site, withDigests } from '../host/index.ts';

/** The monitoring host, which is also the third member of the etcd quorum. */
export class Monitoring extends pulumi.ComponentResource {
  readonly host: Host;

  /** @param after the gatekeepers: no voter is replaced while another one may be out */
  constructor(name: string, site: Site, after: readonly HealthGate[], opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:monitoring:Monitoring', name, {}, opts);
    const images = withDigests(IMAGES.monitoring, { parent: this });
    this.host = new Host({ role: 'monitoring', site, images, after }, { parent: this });
    this.registerOutputs({});
  }
}
