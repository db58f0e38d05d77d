import { LinuxAddress } from '../adapters/linux-address.ts';
import { parseAddress } from '../config/index.ts';
import type { Role } from '../ha/index.ts';
import type { Log } from './log.ts';

/** An address that leads to whoever leads. */
export interface FloatingAddress {
  /**
   * Takes it, whoever had it; right also where it is here already. One try: it is repeated by who asks.
   * @param signal ends a try that nobody wants any more
   */
  claim(signal?: AbortSignal): Promise<void>;
  /** Lets it go, where it does not leave by being taken; right also where it is not here. */
  release?(): Promise<void>;
  describe(): string;
  close?(): void;
}

export type FloatingAddressSetting =
  | { readonly kind: 'eip'; readonly allocationId: string; readonly privateAddress: string | undefined }
  | { readonly kind: 'ip'; readonly address: string; readonly prefix: number; readonly device: string };

/** Completes "must be …". */
export const FLOATING_ADDRESS_ALLOWED =
  'eip:ALLOCATION-ID, eip:ALLOCATION-ID@PRIVATE-ADDRESS, or ip:ADDRESS/PREFIX@INTERFACE';

/**
 * The setting `floating_address`: `eip:eipalloc-0123456789abcdef0`, also with `@10.20.1.11`, or `ip:192.0.2.9/24@eth0`.
 * @throws RangeError
 */
export function parseFloatingAddress(text: string): FloatingAddressSetting {
  const refuse = (why: string): never => {
    throw new RangeError(`floating address '${text}': ${why}; it must be ${FLOATING_ADDRESS_ALLOWED}`);
  };
  const [, kind, what = '', where] = /^(eip|ip):([^@]*)(?:@(.*))?$/.exec(text) ?? [];
  if (kind === 'eip') {
    if (!/^eipalloc-[0-9a-f]{8,17}$/.test(what)) refuse(`'${what}' is no allocation id`);
    if (where !== undefined && parseAddress(where) === undefined) refuse(`'${where}' is no address`);
    return { kind, allocationId: what, privateAddress: where };
  }
  if (kind !== 'ip') return refuse('it begins with neither eip: nor ip:');
  const [address = '', bits] = what.split('/', 2);
  const numbers = parseAddress(address);
  if (numbers === undefined) return refuse(`'${address}' is no address`);
  const most = address.includes(':') ? 128 : 32;
  const prefix = bits !== undefined && /^[0-9]{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (!(prefix >= 1 && prefix <= most)) refuse(`the prefix must be a whole number from 1 to ${most}`);
  // Linux: 15 octets, no slash, no space; a colon would name an alias of an interface.
  const device =
    where !== undefined && /^[^\s/:@]{1,15}$/.test(where) && !/^\.{1,2}$|^-/.test(where) ? where : undefined;
  return device === undefined ? refuse('the network interface is missing or none') : { kind, address, prefix, device };
}

/** Milliseconds. */
const CLIENT_TIMES = { connectionTimeout: 1000, requestTimeout: 3000 } as const;

/**
 * The address that a setting names. It is not touched before it is claimed.
 * @throws RangeError
 */
export async function openFloatingAddress(text: string): Promise<FloatingAddress> {
  const setting = parseFloatingAddress(text);
  if (setting.kind === 'ip') return new LinuxAddress(setting);
  // The SDK takes half a second to load, which only those pay who use it.
  const [{ EC2Client }, { ElasticIp }] = await Promise.all([
    import('@aws-sdk/client-ec2'),
    import('../adapters/elastic-ip.ts'),
  ]);
  const client = (region: string) => new EC2Client({ region, maxAttempts: 1, requestHandler: CLIENT_TIMES });
  return new ElasticIp({ ...setting, client });
}

/** Milliseconds: between tries, from the first to the longest; and until what was claimed is claimed once more. */
export interface FloatingTimes {
  readonly firstRetry: number;
  readonly longestRetry: number;
  readonly settle: number;
}

/** A call that a former leader made before it knew that it had lost has long ended after `settle`. */
const TIMES: FloatingTimes = { firstRetry: 200, longestRetry: 5000, settle: 10_000 };

export interface FloatingAddressKeeperArgs {
  readonly address: FloatingAddress;
  readonly log: Log;
  readonly times?: FloatingTimes;
}

/**
 * Claims the address when leading begins, until it has it, and lets it go when leading ends. Nothing waits for it: who
 * leads is settled by the store, and terminals that know both gatekeepers need no address that moves.
 */
export class FloatingAddressKeeper {
  readonly #args: FloatingAddressKeeperArgs;
  readonly #times: FloatingTimes;
  #leading: AbortController | undefined;
  /** It is certainly not here: a former process may have died with it. */
  #isGone = false;
  /** What is under way; never rejects. One thing after the other, or a late release would undo a claim. */
  #work: Promise<void> = Promise.resolve();
  /** Tries that failed since the start. */
  failures = 0;
  /** It was claimed, and leading has not ended since. */
  held = false;

  constructor(args: FloatingAddressKeeperArgs) {
    this.#args = args;
    this.#times = args.times ?? TIMES;
  }

  /** To be called with every role that the zone gives this gatekeeper. */
  onRole({ kind }: Role): void {
    if (kind === 'leading') this.#begin();
    else this.#end();
  }

  /** Lets it go, where it is held; done when that is done or has failed. */
  async stop(): Promise<void> {
    this.#end();
    await this.#work;
    this.#args.address.close?.();
  }

  #begin(): void {
    // A new term of one's own begins a new claim: somebody else may have led between.
    this.#leading?.abort();
    const leading = new AbortController();
    this.#leading = leading;
    this.#isGone = false;
    this.#then(() => this.#claim(leading.signal));
  }

  #end(): void {
    if (this.#isGone) return;
    this.#leading?.abort();
    this.#leading = undefined;
    this.held = false;
    this.#isGone = true;
    this.#then(() => this.#release());
  }

  #then(work: () => Promise<void>): void {
    this.#work = this.#work.then(work);
  }

  async #claim(signal: AbortSignal): Promise<void> {
    if (await this.#tryUntilClaimed(signal)) {
      this.held = true;
      this.#args.log.info({ address: this.#args.address.describe() }, 'the floating address is here');
      void pause(this.#times.settle, signal).then(() => {
        if (!signal.aborted) this.#then(async () => void (await this.#tryUntilClaimed(signal)));
      });
    }
  }

  /** False where leading ended before. */
  async #tryUntilClaimed(signal: AbortSignal): Promise<boolean> {
    const { address, log } = this.#args;
    const { firstRetry, longestRetry } = this.#times;
    for (let wait = firstRetry; !signal.aborted; wait = Math.min(2 * wait, longestRetry)) {
      try {
        await address.claim(signal);
        return !signal.aborted;
      } catch (error) {
        if (signal.aborted) return false;
        this.failures++;
        log.warn({ address: address.describe(), error: messageOf(error) }, 'the floating address could not be claimed');
        await pause(wait, signal);
      }
    }
    return false;
  }

  async #release(): Promise<void> {
    const { address, log } = this.#args;
    try {
      await address.release?.();
    } catch (error) {
      this.failures++;
      log.error(
        { address: address.describe(), error: messageOf(error) },
        'the floating address could not be let go: two machines may have it now',
      );
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Ends early when `signal` is given. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms).unref();
    signal.addEventListener('abort', over);
    if (signal.aborted) over();
  });
