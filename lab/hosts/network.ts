import { readdir } from 'node:fs/promises';
import { attempt, run } from './commands.ts';
import { type RouterRules, routerTable } from './firewall.ts';
import type { Ipv4Network } from './ipv4.ts';

/** Addresses of RFC 2544 (benchmarks of networks), which nobody routes: a lab has eight of them in a row. */
const UPLINKS = '198.18';
const NAMESPACES = '/run/netns';

/** A network interface as EC2 would have it. */
export interface Card {
  readonly privateAddress: string;
  readonly subnet: Ipv4Network;
}

/**
 * A lab's network: a router in a network namespace of its own, every host in another. A host has one wire to the router,
 * which answers for all other addresses of the subnet, as EC2 does; so even neighbours pass the router's rules. In
 * this machine's own network there are only the router's wire and the ways to what is behind it.
 */
export class LabNetwork {
  /** First part of every name. */
  readonly name: string;
  /** Where this machine serves metadata and the AWS API to hosts. */
  readonly services: string;
  /** This machine's own address on the wire: a guardian on this machine has it. */
  readonly own: string;
  readonly #router: string;
  readonly #gateway: string;

  /**
   * @param lab a name, a letter and at most seven more of a-z and 0-9
   * @param number from 0 to 31; two labs on one machine have different ones
   */
  constructor(lab: string, number: number) {
    if (!/^[a-z][a-z0-9]{0,7}$/.test(lab)) throw new RangeError(`name of a lab: ${JSON.stringify(lab)}`);
    if (!Number.isInteger(number) || number < 0 || number > 31) throw new RangeError(`number of a lab: ${number}`);
    const address = (offset: number): string => `${UPLINKS}.0.${number * 8 + offset}`;
    this.name = `council-${lab}`;
    [this.own, this.#gateway, this.services] = [address(1), address(2), address(3)];
    this.#router = this.name;
  }

  /** The uplink's interface: of the same name on both sides. */
  get uplink(): string {
    return this.name;
  }

  namespace(host: string): string {
    return `${this.name}-${host}`;
  }

  /** Name of a host's interface in the router: 15 characters are all that Linux takes. */
  port(host: string): string {
    return `h${host.replace(/[^a-z0-9]/g, '').slice(-13)}`;
  }

  async exists(): Promise<boolean> {
    return (await namespaces()).includes(this.#router);
  }

  /** Makes the router and the wire to it, where they are not there yet. */
  async open(): Promise<void> {
    if (await this.exists()) return;
    await run('ip', ['netns', 'add', this.#router]);
    await this.#ip([], [`link add ${this.uplink} type veth peer name ${this.uplink} netns ${this.#router}`]);
    await this.#ip(
      [],
      [
        `address add ${this.own}/29 dev ${this.uplink}`,
        `address add ${this.services}/32 dev ${this.uplink}`,
        `link set ${this.uplink} up`,
      ],
    );
    await this.#ip(
      ['-n', this.#router],
      [
        'link set lo up',
        `address add ${this.#gateway}/29 dev ${this.uplink}`,
        `link set ${this.uplink} up`,
        `route add default via ${this.own}`,
      ],
    );
    await this.#set({ 'net.ipv4.ip_forward': 1 });
  }

  /** Wires a host: its namespace, its interface with address and way out, its place in the router. */
  async plug(host: string, { privateAddress, subnet }: Card): Promise<void> {
    const [namespace, port] = [this.namespace(host), this.port(host)];
    const gateway = subnet.first;
    await run('ip', ['netns', 'add', namespace]);
    await this.#ip(['-n', this.#router], [`link add ${port} type veth peer name ens5 netns ${namespace}`]);
    await this.#ip(
      ['-n', namespace],
      [
        'link set lo up',
        `address add ${privateAddress}/${subnet.bits} dev ens5`,
        'link set ens5 up',
        `route add default via ${gateway}`,
      ],
    );
    await this.#ip(
      ['-n', this.#router],
      [`address replace ${gateway}/32 dev lo`, `link set ${port} up`, `route replace ${privateAddress}/32 dev ${port}`],
    );
    // It answers for every address of the subnet, at once.
    await this.#set({ [`net.ipv4.conf.${port}.proxy_arp`]: 1, [`net.ipv4.neigh.${port}.proxy_delay`]: 0 });
    await this.#ip([], [`route replace ${privateAddress}/32 via ${this.#gateway} dev ${this.uplink}`]);
  }

  /** Takes a host's wire away, with its namespace; nothing happens where there is none. */
  async unplug(host: string, privateAddress: string): Promise<void> {
    await attempt('ip', ['-n', this.#router, 'link', 'del', this.port(host)]);
    await attempt('ip', ['netns', 'del', this.namespace(host)]);
    await attempt('ip', ['route', 'del', `${privateAddress}/32`, 'dev', this.uplink]);
  }

  /** Puts the router's rules in force, in one step, and leads this machine to the public addresses in them. */
  async enforce(rules: Omit<RouterRules, 'uplink' | 'services'> & { readonly metadataPort: number }): Promise<void> {
    const { metadataPort, plugs } = rules;
    const services = { address: this.services, metadataPort };
    const table = routerTable({ ...rules, uplink: this.uplink, services });
    await this.#inRouter(['nft', '-f', '-'], table);
    const wanted = new Set(plugs.flatMap(({ publicAddress }) => publicAddress ?? []));
    const listed = await run('ip', ['-o', 'route', 'show', 'dev', this.uplink, 'proto', 'static']);
    const present = listed.split('\n').flatMap((line) => line.split(' ', 1)[0] || []);
    await this.#ip(
      [],
      [
        ...[...wanted].map((address) => this.#way('replace', address)),
        ...present.filter((address) => !wanted.has(address)).map((address) => this.#way('del', address)),
      ],
    );
  }

  /** Ways to public addresses are told from those to private ones by their protocol, `static`. */
  #way(verb: 'replace' | 'del', address: string): string {
    return `route ${verb} ${address}/32 via ${this.#gateway} dev ${this.uplink} src ${this.own} proto static`;
  }

  /** Removes every namespace of the lab, and with them the wires, the rules and the ways. */
  async remove(): Promise<void> {
    for (const name of await namespaces())
      if (name === this.name || name.startsWith(`${this.name}-`)) await run('ip', ['netns', 'del', name]);
    await attempt('ip', ['link', 'del', this.uplink]);
  }

  #ip(options: readonly string[], lines: readonly string[]): Promise<string> {
    return run('ip', [...options, '-batch', '-'], { input: lines.map((line) => `${line}\n`).join('') });
  }

  #inRouter(command: readonly string[], input = ''): Promise<string> {
    return run('nsenter', [`--net=${NAMESPACES}/${this.#router}`, '--', ...command], { input });
  }

  async #set(values: Readonly<Record<string, number>>): Promise<void> {
    const settings = Object.entries(values).map(([name, value]) => `${name}=${value}`);
    await this.#inRouter(['sysctl', '-q', '-w', ...settings]);
  }
}

async function namespaces(): Promise<readonly string[]> {
  return readdir(NAMESPACES).catch(() => []);
}
