import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadOrCreateKeyPair } from '../adapters/key-files.ts';
import { keyFileName } from '../config/index.ts';
import type { Console } from './console.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { UsageError } from './failure.ts';

/** `council keygen TERMINAL_ID`: a key pair for a terminal or a gatekeeper. The private half never leaves its file. */
export function keygen(
  id: string,
  options: { readonly out: string; readonly json?: boolean },
  console: Console,
): ExitCode {
  if (id.length === 0 || id.length > 128 || !/^[\x21-\x7e]+$/.test(id))
    throw new UsageError(`'${id}' cannot name a terminal: 1 to 128 printable ASCII characters, no spaces`);
  const name = keyFileName(id);
  const [privateFile, publicFile] = [join(options.out, `${name}.key`), join(options.out, `${name}.pub`)];
  for (const file of [privateFile, publicFile])
    if (existsSync(file))
      throw new UsageError(`${file} exists; a key is never overwritten. Move it away to make a new one.`);
  const { publicKey } = loadOrCreateKeyPair(options.out, name, randomBytes);
  const hex = Buffer.from(publicKey).toString('hex');
  if (options.json === true)
    console.out(
      `${JSON.stringify({ id, publicKeyHex: hex, privateKeyFile: privateFile, publicKeyFile: publicFile })}\n`,
    );
  else
    console.out(
      `private key: ${privateFile} (mode 0600; keep it on the terminal)\npublic key:  ${publicFile}\n\nFor the guardian registry:\n    public_key_hex: "${hex}"\n`,
    );
  return EXIT.ok;
}
