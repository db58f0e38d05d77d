/** Real gatekeepers and real terminals on a network in invented time. */
import { Gatekeeper, type GatekeeperConfig, type RasEvent } from '../../runtime/gatekeeper/index.ts';
import { type GuardianEvent, GuardianTerminal, type TrustedGatekeeper } from '../../runtime/guardian/index.ts';
import type { SocketAddress } from '../../runtime/h225/index.ts';
import { bitsPerSecond, type Instant, type Milliseconds, milliseconds } from '../../runtime/units.ts';
import { LabNetwork, type LabNode, seeded, type Weather } from './lab-network.ts';
import { isGenuine, type LabTerminal, labKeys, labTerminal, registryOf } from './lab-terminal.ts';

/** A gatekeeper with its driver: signatures take a moment to be verified. */
export class GatekeeperNode implements LabNode {
  readonly machine: Gatekeeper;
  readonly ras: SocketAddress;
  readonly witnessed: RasEvent[] = [];
  readonly #network: LabNetwork;

  constructor(network: LabNetwork, n: number, terminals: readonly LabTerminal[], config: Partial<GatekeeperConfig>) {
    this.#network = network;
    this.ras = { address: `192.0.2.${n}`, port: 1719 };
    const random = seeded(n + Math.floor(network.random() * 2 ** 32));
    this.machine = new Gatekeeper(
      {
        gatekeeperId: `gk-${n}`,
        ras: this.ras,
        policy: 'signed',
        timeToLive: 60,
        freshness: 60,
        councilBandwidth: bitsPerSecond(100_000_000),
        maxSessions: 25,
        maxCalls: 1000,
        minimumGrant: bitsPerSecond(64_000),
        irrFrequency: 20,
        maxEndpoints: 100,
        maxPending: 64,
        ripAfter: milliseconds(1000),
        alternates: [],
        ...config,
      },
      registryOf(terminals.map(({ record }) => record)),
      {
        random: (octets) => Uint8Array.from({ length: octets }, () => Math.floor(random() * 256)),
        sign: labKeys(n).sign,
      },
    );
    network.attach(this.ras, this);
  }

  get trusted(): TrustedGatekeeper {
    const { gatekeeperId } = this.machine.state.config;
    return { ras: this.ras, gatekeeperId, publicKeys: [labKeys(Number(gatekeeperId.slice(3))).publicKey] };
  }

  receive(octets: Buffer, from: SocketAddress, now: Instant): void {
    this.machine.receive(octets, from, now);
  }

  advance(now: Instant): void {
    this.machine.advance(now);
  }

  nextDeadline(): Milliseconds | undefined {
    return this.machine.nextDeadline();
  }

  drain(): { octets: Uint8Array; to: SocketAddress }[] {
    return this.machine.takeEffects().flatMap((effect) => {
      if (effect.kind === 'witness') this.witnessed.push(effect.event);
      if (effect.kind === 'verify') {
        const genuine = isGenuine(effect.publicKey, effect.octets, effect.signature);
        this.#network.after(0.2, () => this.machine.verified(effect.ticket, genuine, this.#network.now));
      }
      return effect.kind === 'send' ? [effect] : [];
    });
  }

  /** Who is in a call, with how much bandwidth. */
  get sessions(): ReadonlyMap<string, readonly number[]> {
    const entries = [...this.machine.state.endpoints.all()].flatMap(({ terminal, legs }): [string, number[]][] =>
      terminal === undefined || legs.size === 0
        ? []
        : [[terminal.terminalId, [...legs.values()].map((leg) => leg.units)]],
    );
    return new Map(entries.sort());
  }
}

export class TerminalNode implements LabNode {
  readonly machine: GuardianTerminal;
  readonly terminal: LabTerminal;
  readonly events: GuardianEvent[] = [];

  constructor(network: LabNetwork, terminal: LabTerminal, gatekeepers: readonly TrustedGatekeeper[]) {
    this.terminal = terminal;
    const random = seeded(Math.floor(network.random() * 2 ** 32));
    const random32 = (): number => Math.floor(random() * 2 ** 32);
    this.machine = new GuardianTerminal(
      {
        terminalId: terminal.record.terminalId,
        rasAddress: terminal.ras,
        callSignalAddress: { address: terminal.ras.address, port: 1720 },
        gatekeepers,
      },
      {
        sign: terminal.sign,
        random32,
        guid: () => Uint8Array.from({ length: 16 }, () => random32() & 0xff),
      },
    );
    network.attach(terminal.ras, this);
  }

  receive(octets: Buffer, from: SocketAddress, now: Instant): void {
    this.machine.receive(octets, from, now);
  }

  advance(now: Instant): void {
    this.machine.advance(now);
  }

  nextDeadline(): Milliseconds | undefined {
    return this.machine.nextDeadline();
  }

  drain(): { octets: Uint8Array; to: SocketAddress }[] {
    return this.machine.takeEffects().flatMap((effect) => {
      if (effect.kind === 'event') this.events.push(effect.event);
      return effect.kind === 'send' ? [effect] : [];
    });
  }

  /** How often something has happened. */
  count(kind: GuardianEvent['kind']): number {
    return this.events.filter((event) => event.kind === kind).length;
  }
}

export interface LabCouncilArgs {
  readonly seed: number;
  readonly weather?: Weather;
  readonly guardians?: number;
  /** How many gatekeepers; each names the others as alternates that share its registrations. */
  readonly gatekeepers?: number;
}

const FIRST_GATEKEEPER = 250;

/** Guardians and the MCU that they call, with gatekeepers that know them all. */
export class LabCouncil {
  readonly network: LabNetwork;
  readonly gatekeepers: readonly GatekeeperNode[];
  readonly guardians: readonly TerminalNode[];
  readonly mcu: TerminalNode;
  readonly terminals: readonly LabTerminal[];
  readonly #config: (n: number) => Partial<GatekeeperConfig>;

  constructor({ seed, weather, guardians = 12, gatekeepers = 1 }: LabCouncilArgs) {
    this.network = new LabNetwork(seed, weather);
    const mcu = labTerminal('if://council/mcu', { n: 200, kind: 'infrastructure', maxSessions: 25 });
    const chosen = Array.from({ length: guardians }, (_, i) => labTerminal(`if://guardian/${i + 1}`, { n: i + 1 }));
    this.terminals = [mcu, ...chosen];
    const numbers = Array.from({ length: gatekeepers }, (_, i) => FIRST_GATEKEEPER + i);
    this.#config = (n) => ({
      alternates: numbers
        .filter((other) => other !== n)
        .map((other) => ({
          ras: { address: `192.0.2.${other}`, port: 1719 },
          gatekeeperId: `gk-${other}`,
          priority: other - FIRST_GATEKEEPER,
        })),
    });
    this.gatekeepers = numbers.map((n) => this.newGatekeeper(n));
    const trusted = this.gatekeepers.map((gatekeeper) => gatekeeper.trusted);
    this.mcu = new TerminalNode(this.network, mcu, trusted);
    this.guardians = chosen.map((terminal) => new TerminalNode(this.network, terminal, trusted));
  }

  get gatekeeper(): GatekeeperNode {
    const [first] = this.gatekeepers;
    if (first === undefined) throw new RangeError('a council has a gatekeeper');
    return first;
  }

  /** A gatekeeper that has just started, in the place of the one before it. */
  newGatekeeper(n = FIRST_GATEKEEPER): GatekeeperNode {
    return new GatekeeperNode(this.network, n, this.terminals, this.#config(n));
  }

  /** Starts everybody. */
  start(): void {
    this.network.do((now) => {
      for (const { machine } of [this.mcu, ...this.guardians]) machine.start(now);
    });
  }
}
