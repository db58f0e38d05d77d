import { decodeKey, encodeKey, SEED_LENGTH } from '../config/index.ts';
import type { Tools } from './authority.ts';
import { SecretsError } from './errors.ts';

/** 192 bits in 32 letters, digits, `-` and `_`, which need no quoting anywhere. */
export const newPassword = ({ randomBytes }: Pick<Tools, 'randomBytes'>): string =>
  Buffer.from(randomBytes(24)).toString('base64url');

/** A key file of the gatekeeper's, as `runtime/config` reads it. */
export const newGatekeeperKey = ({ randomBytes }: Pick<Tools, 'randomBytes'>): string =>
  encodeKey(randomBytes(SEED_LENGTH));

export const isGatekeeperKey = (text: string): boolean => decodeKey(text) !== undefined;

/** By which the parts of Jitsi know each other; the names are the images' own. */
const JITSI = ['JICOFO_AUTH_PASSWORD', 'JVB_AUTH_PASSWORD'] as const;

/** An environment file of Docker's. */
export const newJitsiEnvironment = (tools: Pick<Tools, 'randomBytes'>): string =>
  JITSI.map((name) => `${name}=${newPassword(tools)}\n`).join('');

export const isJitsiEnvironment = (text: string): boolean =>
  JITSI.every((name) => new RegExp(`^${name}=\\S{16,}$`, 'm').test(text));

/** What Grafana's renderer is told of the token that Grafana shows. */
export const rendererEnvironment = (token: string): string => `AUTH_TOKEN=${token}\n`;

/** @throws SecretsError where the text is no environment file of the renderer's */
export function rendererToken(environment: string, name: string): string {
  const token = /^AUTH_TOKEN=(\S{16,})\n?$/.exec(environment)?.[1];
  if (token === undefined) throw new SecretsError(`${name} is not AUTH_TOKEN=… and nothing else`);
  return token;
}
