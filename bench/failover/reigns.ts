/** Who led when, from what gatekeepers said of their roles and when their processes ended. */
import type { Isolation, Reign } from './run-record.ts';

export interface RoleChange {
  readonly gatekeeper: string;
  /** Counts the gatekeeper's processes. */
  readonly life: number;
  readonly role: string;
  readonly term: number;
  readonly at: number;
}

export interface ProcessEnd {
  readonly gatekeeper: string;
  readonly life: number;
  readonly at: number;
}

interface Stay extends RoleChange {
  readonly to: number;
}

/** A role ends when its process says so or ends; where neither is known, it has not ended. */
function staysIn(roles: readonly RoleChange[], ends: readonly ProcessEnd[]): readonly Stay[] {
  return roles.map((line, n) => {
    const isSame = (one: { readonly gatekeeper: string; readonly life: number }): boolean =>
      one.gatekeeper === line.gatekeeper && one.life === line.life;
    const next = roles.slice(n + 1).find(isSame);
    const end = ends.find(isSame);
    return { ...line, to: Math.min(next?.at ?? Number.POSITIVE_INFINITY, end?.at ?? Number.POSITIVE_INFINITY) };
  });
}

export const reignsOf = (roles: readonly RoleChange[], ends: readonly ProcessEnd[]): readonly Reign[] =>
  staysIn(roles, ends)
    .filter(({ role }) => role === 'leading')
    .map(({ gatekeeper, term, at, to }) => ({ gatekeeper, term, from: at, to }))
    .toSorted((a, b) => a.from - b.from);

export const isolationsOf = (roles: readonly RoleChange[], ends: readonly ProcessEnd[]): readonly Isolation[] =>
  staysIn(roles, ends)
    .filter(({ role }) => role === 'isolated' || role === 'starting')
    .map(({ gatekeeper, at, to }) => ({ gatekeeper, from: at, to }));
