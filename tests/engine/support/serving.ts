import type { Call, Cloud } from '../../../lab/provider/index.ts';

export const GATEKEEPERS = ['gatekeeper-primary', 'gatekeeper-secondary'] as const;

export type GatekeeperName = (typeof GATEKEEPERS)[number];

const INSTANCE = 'aws:ec2/instance:Instance';

/** What a gatekeeper needs one of, besides a machine that is healthy. */
const ATTACHED = ['aws:ec2/networkInterface:NetworkInterface', 'aws:ec2/eipAssociation:EipAssociation'];

const nameIn = (name: string): GatekeeperName | undefined => GATEKEEPERS.find((one) => one === name);

/** Who serves, from what is done to an account: told of every call, in order. */
export class Serving {
  /** Ids that are there, by type and name. */
  readonly #there = new Map<string, Set<string>>();
  /** Instances that a health gate found healthy. */
  readonly #healthy = new Map<GatekeeperName, Set<string>>();

  /** @param cloud an account as it is now; its machines count as healthy */
  constructor(cloud?: Cloud) {
    for (const name of GATEKEEPERS) {
      for (const type of [INSTANCE, ...ATTACHED])
        this.#there.set(
          `${type} ${name}`,
          new Set(cloud?.all(type).flatMap((one) => (one.name === name ? [one.id] : []))),
        );
      this.#healthy.set(name, new Set(this.#ids(INSTANCE, name)));
    }
  }

  /** What is being taken away counts as gone when that begins, what comes as there when it has come. */
  tell({ type, action, phase, name, id }: Call): void {
    const checked = nameIn(name.replace(/-healthy$/, ''));
    if (type === 'command:local:Command' && checked !== undefined && action === 'create' && phase === 'end')
      for (const one of this.#ids(INSTANCE, checked)) this.#healthy.get(checked)?.add(one);
    const gatekeeper = nameIn(name);
    if (gatekeeper === undefined || ![INSTANCE, ...ATTACHED].includes(type)) return;
    const ids = this.#ids(type, gatekeeper);
    if (action === 'create' && phase === 'end') ids.add(id);
    if (action === 'delete' && phase === 'begin') ids.delete(id);
    // Another size or kernel is taken on with a stop and a start: only a gate can tell that it is back.
    if (type === INSTANCE && action === 'update' && phase === 'begin') this.#healthy.get(gatekeeper)?.delete(id);
  }

  get now(): readonly GatekeeperName[] {
    return GATEKEEPERS.filter(
      (name) =>
        ATTACHED.every((type) => this.#ids(type, name).size > 0) &&
        [...this.#ids(INSTANCE, name)].some((id) => this.#healthy.get(name)?.has(id)),
    );
  }

  #ids(type: string, name: GatekeeperName): Set<string> {
    return this.#there.get(`${type} ${name}`) ?? new Set();
  }
}

/**
 * The calls at which no gatekeeper served any more, as sentences; none where at least one always did.
 *
 * @param serving who serves before the first of them; has heard all of them afterwards
 */
export function outages(calls: readonly Call[], serving: Serving): string[] {
  return calls.flatMap((call) => {
    const before = serving.now.length;
    serving.tell(call);
    const { seq, action, phase, type, name } = call;
    return before > 0 && serving.now.length === 0 ? [`${seq}: ${action} of ${type} ${name}, ${phase}`] : [];
  });
}
