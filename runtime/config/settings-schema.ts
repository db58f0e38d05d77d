import { z } from 'zod';
import { type BitsPerSecond, bitsPerSecond } from '../units.ts';
import { isWildcard, parseAddress } from './ip-address.ts';

/** What people are told about a setting. Command line, configuration file and README are generated from it. */
interface About {
  readonly description: string;
  /** As it would be typed; undefined where a setting may be left out. */
  readonly default: string | undefined;
  /** Completes "must be …". */
  readonly allowed: string;
  /** Stands for the value in a help text. */
  readonly placeholder: string;
}

type Described = Pick<About, 'description' | 'default'>;

export const about = z.registry<About>();

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,14})$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most));

const number = (least: number, most: number, unit: string, described: Described) => {
  const allowed = `a whole number from ${least} to ${most}${unit === '' ? '' : ` (${unit})`}`;
  return whole(least, most).register(about, { ...described, allowed, placeholder: 'N' });
};

const port = (described: Described) =>
  whole(0, 65535).register(about, {
    ...described,
    allowed: 'a port from 0 to 65535 (0: any free one)',
    placeholder: 'PORT',
  });

const rate = (least: number, most: number, described: Described) =>
  whole(least, most)
    .transform((value): BitsPerSecond => bitsPerSecond(value))
    .register(about, {
      ...described,
      allowed: `a whole number from ${least} to ${most} (bit/s, one way)`,
      placeholder: 'BPS',
    });

const address = () => z.string().refine((value) => parseAddress(value) !== undefined);

/** H.225.0 `GatekeeperIdentifier` is BMPString (SIZE (1..128)): no characters beyond the basic plane, no controls. */
const gatekeeperId = () => z.string().regex(/^[\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd]{1,128}$/);

const path = () => z.string().regex(/^[^\0]{1,4096}$/);

/** H.225.0 `AlternateGK`: `priority` is INTEGER (0..127), 0 is the one to try first. */
const alternate = z.strictObject({
  host: address()
    .refine((value) => !isWildcard(value))
    .register(about, { ...hidden(), allowed: 'an IPv4 or IPv6 address that can be reached' }),
  rasPort: whole(1, 65535).register(about, { ...hidden(), allowed: 'a port from 1 to 65535' }),
  gatekeeperId: gatekeeperId().register(about, {
    ...hidden(),
    allowed: '1 to 128 characters of the basic multilingual plane',
  }),
  priority: whole(0, 127).register(about, { ...hidden(), allowed: 'a whole number from 0 to 127' }),
});

function hidden(): Omit<About, 'allowed'> {
  return { description: '', default: undefined, placeholder: '' };
}

export const MAX_ALTERNATES = 16;
const MAX_ENDPOINTS = 9;

/** Scheme, host and port, and nothing behind them. */
const endpoint = () => z.string().refine((text) => /^https?:\/\/[^/?#@\s]+:\d{1,5}$/.test(text) && URL.canParse(text));
export const alternateShape = alternate.shape;

/** Every setting of the gatekeeper service: from text, as all sources give it, to its value. */
export const settingsSchema = z.strictObject({
  host: address().register(about, {
    description: 'address for RAS',
    default: '127.0.0.1',
    allowed: 'an IPv4 or IPv6 address',
    placeholder: 'ADDRESS',
  }),
  advertisedHost: address()
    .refine((value) => !isWildcard(value))
    .optional()
    .register(about, {
      description: 'address that terminals are told for RAS, where it is not the one to listen on (behind NAT)',
      default: undefined,
      allowed: 'an IPv4 or IPv6 address that can be reached',
      placeholder: 'ADDRESS',
    }),
  rasPort: port({ description: 'UDP port for RAS', default: '1719' }),
  signallingPort: port({
    description: 'TCP port for call signalling; not opened yet, since calls are direct',
    default: '1720',
  }),
  httpHost: address().register(about, {
    description: 'address for metrics and health',
    default: '127.0.0.1',
    allowed: 'an IPv4 or IPv6 address',
    placeholder: 'ADDRESS',
  }),
  httpPort: port({ description: 'TCP port for metrics and health', default: '9464' }),
  gatekeeperId: gatekeeperId().register(about, {
    description: 'gatekeeper identifier, which signed requests must name',
    default: 'council-gk-primary',
    allowed: '1 to 128 characters of the basic multilingual plane',
    placeholder: 'ID',
  }),
  registry: path().register(about, {
    description: 'guardian registry (YAML)',
    default: 'config/guardian-registry.yaml',
    allowed: 'a path',
    placeholder: 'FILE',
  }),
  policy: z.enum(['signed', 'open-lab']).register(about, {
    description:
      'who is admitted; open-lab, for measurements, admits anyone and is accepted from the command line alone',
    default: 'signed',
    allowed: 'signed or open-lab',
    placeholder: 'POLICY',
  }),
  dataDir: path().register(about, {
    description: 'folder for keys, logs and working copies',
    default: 'council-data',
    allowed: 'a path',
    placeholder: 'DIR',
  }),
  keyFile: path().optional().register(about, {
    description: "the gatekeeper's private key; without it one is made in the data folder",
    default: undefined,
    allowed: 'a path',
    placeholder: 'FILE',
  }),
  alternates: z.array(alternate).max(16).register(about, {
    description: 'other gatekeepers that terminals are told of',
    default: '',
    allowed: 'HOST:PORT/PRIORITY/GATEKEEPER-ID, several separated by ;',
    placeholder: 'LIST',
  }),
  timeToLiveSeconds: number(1, 86_400, 's', {
    description: 'how long a registration lives without a keep-alive',
    default: '60',
  }),
  freshnessSeconds: number(1, 3600, 's', {
    description: 'how far the time in a signed request may be off',
    default: '60',
  }),
  councilBandwidthBps: rate(64_000, 10_000_000_000, {
    description: 'media of all calls together',
    default: '100000000',
  }),
  minimumGrantBps: rate(100, 100_000_000, {
    description: 'less than this is not worth granting: the request is rejected',
    default: '64000',
  }),
  maxSessions: number(1, 1_000_000, '', { description: 'live sessions of the whole council', default: '25' }),
  irrFrequencySeconds: number(0, 65_535, 's, 0: never', {
    description: 'how often a terminal in a call reports its status',
    default: '0',
  }),
  verifyQueue: number(1, 65_536, '', {
    description: 'requests that may wait for their signature to be verified; more are dropped',
    default: '1024',
  }),
  maxEndpoints: number(1, 1_000_000, '', { description: 'registrations at once', default: '200000' }),
  maxCalls: number(1, 1_000_000, '', { description: 'calls at once, which bounds memory', default: '200000' }),
  role: z.enum(['primary', 'secondary']).register(about, {
    description: 'what this host is meant as; who leads is settled by the store',
    default: 'primary',
    allowed: 'primary or secondary',
    placeholder: 'ROLE',
  }),
  instance: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/)
    .optional()
    .register(about, {
      description: 'name of this gatekeeper among those of its zone; without it `gatekeeper-` and the role',
      default: undefined,
      allowed: '1 to 63 letters, digits, dots and hyphens',
      placeholder: 'NAME',
    }),
  etcdEndpoints: z
    .string()
    .transform((text) => (text === '' ? [] : text.split(';').map((part) => part.trim())))
    .pipe(z.array(endpoint()).max(MAX_ENDPOINTS))
    .register(about, {
      description:
        "etcd members that hold the zone's state, this host's own first; without any the gatekeeper is alone",
      default: '',
      allowed: `http://HOST:PORT or https://HOST:PORT, up to ${MAX_ENDPOINTS} separated by ;`,
      placeholder: 'LIST',
    }),
  floatingAddress: z
    .string()
    .regex(/^(eip:eipalloc-[0-9a-f]{8,17}(@\S+)?|ip:[0-9A-Fa-f.:]+\/\d{1,3}@\S{1,15})$/)
    .optional()
    .register(about, {
      description: 'an address that goes to whoever leads: an Elastic IP, or one of an interface',
      default: undefined,
      allowed: 'eip:ALLOCATION-ID, eip:ALLOCATION-ID@PRIVATE-ADDRESS or ip:ADDRESS/PREFIX@INTERFACE',
      placeholder: 'ADDRESS',
    }),
  etcdCaFile: path().optional().register(about, {
    description: 'certificates that etcd members are checked by (PEM)',
    default: undefined,
    allowed: 'a path',
    placeholder: 'FILE',
  }),
  etcdCertFile: path().optional().register(about, {
    description: "this gatekeeper's certificate for etcd (PEM)",
    default: undefined,
    allowed: 'a path',
    placeholder: 'FILE',
  }),
  etcdKeyFile: path().optional().register(about, {
    description: 'its private key (PEM)',
    default: undefined,
    allowed: 'a path',
    placeholder: 'FILE',
  }),
});
