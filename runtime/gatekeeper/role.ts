import type { SocketAddress } from '../h225/index.ts';

/**
 * What a gatekeeper of a zone may do. Alone it leads. `standby`: another one leads, requests are sent there.
 * `isolated`: nobody can tell who leads, since the store they share cannot be reached: what changes nothing is still
 * answered, calls live on, and nothing new is promised.
 */
export type GatekeeperRole =
  | { readonly kind: 'leading' }
  | { readonly kind: 'standby'; readonly leader: SocketAddress }
  | { readonly kind: 'isolated' };
