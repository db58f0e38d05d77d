import { isIP } from 'node:net';
import type { Command } from 'commander';
import { readKeyFile, readPublicKeys } from '../adapters/key-files.ts';
import { keyPairFromSeed } from '../config/index.ts';
import { GuardianError, type GuardianEvent } from '../guardian/index.ts';
import { GuardianRefusedError, startGuardian } from '../service/index.ts';
import { bitsPerSecond, oneWayRate, unitsForOneWayRate } from '../units.ts';
import { type Console, paint } from './console.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { UsageError } from './failure.ts';
import { untilStopped } from './signals.ts';

export function addGuardianOptions(command: Command): Command {
  return command
    .requiredOption('--terminal-id <id>', 'its name in the registry, such as if://guardian/technical')
    .requiredOption(
      '--gatekeeper <address:port...>',
      'RAS addresses of the gatekeepers of one zone, such as 127.0.0.1:1719; the first is asked first',
    )
    .option('--gatekeeper-id <id>', 'the gatekeeper identifier', 'council-gk-primary')
    .option(
      '--gatekeeper-key <file>',
      "file with the gatekeeper's public key (.pub), or with two, one a line, while it is replaced; on its own host its private one (.key) will do",
    )
    .option('--key <file>', "file with the terminal's private key (.key)")
    .option('--unsigned', 'sign nothing and check nothing: for the lab policy only')
    .option('--host <address>', 'where the terminal listens', '127.0.0.1')
    .option('--call <alias>', 'whom to call (a url-ID)', 'if://council/mcu')
    .option('--bandwidth <bps>', 'media to ask for, one way, in bit/s', '2000000')
    .option('--once', 'leave after the first admission or refusal; exit 0 only if admitted');
}

interface GuardianCliOptions {
  readonly terminalId: string;
  readonly gatekeeper: readonly string[];
  readonly gatekeeperId: string;
  readonly gatekeeperKey?: string;
  readonly key?: string;
  readonly unsigned?: boolean;
  readonly host: string;
  readonly call: string;
  readonly bandwidth: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** `council guardian`: one terminal that registers, asks for a call and stays until it is stopped. */
export async function guardian(options: GuardianCliOptions, console: Console): Promise<ExitCode> {
  const { terminalId, gatekeeperId, host, unsigned = false, json = false, once = false } = options;
  const addresses = options.gatekeeper.map(addressOf);
  if (!/^\d{1,9}$/.test(options.bandwidth) || Number(options.bandwidth) < 1000)
    throw new UsageError(`--bandwidth ${options.bandwidth}: bit/s, 1000 to 999999999`);
  const publicKeys = unsigned ? [] : publicKeysFrom(options.gatekeeperKey);
  const seed = unsigned ? undefined : privateKeyFrom('--key', options.key);
  const tell = (event: GuardianEvent): void => {
    // A flood must not fill the screen: the first, second, fourth, eighth, … of a kind are told.
    if (event.kind === 'refusedDatagram' && !Number.isInteger(Math.log2(event.count))) return;
    // The identifier is a secret between the terminal and its gatekeeper.
    if (json) console.out(`${JSON.stringify({ ...event, endpointIdentifier: undefined })}\n`);
    else console.out(`${paint(console, 'dim', new Date().toISOString())} ${describe(event)}\n`);
  };
  const stopped = untilStopped();
  const handle = await startGuardian({
    terminalId,
    host,
    unsigned,
    gatekeepers: addresses.map((ras) => ({ ras, gatekeeperId, publicKeys })),
    onEvent: tell,
    ...(seed !== undefined && { seed }),
  }).catch((error: unknown) => {
    throw error instanceof GuardianError ? new UsageError(error.message) : error;
  });
  let code: ExitCode = EXIT.ok;
  try {
    const admission = handle.registered.then(() =>
      handle.admit({
        destination: { kind: 'url-ID', value: options.call },
        bandwidth: unitsForOneWayRate(bitsPerSecond(Number(options.bandwidth))),
      }),
    );
    admission.catch(() => {});
    await Promise.race([admission, stopped]);
    if (!once) await stopped;
  } catch (error) {
    if (!(error instanceof GuardianRefusedError)) throw error;
    console.err(`${paint(console, 'red', 'refused')}: ${error.message}\n`);
    code = EXIT.no;
  } finally {
    await handle.stop();
  }
  return code;
}

function addressOf(text: string): { readonly address: string; readonly port: number } {
  const [, address = '', port = ''] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (isIP(address) === 0 || Number(port) < 1 || Number(port) > 65_535)
    throw new UsageError(`--gatekeeper ${text}: an IP address and a port, such as 127.0.0.1:1719`);
  return { address, port: Number(port) };
}

/** What `read` finds in the file of an option. @throws UsageError where there is none */
function contentOf<T>(option: string, file: string | undefined, read: (file: string) => T | undefined): T {
  if (file === undefined) throw new UsageError(`${option} is needed, unless --unsigned is given`);
  const content = read(file);
  if (content === undefined) throw new UsageError(`${option} ${file}: there is no such file`);
  return content;
}

const privateKeyFrom = (option: string, file: string | undefined): Uint8Array =>
  contentOf(option, file, (path) => readKeyFile(path, true));

function publicKeysFrom(file: string | undefined): readonly Uint8Array[] {
  const option = '--gatekeeper-key';
  if (file?.endsWith('.key') === true) return [keyPairFromSeed(privateKeyFrom(option, file)).publicKey];
  return contentOf(option, file, readPublicKeys);
}

function describe(event: GuardianEvent): string {
  switch (event.kind) {
    case 'registered':
      return `registered at ${event.gatekeeperId} in ${event.roundTrip.toFixed(1)} ms`;
    case 'admitted':
      return `admitted in ${event.roundTrip.toFixed(1)} ms: ${oneWayRate(event.granted) / 1000} kbit/s one way`;
    case 'admissionRefused':
    case 'registrationRefused':
    case 'registrationFailed':
    case 'forcedDrop':
      return [event.kind, event.reason, event.policy, event.hint].filter((part) => part !== undefined).join(' ');
    default:
      return event.kind;
  }
}
