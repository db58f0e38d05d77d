import { execFile } from 'node:child_process';

/** Milliseconds for one command. */
const PATIENCE = 3000;
/** How often others are told of the address. */
const ANNOUNCEMENTS = 3;

export interface LinuxAddressArgs {
  /** IPv4 or IPv6. */
  readonly address: string;
  /** Bits of the network. */
  readonly prefix: number;
  /** The network interface that gets it. */
  readonly device: string;
  /** What commands are run by, such as `ip netns exec NAME`; in the process's own network namespace without it. */
  readonly wrap?: readonly string[];
}

interface Ran {
  readonly code: number | string;
  readonly said: string;
}

/**
 * An address that goes to whoever leads, on a network interface of this machine, in a network that both machines are
 * on. The process needs CAP_NET_ADMIN, and for the announcement CAP_NET_RAW and the program `arping`.
 */
export class LinuxAddress {
  readonly #args: LinuxAddressArgs;

  constructor(args: LinuxAddressArgs) {
    this.#args = args;
  }

  /** Also right where the address is there already. @throws Error */
  async claim(signal?: AbortSignal): Promise<void> {
    const { device } = this.#args;
    // What leads must serve at once, not after the check for duplicates, which would find the former leader.
    const flags = this.#isV6 ? ['nodad'] : [];
    const { code, said } = await this.#run(['ip', 'address', 'replace', this.#cidr, 'dev', device, ...flags], signal);
    if (code !== 0) throw new Error(`${this.describe()} cannot be added: ${said || code}`);
    this.#announce(signal);
  }

  /** Also right where the address is not there. @throws Error */
  async release(): Promise<void> {
    const { code, said } = await this.#run(['ip', 'address', 'del', this.#cidr, 'dev', this.#args.device]);
    if (code !== 0 && !/Cannot assign requested address|Address not found/.test(said))
      throw new Error(`${this.describe()} cannot be removed: ${said || code}`);
  }

  describe(): string {
    return `address ${this.#cidr} on ${this.#args.device}`;
  }

  get #isV6(): boolean {
    return this.#args.address.includes(':');
  }

  get #cidr(): string {
    return `${this.#args.address}/${this.#args.prefix}`;
  }

  /**
   * Unsolicited ARP (RFC 5227 clause 3), so that neighbours forget who had it. Nobody waits for it: without it they find
   * out some seconds later. IPv6 neighbours are told by the kernel where `ndisc_notify` is set.
   */
  #announce(signal: AbortSignal | undefined): void {
    const { address, device } = this.#args;
    if (!this.#isV6) void this.#run(['arping', '-U', '-c', `${ANNOUNCEMENTS}`, '-I', device, address], signal);
  }

  #run(command: readonly string[], signal?: AbortSignal): Promise<Ran> {
    const [program = '', ...args] = [...(this.#args.wrap ?? []), ...command];
    return new Promise((resolve) => {
      const options = {
        timeout: PATIENCE,
        env: { ...process.env, LC_ALL: 'C' },
        ...(signal !== undefined && { signal }),
      };
      execFile(program, args, options, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : (error.code ?? 'ended by a signal'), said: `${stdout}${stderr}`.trim() }),
      );
    });
  }
}
