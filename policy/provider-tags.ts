import { at, isValues, jsonOf, type Values } from './values.ts';

/** The tags that an AWS provider puts on everything; the engine has them as JSON, a plan too. */
export function tagsOfProvider(inputs: Values): Values {
  const defaults = jsonOf(inputs['defaultTags']);
  const tags = isValues(defaults) ? at(defaults, 'tags') : undefined;
  return isValues(tags) ? tags : {};
}
