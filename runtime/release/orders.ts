import type { HostState } from './host-state.ts';
import type { ReleaseRole } from './hosts.ts';

/** What a rollout wants done next. Whoever drives it does so and tells it the outcome. */
export type Order =
  /** Look at all instances of a role. */
  | { readonly kind: 'look'; readonly role: ReleaseRole }
  /** Put the release that a role's hosts are to run into their parameter. */
  | { readonly kind: 'want'; readonly role: ReleaseRole; readonly release: string }
  /** Let the hosts of a role switch to it, one after the other. */
  | { readonly kind: 'switch'; readonly role: ReleaseRole; readonly release: string }
  /** Note that all hosts run this release: it is what a later failure returns to. */
  | { readonly kind: 'prove'; readonly release: string }
  /** Let some time pass before the next look. */
  | { readonly kind: 'wait' }
  /** Nothing to do: for people. */
  | { readonly kind: 'tell'; readonly text: string };

/** How an order went. */
export type Outcome =
  /** `hosts`: after a look, each instance of the role. */
  { readonly ok: true; readonly hosts?: readonly HostState[] } | { readonly ok: false; readonly reason: string };

/** A part of a rollout: gives orders, is told outcomes, and ends with a result. */
export type Steps<Result> = Generator<Order, Result, Outcome>;
