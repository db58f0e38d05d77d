import { createHash } from 'node:crypto';
import { text, type Values } from '../values.ts';
import { propertyOf, type ResourceSchema } from './schema.ts';

/** What Pulumi makes up where the program gives no name; a few kinds keep theirs under another property. */
const NAME_PROPERTIES = ['name', 'bucket'];

/** The property under which resources of this kind have a name that Pulumi makes up when the program gives none. */
export function nameProperty({ inputs, outputs }: ResourceSchema): string | undefined {
  const isFreeName = (name: string): boolean =>
    propertyOf(inputs, name)?.required === false && propertyOf(outputs, name)?.required === true;
  // Only the bucket itself is named by `bucket`: its settings require the property.
  return NAME_PROPERTIES.find((name) => isFreeName(name) && (name !== 'bucket' || propertyOf(inputs, 'bucketPrefix')));
}

/** The inputs with a name: the program's, else the one that it got the last time, else one made up. */
export function named(
  schema: ResourceSchema,
  logicalName: string,
  seed: Uint8Array,
  olds: Values,
  news: Values,
): Values {
  const property = nameProperty(schema);
  if (property === undefined || news[property] !== undefined || news[`${property}Prefix`] !== undefined) return news;
  const suffix = createHash('sha256').update(seed).update(logicalName).digest('hex').slice(0, 7);
  const fresh = property === 'bucket' ? `${logicalName.toLowerCase()}-${suffix}` : `${logicalName}-${suffix}`;
  return { ...news, [property]: text(olds, property) || fresh };
}

/** Whether a name is one that `named` made up. */
export const isMadeUpName = (name: string, logicalName: string): boolean =>
  name.toLowerCase().startsWith(`${logicalName.toLowerCase()}-`) &&
  /^[0-9a-f]{7}$/.test(name.slice(-7)) &&
  name.length === logicalName.length + 8;
