import { ApiError } from './errors.ts';
import type { World } from './world.ts';

/** Who asks: the operator of this machine, or the role of a host. */
export type Caller =
  | { readonly kind: 'operator' }
  | { readonly kind: 'host'; readonly id: string; readonly role: string };

const PREFIX = 'ASIALAB';

/** The access key that a host gets by its role; who it is can be read from it again. */
export const hostAccessKey = (id: string): string => `${PREFIX}${id.replace(/^i-/, '').toUpperCase()}`;

/** @throws ApiError for the key of a host that is no more, and for none */
export function callerOf(world: World, accessKey: string): Caller {
  if (accessKey === '') throw new ApiError('MissingAuthenticationToken', 'the request is not signed', 403);
  if (!accessKey.startsWith(PREFIX)) return { kind: 'operator' };
  const host = world.hosts.all().find(({ id }) => hostAccessKey(id) === accessKey);
  if (host === undefined) throw new ApiError('InvalidClientTokenId', 'the host of this key is not there any more', 403);
  return { kind: 'host', id: host.id, role: host.roleName };
}

/** A caller's name as STS gives it. */
export const arnOf = ({ accountId }: World, caller: Caller): string =>
  caller.kind === 'operator'
    ? `arn:aws:iam::${accountId}:user/lab`
    : `arn:aws:sts::${accountId}:assumed-role/${caller.role}/${caller.id}`;

/**
 * Lets the operator do everything, and a host what a policy of its role allows: the least privilege of the program is
 * tried here. Understood are Allow and Deny, actions and resources with wildcards; a statement with a condition
 * allows nothing and denies everything that it names.
 * @throws ApiError that names action and resource
 */
export function authorize(world: World, caller: Caller, action: string, resource: string): void {
  if (caller.kind === 'operator') return;
  const statements = world.policiesOf(caller.role).flatMap(statementsOf);
  const fitting = statements.filter(
    ({ actions, resources }) => actions.some(like(action)) && resources.some(like(resource)),
  );
  const isAllowed = fitting.some(({ effect, isConditional }) => effect === 'Allow' && !isConditional);
  if (isAllowed && !fitting.some(({ effect }) => effect === 'Deny')) return;
  const message = `User: ${arnOf(world, caller)} is not authorized to perform: ${action} on resource: ${resource}`;
  throw new ApiError('AccessDenied', message, 403);
}

interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly isConditional: boolean;
}

function statementsOf(policy: string): Statement[] {
  const document: unknown = JSON.parse(policy);
  return listOf(member(document, 'Statement')).map((statement) => ({
    effect: String(member(statement, 'Effect')),
    actions: listOf(member(statement, 'Action')).map(String),
    resources: listOf(member(statement, 'Resource')).map(String),
    isConditional: member(statement, 'Condition') !== undefined,
  }));
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** Whether a pattern of IAM, with * and ?, is about this text; actions do not distinguish small letters from capitals. */
const like =
  (text: string) =>
  (pattern: string): boolean => {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${source}$`, 'si').test(text);
  };
