import { labelOf, type Resource, type ResourcePolicy, stackOf } from '../policy.ts';
import { DEFAULT_TAGS, TAGGABLE } from '../taggable.ts';
import { isValues, textOf, UNKNOWN, type Values } from '../values.ts';

const tagsOf = ({ props }: Resource): Values => (isValues(props['tags']) ? props['tags'] : {});

/** What costs money says for whom, and what an operator looks at says what it is. */
export const requiredTags: ResourcePolicy = {
  name: 'required-tags',
  description:
    'Everything that takes tags has Project, Stack and Environment by its provider, and a Name where people look.',
  level: 'mandatory',
  types: [...TAGGABLE.keys()],
  check: (resource) => {
    const kind = TAGGABLE.get(resource.type);
    if (kind === undefined) return [];
    const label = labelOf(resource);
    const tags = { ...resource.defaultTags, ...tagsOf(resource) };
    const missing = DEFAULT_TAGS.filter((tag) => textOf(tags[tag]) === '');
    const stack = textOf(tags['Stack']);
    const own = stackOf(resource.urn);
    const isElsewhere = stack !== '' && stack !== UNKNOWN && stack !== own;
    const isNameless = kind === 'named' && resource.props['tags'] !== UNKNOWN && textOf(tags['Name']) === '';
    return [
      ...(missing.length > 0
        ? [`${label} has no tag ${missing.join(', ')}: make it by the provider whose defaultTags have them`]
        : []),
      ...(isElsewhere
        ? [`${label} has the tag Stack ${stack}, and is in the stack ${own}: leave the tag to the provider`]
        : []),
      ...(isNameless ? [`${label} has no tag Name: set tags.Name`] : []),
    ];
  },
};
