import {
  afterChanges,
  type Change,
  gatekeeperPublicKey,
  gatekeeperPublicKeys,
  KEY_STEPS,
  replaceGatekeeperKey,
  replaceGiven,
  rotateAuthority,
  rotateCertificates,
  rotateGatekeeperKeyBy,
  rotateGrafana,
  rotateJitsi,
  STEPS,
} from '../../secrets/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { carryOut } from './carry-out.ts';
import { givenValues, onlyOf } from './given-values.ts';
import { type Options, type Session, withSession } from './session.ts';

const READ = 'systemctl restart council-secrets';
const VOTERS = `Then, one host after the other, gatekeeper-secondary, gatekeeper-primary, monitoring:
  ${READ} && systemctl restart council-etcd
and go on to the next once \`council ha status\` says that etcd is healthy. Then the gatekeepers, the one that stands by first:
  systemctl restart h323-gatekeeper-secondary
  council ha switchover --to gatekeeper-secondary --config /etc/guardian-council/gatekeeper.yaml
  systemctl restart h323-gatekeeper-primary
`;

/** What is rotated, and what hosts have to do about it. */
interface Rotation {
  readonly change: (session: Session, options: Options) => Promise<readonly Change[]> | readonly Change[];
  /** @param publicKeys what terminals need afterwards; none where nothing was changed, or is made */
  readonly afterwards: (options: Options, publicKeys: readonly string[]) => string;
}

const fixed = (text: string) => (): string => text;

const ROTATIONS: Readonly<Record<string, Rotation>> = {
  'etcd-ca': {
    change: ({ manifest, inventory, tools }, options) => {
      const step = STEPS.find((one) => one === options['step']);
      if (step === undefined) throw new UsageError(`etcd-ca: give --step, one of ${STEPS.join(', ')}, in this order`);
      return rotateAuthority(manifest, inventory, step, tools);
    },
    afterwards: ({ step }) => `${VOTERS}${step === 'retire' ? '' : `Only after that: --step ${nextOf(step)}\n`}`,
  },
  'etcd-certificates': {
    change: ({ manifest, inventory, tools }, { host }) =>
      rotateCertificates(manifest, inventory, typeof host === 'string' ? host : undefined, tools),
    afterwards: fixed(VOTERS),
  },
  'gatekeeper-key': {
    change: ({ manifest, inventory, tools }, options) => {
      const isUrgent = options['interruptAdmission'] === true;
      const step = KEY_STEPS.find((one) => one === options['step']);
      if (isUrgent && options['step'] === undefined) return replaceGatekeeperKey(manifest, inventory, tools);
      if (isUrgent || step === undefined)
        throw new UsageError(
          `gatekeeper-key: give --step, one of ${KEY_STEPS.join(', ')}, in this order; or, for a key that has leaked, --interrupt-admission, which stops all admission until every terminal has been told the new key`,
        );
      return rotateGatekeeperKeyBy(step, manifest, inventory, tools);
    },
    afterwards: ({ step }, publicKeys) => keyAfterwards(step, publicKeys),
  },
  jitsi: {
    change: ({ manifest, inventory, tools }) => rotateJitsi(manifest, inventory, tools),
    afterwards: fixed(`On the MCU, between meetings:\n  ${READ} && systemctl restart h323-mcu\n`),
  },
  grafana: {
    change: ({ manifest, inventory, tools }) => rotateGrafana(manifest, inventory, tools),
    afterwards: fixed(`On the monitoring host:
  ${READ} && systemctl restart council-monitoring
Grafana takes the administrator's password from its file at its very first start alone. To set it:
  docker compose --file /etc/guardian-council/monitoring.yaml exec -T grafana sh -c 'grafana cli admin reset-admin-password --password-from-stdin < /run/secrets/admin-password'
`),
  },
  alertmanager: {
    change: ({ manifest, inventory }, options) =>
      replaceGiven(manifest, inventory, onlyOf('alertmanager', givenValues(options, manifest))),
    afterwards: fixed(`On the monitoring host (Alertmanager reads the files at each alert):\n  ${READ}\n`),
  },
  'jitsi-certificate': {
    change: ({ manifest, inventory }, options) =>
      replaceGiven(manifest, inventory, onlyOf('jitsi', givenValues(options, manifest))),
    afterwards: fixed(`On the MCU, between meetings:\n  ${READ} && systemctl restart h323-mcu\n`),
  },
};

/** What is to be done after a step with the gatekeepers' key, or after a new one at once. */
function keyAfterwards(step: unknown, publicKeys: readonly string[]): string {
  const keys = publicKeys.map((key) => `  ${key}\n`).join('');
  switch (step) {
    case 'announce':
      return `Every terminal has to know both public keys, one a line in the file of its --gatekeeper-key:
${keys}The gatekeepers go on as they are. Only when the last terminal was started with that file: --step issue
`;
    case 'issue':
      return `Then the gatekeepers, the one that stands by first; meanwhile they may sign with different keys:
  ${READ} && systemctl restart h323-gatekeeper-secondary
  council ha switchover --to gatekeeper-secondary --config /etc/guardian-council/gatekeeper.yaml
  ${READ} && systemctl restart h323-gatekeeper-primary
Only when both say that they sign with ${publicKeys.at(-1) ?? 'the next key'}: --step retire
  curl -s http://gatekeeper-primary:9464/healthz http://gatekeeper-secondary:9464/healthz
`;
    case 'retire':
      return `Take the old public key out of the file of every terminal; this one stays:
${keys}On both gatekeepers, which keep the public keys for a canary:
  ${READ}
`;
    default:
      return `Both gatekeepers at once, since they are one zone:
  ${READ} && systemctl restart 'h323-gatekeeper-*'
Then every terminal has to be given the new public key alone, and to forget all others:
${keys}`;
  }
}

const nextOf = (step: unknown): string => (step === 'trust' ? 'issue' : 'retire');

/** `council secrets rotate WHAT` */
export async function secretsRotate(what: string, options: Options, console: Console): Promise<ExitCode> {
  const rotation = Object.hasOwn(ROTATIONS, what) ? ROTATIONS[what] : undefined;
  if (rotation === undefined) {
    console.err(`council: ${what} cannot be rotated; one of ${Object.keys(ROTATIONS).join(', ')}\n`);
    return EXIT.usage;
  }
  return withSession(options, console, async (session) => {
    const changes = await rotation.change(session, options);
    const { manifest, inventory } = session;
    const after = options['dryRun'] === true ? [] : gatekeeperPublicKeys(manifest, afterChanges(inventory, changes));
    const afterwards = rotation.afterwards(options, after);
    await carryOut(session, changes, options, console, {
      afterwards,
      ...(what === 'gatekeeper-key'
        ? { formerPublicKey: gatekeeperPublicKey(manifest, inventory), publicKeys: after }
        : {}),
    });
    if (options['json'] !== true && options['dryRun'] !== true && changes.length > 0) console.out(`\n${afterwards}`);
    return EXIT.ok;
  });
}
