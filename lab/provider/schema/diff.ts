import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { flag, hasUnknown, isList, isMap, same, texts, type Value, type Values } from '../values.ts';

export interface Change {
  /** For example `tags.Name` or `privateIps[0]`. */
  readonly path: string;
  readonly kind: 'add' | 'delete' | 'update';
  /** Whether the resource must be made anew for it. */
  readonly replaces: boolean;
}

const replacements = z.strictObject({
  source: z.string(),
  types: z.record(z.string(), z.array(z.string())),
});

const { types: REPLACING } = replacements.parse(
  JSON.parse(readFileSync(new URL('replacements.json', import.meta.url), 'utf8')),
);

/** Properties of a type whose change makes a new resource, as paths without indices; undefined for a type without facts. */
export const replacingProperties = (type: string): readonly string[] | undefined => REPLACING[type];

/**
 * How what is asked for now differs from what was asked for last.
 *
 * @param alsoReplaces what replaces under conditions that the table cannot say, as top-level properties
 */
export function diffInputs(type: string, olds: Values, news: Values, alsoReplaces: readonly string[] = []): Change[] {
  const replacing = [...(REPLACING[type] ?? []), ...alsoReplaces];
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].toSorted();
  return names
    .flatMap((name) => differences(name, olds[name], news[name]))
    .map((change) => {
      const plain = change.path.replace(/\[\d+\]/g, '');
      const replaces = replacing.some(
        (one) =>
          plain === one || plain.startsWith(`${one}.`) || (one.startsWith(`${plain}.`) && change.kind !== 'update'),
      );
      return { ...change, replaces };
    });
}

function differences(path: string, was: Value | undefined, is: Value | undefined): Omit<Change, 'replaces'>[] {
  if (same(was, is) && !hasUnknown(is)) return [];
  if (was === undefined) return [{ path, kind: 'add' }];
  if (is === undefined) return [{ path, kind: 'delete' }];
  if (isMap(was) && isMap(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
    return keys.flatMap((key) =>
      differences(/^\w+$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`, was[key], is[key]),
    );
  }
  if (isList(was) && isList(is)) {
    const length = Math.max(was.length, is.length);
    return Array.from({ length }, (_, index) => differences(`${path}[${index}]`, was[index], is[index])).flat();
  }
  return [{ path, kind: 'update' }];
}

const SOURCES = ['cidrIpv4', 'cidrIpv6', 'prefixListId', 'referencedSecurityGroupId'];

/** What replaces only in some states of the resource; each rule is a `ForceNewIf`, or a plan modifier, of the provider. */
export function conditionalReplacements(type: string, olds: Values, news: Values): readonly string[] {
  switch (type) {
    case 'aws:ec2/instance:Instance':
      return flag(news, 'userDataReplaceOnChange') ? ['userData', 'userDataBase64'] : [];
    case 'aws:ec2/networkInterface:NetworkInterface':
      return flag(news, 'privateIpListEnabled') ? [] : ['privateIps'];
    case 'aws:ec2/vpc:Vpc':
      return olds['instanceTenancy'] === 'dedicated' ? [] : ['instanceTenancy'];
    case 'aws:lb/loadBalancer:LoadBalancer': {
      // A network load balancer gets more subnets as it is; fewer or others, and its first or last security group, not.
      const size = (values: Values, name: string): number => texts(values, name).length;
      const fewer = size(news, 'subnets') <= size(olds, 'subnets');
      const guarded = size(olds, 'securityGroups') === 0 || size(news, 'securityGroups') === 0;
      return [...(fewer ? ['subnets'] : []), ...(guarded ? ['securityGroups'] : [])];
    }
    case 'aws:ssm/parameter:Parameter':
      return olds['tier'] === 'Advanced' && news['tier'] === 'Standard' ? ['tier'] : [];
    case 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule':
    case 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule': {
      const source = (values: Values): string | undefined => SOURCES.find((name) => values[name] !== undefined);
      return source(olds) === source(news) ? [] : SOURCES;
    }
    default:
      return [];
  }
}
