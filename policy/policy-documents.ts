import { at, isValues, jsonOf, listOf, mapsOf, textOf, UNKNOWN, type Value, type Values } from './values.ts';

/** One statement that allows something. */
export interface Allowance {
  /** Its Sid, or `number 2`. */
  readonly sid: string;
  readonly statement: Values;
}

/** A document cannot be judged: it is no JSON, or no policy. */
export const UNREADABLE = 'unreadable';

/** What a policy document allows; nothing of one that is not known yet. */
export function allowances(document: Value | undefined): readonly Allowance[] | typeof UNREADABLE {
  if (document === UNKNOWN || document === undefined || document === null) return [];
  const policy = jsonOf(document);
  if (!isValues(policy) || policy['Statement'] === undefined) return UNREADABLE;
  return mapsOf(policy['Statement']).flatMap((statement, index) => {
    const sid = textOf(statement['Sid']) || `number ${index + 1}`;
    return statement['Effect'] === 'Allow' ? [{ sid, statement }] : [];
  });
}

export const textsOf = (value: Value | undefined): readonly string[] =>
  listOf(value).flatMap((one) => (typeof one === 'string' ? [one] : []));

/** Whether a statement is about everybody; what it says in NotPrincipal is everybody else. */
function isForEverybody(statement: Values): boolean {
  const { Principal: principal, NotPrincipal: others } = statement;
  if (others !== undefined) return true;
  return principal === '*' || (isValues(principal) && textsOf(at(principal, 'AWS')).includes('*'));
}

/** Conditions by which everybody comes down to an account, an organisation or a resource. */
const NARROWING: readonly string[] = [
  'aws:PrincipalAccount',
  'aws:PrincipalOrgID',
  'aws:SourceAccount',
  'aws:SourceArn',
  'kms:CallerAccount',
];

/** Whether a condition of equality names one of these, without a wildcard. */
function isNarrowed(statement: Values): boolean {
  const conditions = ['StringEquals', 'ArnEquals'].map((operator) => at(statement, 'Condition', operator));
  return conditions.some(
    (keys) =>
      isValues(keys) &&
      NARROWING.some((key) => textsOf(keys[key]).length > 0 && textsOf(keys[key]).every((text) => !text.includes('*'))),
  );
}

/** Statements of a resource's own policy that allow something to everybody, and do not say of which account. */
export function publicGrants(document: Value | undefined): readonly string[] {
  const allowed = allowances(document);
  if (allowed === UNREADABLE) return [];
  return allowed.filter(({ statement }) => isForEverybody(statement) && !isNarrowed(statement)).map(({ sid }) => sid);
}
