import type { Call, Cloud } from '../../../lab/provider/index.ts';

export const GATEKEEPERS = ['gatekeeper-primary', 'gatekeeper-secondary'] as const;

export type GatekeeperName = (typeof GATEKEEPERS)[number];

const INSTANCE = 'aws:ec2/instance:Instance';

const VOLUME = 'aws:ec2/volumeAttachment:VolumeAttachment';

/** What a gatekeeper needs one of, besides a machine that is healthy: a card, an address, and its data. */
const ATTACHED = ['aws:ec2/networkInterface:NetworkInterface', 'aws:ec2/eipAssociation:EipAssociation', VOLUME];

const nameIn = (name: string): GatekeeperName | undefined => GATEKEEPERS.find((one) => one === name);

/** The host that a machine, or what is attached to one, belongs to. */
const hostOf = (type: string, name: string): string => (type === VOLUME ? name.replace(/-data$/, '') : name);

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
          new Set(cloud?.all(type).flatMap((one) => (hostOf(type, one.name) === name ? [one.id] : []))),
        );
      this.#healthy.set(name, new Set(this.#ids(INSTANCE, name)));
    }
  }

  /** What is being taken away counts as gone when that begins, what comes as there when it has come. */
  tell({ type, action, phase, name, id }: Call): void {
    const checked = nameIn(name.replace(/-healthy$/, ''));
    if (type === 'command:local:Command' && checked !== undefined && action === 'create' && phase === 'end')
      for (const one of this.#ids(INSTANCE, checked)) this.#healthy.get(checked)?.add(one);
    const gatekeeper = nameIn(hostOf(type, name));
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

/** The members of the quorum. */
const VOTERS = [...GATEKEEPERS, 'monitoring'];

/** Which voters are out, from what is done to an account: told of every call, in order. */
export class Voters {
  readonly #out = new Set<string>();

  /** The voter that this call takes out, if it takes one out; that voter counts as out from here on. */
  tell({ type, action, phase, name }: Call): string | undefined {
    const voter = VOTERS.find((one) => one === hostOf(type, name));
    const isMachine = type === INSTANCE || type === VOLUME;
    if (isMachine && voter !== undefined && phase === 'begin' && (action === 'delete' || action === 'update')) {
      this.#out.add(voter);
      return voter;
    }
    if (phase !== 'end') return undefined;
    // Behind monitoring there is no gate: it is back with its machine and its data.
    const isBack = type === VOLUME ? action === 'create' : type === INSTANCE && action === 'update';
    if (isBack && voter === 'monitoring') this.#out.delete(voter);
    if (type === 'command:local:Command' && action === 'create') this.#out.delete(name.replace(/-healthy$/, ''));
    return undefined;
  }

  get out(): readonly string[] {
    return [...this.#out];
  }
}

/**
 * The calls by which a voter was touched while another one was out, as sentences; none where the quorum was never at risk.
 *
 * @param voters who is out before the first of them; has heard all of them afterwards
 */
export function secondVoters(calls: readonly Call[], voters: Voters): string[] {
  return calls.flatMap((call) => {
    const taken = voters.tell(call);
    const others = taken === undefined ? [] : voters.out.filter((one) => one !== taken);
    const { seq, action, type, name } = call;
    return others.length > 0 ? [`${seq}: ${action} of ${type} ${name}, while ${others.join(' and ')} is out`] : [];
  });
}
