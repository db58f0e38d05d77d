import {
  type Change,
  replaceGiven,
  rotateAuthority,
  rotateCertificates,
  rotateGatekeeperKey,
  rotateGrafana,
  rotateJitsi,
  SecretsError,
  STEPS,
} from '../../secrets/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { carryOut, gatekeeperPublicKey } from './carry-out.ts';
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
  readonly afterwards: (options: Options) => string;
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
      if (options['interruptAdmission'] !== true)
        throw new SecretsError(
          'terminals know one key of their gatekeeper, and take no answer signed by another one: a new key stops all admission until every terminal has been told it. For a key that has leaked: --interrupt-admission (docs/operations/secrets.md)',
        );
      return rotateGatekeeperKey(manifest, inventory, tools);
    },
    afterwards: fixed(`Both gatekeepers at once, since they are one zone:
  ${READ} && systemctl restart 'h323-gatekeeper-*'
Then every terminal has to be given the new public key, which \`council secrets check\` prints.
`),
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
    const afterwards = rotation.afterwards(options);
    await carryOut(session, changes, options, console, {
      afterwards,
      ...(what === 'gatekeeper-key' ? { formerPublicKey: gatekeeperPublicKey(manifest, inventory) } : {}),
    });
    if (options['json'] !== true && options['dryRun'] !== true && changes.length > 0) console.out(`\n${afterwards}`);
    return EXIT.ok;
  });
}
