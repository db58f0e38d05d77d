import * as pulumi from '@pulumi/pulumi';
import { IMAGES } from '../boot/index.ts';
import { Host, type Site, withDigests } from '../host/index.ts';

/** The host of the MCU, with the engine for guardians who join by browser. */
export class Mcu extends pulumi.ComponentResource {
  readonly host: Host;

  constructor(name: string, site: Site, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:mcu:Mcu', name, {}, opts);
    const images = withDigests(IMAGES.mcu[site.config.mcuEngine], { parent: this });
    this.host = new Host({ role: 'mcu', site, images }, { parent: this });
    this.registerOutputs({});
  }
}
