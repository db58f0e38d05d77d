import { relative } from 'node:path';
import { runtime } from '@pulumi/pulumi';
import type { RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb.js';
import { compareTexts, type PlannedResource, type PlannedValue, type PlannedValues, PROJECT, SECRET } from './plan.ts';

export const STACK_TYPE = 'pulumi:pulumi:Stack';

/** As the engine makes it: the types of all parents but the stack, then the resource's own. */
export function urnOf(stack: string, parent: string, type: string, name: string): string {
  const parentType = parent.split('::')[2] ?? STACK_TYPE;
  const qualified = parentType === STACK_TYPE ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stack}::${PROJECT}::${qualified}::${name}`;
}

/** What a registration asks for. */
export function resourceOf(stack: string, request: RegisterResourceRequest): PlannedResource {
  const [parent, type, name] = [request.getParent(), request.getType(), request.getName()];
  const ignoreChanges = request.getIgnorechangesList();
  // `URN::id` of the provider; the fourth part of a URN is the name.
  const provider = request.getProvider().split('::')[3];
  return {
    urn: urnOf(stack, parent, type, name),
    type,
    name,
    parent: parent.split('::')[2] === STACK_TYPE ? '' : parent,
    dependsOn: [...request.getDependenciesList()].sort(compareTexts),
    protect: request.getProtect() ?? false,
    ...(request.getDeletebeforereplacedefined() && { deleteBeforeReplace: request.getDeletebeforereplace() }),
    ...(ignoreChanges.length > 0 && { ignoreChanges: [...ignoreChanges].sort(compareTexts) }),
    ...(request.getRetainondelete() && { retainOnDelete: true }),
    ...(provider !== undefined && { provider }),
    inputs: valuesOf(request.getObject()?.toJavaScript()),
    ...propertyDependenciesOf(request),
  };
}

function propertyDependenciesOf(request: RegisterResourceRequest): Pick<PlannedResource, 'propertyDependencies'> {
  const entries = [...request.getPropertydependenciesMap().entries()]
    .map(([key, value]): [string, string[]] => [key, [...value.getUrnsList()].sort(compareTexts)])
    .filter(([, urns]) => urns.length > 0)
    .sort(([a], [b]) => compareTexts(a, b));
  return entries.length > 0 ? { propertyDependencies: Object.fromEntries(entries) } : {};
}

/** Values off the wire, their keys in order. */
export const valuesOf = (from: unknown): PlannedValues =>
  Object.fromEntries(
    Object.entries(from ?? {})
      .sort(([a], [b]) => compareTexts(a, b))
      .map(([key, value]): [string, PlannedValue] => [key, plannedValue(value)]),
  );

/** Secrets hidden, references to resources as their URNs, files by their paths from this folder. */
function plannedValue(from: unknown): PlannedValue {
  if (from === undefined || from === null) return null;
  if (typeof from === 'string' || typeof from === 'number' || typeof from === 'boolean') return from;
  if (Array.isArray(from)) return from.map(plannedValue);
  const { [runtime.specialSigKey]: signature, ...values } = valuesOf(from);
  if (signature === runtime.specialSecretSig) return SECRET;
  if (signature === runtime.specialResourceSig) return values['urn'] ?? null;
  // Files and archives are marked by what only Pulumi's own classes have.
  const { __pulumiAsset: asset, __pulumiArchive: archive, ...content } = values;
  if (asset !== true && archive !== true) return values;
  const { path } = content;
  return typeof path === 'string' ? { ...content, path: relative(process.cwd(), path) } : content;
}
