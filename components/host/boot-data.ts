import * as pulumi from '@pulumi/pulumi';
import { type BootValues, compressedUserData, userData } from '../boot/index.ts';

/**
 * A host's boot data. EC2 gets it compressed, which nobody can read in a preview: as an input of this component the text
 * itself is in state, so that a preview shows line by line what would change.
 */
export class BootData extends pulumi.ComponentResource {
  /** What the instance gets. */
  readonly userDataBase64: pulumi.Output<string>;

  constructor(name: string, values: pulumi.Output<BootValues>, opts?: pulumi.ComponentResourceOptions) {
    const text = values.apply(userData);
    super('guardian-council:host:BootData', name, { text }, opts);
    this.userDataBase64 = text.apply((plain) => compressedUserData(name, plain));
    this.registerOutputs({});
  }
}
