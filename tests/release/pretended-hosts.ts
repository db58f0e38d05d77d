import type { HostState, Order, Outcome, ReleaseRole, Steps } from '../../runtime/release/index.ts';

/** A host that only a test has: what it is to run, what it runs, and what is wrong with it. */
interface PretendedHost {
  wanted: string;
  current: string;
  /** Its process: another number after each start. */
  pid: number;
  up: boolean;
  booting?: boolean;
  leaving?: boolean;
}

/** Makes an order fail; undefined lets it be. */
export type Fault = (order: Order, hosts: PretendedHosts) => string | undefined;

/** The hosts of a stack in memory. At every step it is judged that a gatekeeper serves that could. */
export class PretendedHosts {
  /** By their ids; the one host of a role has the role's name for one. */
  readonly hosts = new Map<string, PretendedHost>();
  /** Ids of the roles that are groups. */
  readonly groups = new Map<ReleaseRole, string[]>();
  /** All orders but looks and waits, in words, in their order. */
  readonly done: string[] = [];
  readonly told: string[] = [];
  proven: string | undefined;
  /** Releases with which a host does not serve, or, of a group, does not come to run. */
  readonly broken = new Map<string, ReadonlySet<string>>();
  /** What gatekeepers say of etcd's voters: each by its name, and whether it is healthy. Releases of old say nothing. */
  voters: Readonly<Record<string, boolean>> | null | undefined;
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

  host(id: string): PretendedHost {
    const host = this.hosts.get(id);
    if (host === undefined) throw new Error(`there is no ${id}`);
    return host;
  }

  /** Puts a group in the place of a role's one host. */
  makeGroup(role: ReleaseRole, ids: readonly string[]): void {
    const host = this.host(role);
    for (const id of ids) this.hosts.set(id, { ...host });
    this.groups.set(role, [...ids]);
  }

  /** One more in a group: it boots with what its parameter says now. */
  join(role: ReleaseRole, id: string, more: Partial<PretendedHost> = {}): void {
    const { wanted } = this.host(role);
    this.hosts.set(id, { wanted, current: wanted, pid: 1, up: true, ...more });
    this.#ids(role).push(id);
  }

  leave(role: ReleaseRole, id: string): void {
    this.hosts.delete(id);
    this.groups.set(
      role,
      this.#ids(role).filter((one) => one !== id),
    );
  }

  #ids(role: ReleaseRole): string[] {
    return this.groups.get(role) ?? [role];
  }

  serves(id: string): boolean {
    const { up, current } = this.host(id);
    return up && current !== 'none' && this.broken.get(id)?.has(current) !== true;
  }

  /** The host comes back with what its parameter says. */
  reboot(id: string): void {
    const host = this.host(id);
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
      case 'members':
        return { ok: true, members: { ids: [...this.#ids(order.role)], grouped: this.groups.has(order.role) } };
      case 'look': {
        const ids = order.member === undefined ? this.#ids(order.role) : [order.member];
        const gone = ids.find((id) => !this.hosts.has(id));
        if (gone !== undefined) return { ok: false, reason: `${gone}: InvalidInstanceId` };
        return { ok: true, hosts: ids.map((id) => this.#state(id)) };
      }
      case 'want':
        this.done.push(`want ${order.role} ${order.release}`);
        for (const id of [order.role, ...this.#ids(order.role)]) this.host(id).wanted = order.release;
        break;
      case 'switch': {
        this.done.push(`switch ${order.member} ${order.release}`);
        const host = this.host(order.member);
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

  #state(id: string): HostState {
    const { current, pid, booting = false, leaving = false } = this.host(id);
    const ok = this.serves(id);
    const isGatekeeper = id.startsWith('gatekeeper');
    return {
      booting,
      leaving,
      current: ok || isGatekeeper ? current : 'none',
      ours: isGatekeeper,
      state: isGatekeeper && current === 'none' ? 'inactive' : 'active',
      pid,
      probe:
        isGatekeeper && current !== 'none'
          ? {
              ...{ serves: ok, role: ok ? 'standby' : 'unknown', release: current },
              voters: this.voters && Object.entries(this.voters).map(([name, healthy]) => ({ name, healthy })),
              problems: ok ? [] : ['it is broken'],
            }
          : null,
    };
  }

  #judge(): void {
    const serves = this.serves('gatekeeper-primary') || this.serves('gatekeeper-secondary');
    if (this.#served && !serves) this.outages++;
    this.#served = serves;
  }
}
