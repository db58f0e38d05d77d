import type { Resource } from '../cloud/cloud.ts';
import type { VolumeMapping } from '../machines.ts';
import { number, text } from '../values.ts';
import type { Context } from './kind.ts';

export const VOLUME = 'aws:ebs/volume:Volume';
export const VOLUME_ATTACHMENT = 'aws:ec2/volumeAttachment:VolumeAttachment';

/** An attachment as those who have the disks need it. */
export function mappingOf({ outputs }: Resource, { cloud }: Context): VolumeMapping {
  const volumeId = text(outputs, 'volumeId');
  const sizeGb = number(cloud.find(VOLUME, volumeId)?.outputs ?? {}, 'size') ?? 0;
  return { volumeId, instanceId: text(outputs, 'instanceId'), deviceName: text(outputs, 'deviceName'), sizeGb };
}

/** Takes every volume off an instance that has ended. */
export async function detachAll(instanceId: string, context: Context): Promise<void> {
  const attached = context.cloud.all(VOLUME_ATTACHMENT).filter(({ outputs }) => outputs['instanceId'] === instanceId);
  for (const attachment of attached) {
    context.cloud.remove(attachment.type, attachment.id);
    await context.machines?.detachVolume?.(mappingOf(attachment, context));
  }
}
