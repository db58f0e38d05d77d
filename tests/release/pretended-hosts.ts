import type { HostState, Order, Outcome, ReleaseRole, Steps } from '../../runtime/release/index.ts';

/** A host that only a test has: what it is to run, what it runs, and what is wrong with it. */
interface PretendedHost {
  wanted: string;
  current: string;
  /** Its process: another number after each start. */
  pid: number;
  up: boolean;
}

/** Makes an order fail; undefined lets it be. */
export type Fault = (order: Order, hosts: PretendedHosts) => string | undefined;

/** The hosts of a stack in memory. At every step it is judged that a gatekeeper serves that could. */
export class PretendedHosts {
  readonly hosts = new Map<ReleaseRole, PretendedHost>();
  /** All orders but looks and waits, in words, in their order. */
  readonly done: string[] = [];
  readonly told: string[] = [];
  proven: string | undefined;
  /** Releases with which a role does not serve. */
  readonly broken = new Map<ReleaseRole, ReadonlySet<string>>();
  fault: Fault = () => undefined;
  /** Steps at which no gatekeeper served although one had before. */
  outages = 0;
  waits = 0;
  #served = false;

  constructor(release: string, roles: readonly ReleaseRole[]) {
    for (const role of roles) this.hosts.set(role, { wanted: release, current: release, pid: 1, up: true });
    this.proven = release === 'none' ? undefined : release;
    this.#judge();
  }

  host(role: ReleaseRole): PretendedHost {
    const host = this.hosts.get(role);
    if (host === undefined) throw new Error(`there is no ${role}`);
    return host;
  }

  serves(role: ReleaseRole): boolean {
    const { up, current } = this.host(role);
    return up && current !== 'none' && this.broken.get(role)?.has(current) !== true;
  }

  /** The host comes back with what its parameter says. */
  reboot(role: ReleaseRole): void {
    const host = this.host(role);
    if (host.wanted !== 'none') host.current = host.wanted;
    host.pid++;
    host.up = true;
    this.#judge();
  }

  follow<Result>(steps: Steps<Result>, most = Number.POSITIVE_INFINITY): Result | undefined {
    let next = steps.next();
    for (let count = 0; next.done !== true; count++) {
      if (count >= most) return undefined; // Whoever drove it is gone.
      next = steps.next(this.#outcome(next.value));
    }
    return next.value;
  }

  #outcome(order: Order): Outcome {
    if (order.kind === 'wait') this.waits++;
    const reason = this.fault(order, this);
    if (reason !== undefined) return { ok: false, reason };
    switch (order.kind) {
      case 'look':
        return { ok: true, hosts: [this.#state(order.role)] };
      case 'want':
        this.done.push(`want ${order.role} ${order.release}`);
        this.host(order.role).wanted = order.release;
        break;
      case 'switch': {
        this.done.push(`switch ${order.role} ${order.release}`);
        const host = this.host(order.role);
        // Between the old process and the new one nobody serves there.
        host.up = false;
        this.#judge();
        host.current = host.wanted;
        host.pid++;
        host.up = true;
        break;
      }
      case 'prove':
        this.done.push(`prove ${order.release}`);
        this.proven = order.release;
        break;
      case 'tell':
        this.told.push(order.text);
        break;
    }
    this.#judge();
    return { ok: true };
  }

  #state(role: ReleaseRole): HostState {
    const { current, pid } = this.host(role);
    const ok = this.serves(role);
    const isGatekeeper = role.startsWith('gatekeeper');
    return {
      current,
      ours: isGatekeeper,
      state: isGatekeeper && current === 'none' ? 'inactive' : 'active',
      pid,
      probe:
        isGatekeeper && current !== 'none'
          ? { serves: ok, role: ok ? 'standby' : 'unknown', release: current, problems: ok ? [] : ['it is broken'] }
          : null,
    };
  }

  #judge(): void {
    const serves = this.serves('gatekeeper-primary') || this.serves('gatekeeper-secondary');
    if (this.#served && !serves) this.outages++;
    this.#served = serves;
  }
}
