import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SsmError, SsmParameters } from '../../adapters/ssm-parameters.ts';
import { CURVE, PkiError } from '../../pki/index.ts';
import {
  type Change,
  type Inventory,
  parseManifest,
  SecretsError,
  SecretsInputError,
  type SecretsManifest,
  SecretText,
  type Tools,
} from '../../secrets/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { exitCodeOf as commonExitCodeOf, UsageError } from '../failure.ts';

const LAUNCHER = fileURLToPath(new URL('../../../components/secrets/manifest.mjs', import.meta.url));

/** Options of a command, as commander gives them. */
export type Options = Readonly<Record<string, unknown>>;

/** A stack, and the store that its secrets are in. */
export interface Session {
  readonly manifest: SecretsManifest;
  readonly region: string;
  readonly tools: Tools;
  readonly inventory: Inventory;
  /** Makes changes one after the other and tells each that is made. @throws SsmError at the first that is not */
  apply(changes: readonly Change[], made: (change: Change) => void): Promise<void>;
}

/**
 * Runs a command on a stack's secrets. What stands in its way is told in a sentence.
 * @throws whatever is a mistake in this program
 */
export async function withSession(
  options: Options,
  console: Console,
  run: (session: Session) => Promise<ExitCode>,
): Promise<ExitCode> {
  let ssm: SsmParameters | undefined;
  try {
    const manifest = await manifestFrom(options);
    const region = typeof options['region'] === 'string' ? options['region'] : manifest.region;
    const store = new SsmParameters(region);
    ssm = store;
    const tools: Tools = { crypto: webcrypto, now: new Date(), randomBytes, newKey };
    const inventory = await inventoryOf(manifest, store);
    return await run({ manifest, region, tools, inventory, apply: (changes, made) => apply(store, changes, made) });
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === undefined || !(error instanceof Error)) throw error;
    console.err(`council: ${error.message}\n`);
    return code;
  } finally {
    ssm?.close();
  }
}

function exitCodeOf(error: unknown): ExitCode | undefined {
  if (error instanceof SecretsError || error instanceof PkiError) return EXIT.no;
  if (error instanceof SecretsInputError) return EXIT.usage;
  return error instanceof SsmError ? EXIT.environment : commonExitCodeOf(error);
}

const newKey = (): string =>
  generateKeyPairSync('ec', {
    namedCurve: CURVE,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;

async function manifestFrom(options: Options): Promise<SecretsManifest> {
  const { stack, stackOutputs } = options;
  if (typeof stackOutputs === 'string') {
    const manifest = parseManifest(readInput(stackOutputs), stackOutputs === '-' ? 'stdin' : stackOutputs);
    if (typeof stack === 'string' && stack !== manifest.stack)
      throw new UsageError(`--stack is ${stack}, and ${stackOutputs} is of the stack ${manifest.stack}`);
    return manifest;
  }
  if (typeof stack !== 'string') throw new UsageError('which stack? Give --stack or --stack-outputs');
  if (!existsSync(LAUNCHER))
    throw new UsageError('this installation has no infrastructure program: give --stack-outputs');
  const child = spawn(process.execPath, [LAUNCHER, stack], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const [code]: unknown[] = await once(child, 'close');
  if (code !== 0) throw new UsageError(err.trim() || `the infrastructure program failed for the stack ${stack}`);
  return parseManifest(out, `the infrastructure program, for the stack ${stack}`);
}

/** The text of a file, or of stdin for `-`. */
export const readInput = (file: string): string => readFileSync(file === '-' ? 0 : file, 'utf8');

async function inventoryOf(manifest: SecretsManifest, ssm: SsmParameters): Promise<Inventory> {
  const paths = [manifest.pkiPath, ...Object.values(manifest.hosts).map(({ path }) => path)];
  const found = [];
  for (const path of paths) found.push(...(await ssm.below(path)));
  return new Map(
    found.map(({ name, value, isEncrypted }) => [name, { name, value: new SecretText(value), isEncrypted }]),
  );
}

async function apply(ssm: SsmParameters, changes: readonly Change[], made: (change: Change) => void): Promise<void> {
  for (const change of changes) {
    if (change.kind === 'remove') await ssm.remove(change.name);
    else if (change.kind === 'create') await ssm.create(change.name, change.value.reveal());
    else await ssm.replace(change.name, change.value.reveal());
    made(change);
  }
}
