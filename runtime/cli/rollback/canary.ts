import type { Original, StandIn } from './outputs.ts';

/** Where a gatekeeper's host has its key, and that of the canary. */
const SECRETS = '/etc/guardian-council/secrets/gatekeeper';

/**
 * A file of the keys that terminals know: while the zone's key is replaced, the two hosts may sign with different ones.
 * There is none before the first such rotation; then the host's own key says it.
 */
const KNOWN_KEYS = `"$(ls ${SECRETS}/gatekeeper.pub 2>/dev/null || echo ${SECRETS}/gatekeeper.key)"`;

type Gatekeeper = 'gatekeeper-primary' | 'gatekeeper-secondary';
export const GATEKEEPERS: readonly Gatekeeper[] = ['gatekeeper-secondary', 'gatekeeper-primary'];

/** Seconds. */
export const CANARY_PATIENCE = 60;

export interface CanaryArgs {
  /** The host that the canary guardian runs on. */
  readonly from: Gatekeeper;
  /** Its name in the registry, such as `if://canary/validation`. */
  readonly terminalId: string;
  readonly loan: Original['loan'];
  readonly addresses: StandIn['addresses'];
}

/**
 * A command for a gatekeeper's host: a guardian that discovers the zone by the addresses that terminals know, registers
 * and is admitted, or says why not. It asks the other host's gatekeeper first: what goes between hosts is tried out, too.
 * Whom it calls is itself: nobody else is registered with a zone that has no terminals yet.
 */
export function canaryCommand({ from, terminalId, loan, addresses }: CanaryArgs): string {
  const ports = { 'gatekeeper-primary': loan.primaryRasPort, 'gatekeeper-secondary': loan.secondaryRasPort };
  const others = GATEKEEPERS.filter((role) => role !== from);
  const zone = [...others, from].map((role) => `--gatekeeper ${addresses.public[role]}:${ports[role]}`);
  return [
    '/usr/local/sbin/council guardian --once',
    `--terminal-id ${terminalId} --key ${SECRETS}/canary.key`,
    `--gatekeeper-id ${loan.gatekeeperId} --gatekeeper-key ${KNOWN_KEYS}`,
    ...zone,
    `--host ${addresses.private[from]} --call ${terminalId}`,
  ].join(' ');
}
