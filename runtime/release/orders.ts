import type { HostState } from './host-state.ts';
import type { ReleaseRole } from './hosts.ts';

/** What a rollout wants done next. Whoever drives it does so and tells it the outcome. */
export type Order =
  /** List the instances of a role, as they are at this moment. */
  | { readonly kind: 'members'; readonly role: ReleaseRole }
  /** Look at one instance of a role, or at all of them. */
  | { readonly kind: 'look'; readonly role: ReleaseRole; readonly member?: string | undefined }
  /** Put the release that a role's hosts are to run into their parameter. */
  | { readonly kind: 'want'; readonly role: ReleaseRole; readonly release: string }
  /** Let one instance of a role switch to it. */
  | { readonly kind: 'switch'; readonly role: ReleaseRole; readonly member: string; readonly release: string }
  /** Note that all hosts run this release: it is what a later failure returns to. */
  | { readonly kind: 'prove'; readonly release: string }
  /** Let some time pass before the next look. */
  | { readonly kind: 'wait' }
  /** Nothing to do: for people. */
  | { readonly kind: 'tell'; readonly text: string };

/** The instances of a role. */
export interface Members {
  /** As EC2 names them. */
  readonly ids: readonly string[];
  /** Whether they come and go by themselves, as those of an auto-scaling group do. */
  readonly grouped: boolean;
}

/** How an order went. */
export type Outcome =
  /** `hosts`: after a look, each instance that was looked at; `members`: after they were listed. */
  | { readonly ok: true; readonly hosts?: readonly HostState[]; readonly members?: Members }
  | { readonly ok: false; readonly reason: string };

/** A part of a rollout: gives orders, is told outcomes, and ends with a result. */
export type Steps<Result> = Generator<Order, Result, Outcome>;
