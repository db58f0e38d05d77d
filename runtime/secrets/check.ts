import type { X509Certificate } from 'node:crypto';
import {
  certificateProblems,
  dayOf,
  isIssuedBy,
  parseBundle,
  parseCertificate,
  readPrivateKey,
  validityProblems,
} from '../pki/index.ts';
import { authorityNames, BUNDLES, certificateName, PAIRS } from './authority.ts';
import type { Inventory } from './draft.ts';
import { GATEKEEPER_KEY, nextKeyName, publishedKeys } from './gatekeeper-key.ts';
import { checkGiven } from './given.ts';
import { hostsOf } from './init.ts';
import type { SecretsManifest } from './manifest.ts';
import { isGatekeeperKey, isJitsiEnvironment, rendererToken } from './passwords.ts';

/** How one parameter is. Only `ok`, `absent` and `unused` are right. */
export interface Finding {
  /** The whole SSM path. */
  readonly name: string;
  /** `absent`: not there and not needed; `unused`: there, and read by nobody. */
  readonly state: 'ok' | 'absent' | 'unused' | 'missing' | 'wrong' | 'expiring';
  /** What is wrong, a phrase each. */
  readonly problems: readonly string[];
  /** Last day of a certificate, or the first of several to end: `2028-11-20`. */
  readonly until?: string;
}

export interface CheckOptions {
  readonly now: Date;
  /** Certificates that end sooner than this are `expiring`; milliseconds. */
  readonly ahead: number;
}

export const isFine = ({ state }: Finding): boolean => state === 'ok' || state === 'absent' || state === 'unused';

/** Everything that is in the store, or should be, in the order of the manifest. */
export function checkSecrets(manifest: SecretsManifest, inventory: Inventory, options: CheckOptions): Finding[] {
  const checks = new Checks(manifest, inventory, options);
  const found: Finding[] = [];
  const authority = authorityNames(manifest, 'ca');
  const next = authorityNames(manifest, 'next-ca');
  found.push(...checks.authority(authority, true));
  if (inventory.has(next.certificate) || inventory.has(next.key)) found.push(...checks.authority(next, false));
  for (const { role, secrets, name } of hostsOf(manifest)) {
    for (const file of secrets.made) found.push(checks.made(role, file));
    for (const file of secrets.given) found.push(checks.given(name(file), file, true));
    for (const file of secrets.optional) found.push(checks.given(name(file), file, false));
  }
  found.push(...checks.rotation());
  const known = new Set(found.map(({ name }) => name));
  for (const name of inventory.keys()) if (!known.has(name)) found.push({ name, state: 'unused', problems: [] });
  return found;
}

class Checks {
  readonly #manifest: SecretsManifest;
  readonly #inventory: Inventory;
  readonly #options: CheckOptions;

  constructor(manifest: SecretsManifest, inventory: Inventory, options: CheckOptions) {
    this.#manifest = manifest;
    this.#inventory = inventory;
    this.#options = options;
  }

  authority(names: { readonly key: string; readonly certificate: string }, isNeeded: boolean): Finding[] {
    const certificate = this.#finding(names.certificate, isNeeded, (text, problems) => {
      const found = parseCertificate(text, 'it');
      if (!found.ca || !isIssuedBy(found, found)) problems.push('it is no authority that signed itself');
      return [found];
    });
    const key = this.#finding(names.key, isNeeded, (text, problems) =>
      this.#checkKey(text, this.#read(names.certificate), problems),
    );
    return [certificate, key];
  }

  made(role: string, file: string): Finding {
    const host = hostsOf(this.#manifest).find((one) => one.role === role);
    if (host === undefined) throw new RangeError(`the manifest has no host ${role}`);
    const { name, secrets } = host;
    return this.#finding(name(file), true, (text, problems) => {
      const pair = PAIRS.find(({ certificate, key }) => certificate === file || key === file);
      if (pair?.key === file) return this.#checkKey(text, this.#read(name(pair.certificate)), problems);
      if (pair !== undefined) {
        const certificate = parseCertificate(text, 'it');
        const serverName = pair.isServer ? certificateName(role, pair) : undefined;
        const { now } = this.#options;
        problems.push(...certificateProblems(certificate, { address: secrets.address, serverName, now }));
        // Every host must trust every other: which bundle is read where is all one.
        for (const bundle of this.#bundles())
          if (!bundle.authorities.some((authority) => isIssuedBy(certificate, authority)))
            problems.push(`no authority in ${bundle.name} has signed it`);
        return [certificate];
      }
      if (BUNDLES.includes(file)) return this.#checkBundle(text, problems);
      this.#checkText(file, text, name, problems);
      return [];
    });
  }

  /** The next key of the gatekeepers, and the public keys that terminals are to know, where there are any. */
  rotation(): Finding[] {
    const next = nextKeyName(this.#manifest);
    const published = publishedKeys(this.#manifest, this.#inventory).map(({ name, problemsOf }) =>
      this.#finding(name, true, (text, problems) => {
        problems.push(...problemsOf(text));
        return [];
      }),
    );
    if (!this.#inventory.has(next)) return published;
    const key = this.#finding(next, true, (text, problems) => {
      if (!isGatekeeperKey(text)) problems.push('it is not 64 hex digits');
      return [];
    });
    return [key, ...published];
  }

  given(name: string, file: string, isNeeded: boolean): Finding {
    return this.#finding(name, isNeeded, (text) => {
      checkGiven(file, text);
      return [];
    });
  }

  /** Runs a check, which adds problems and gives the certificates whose end counts. */
  #finding(
    name: string,
    isNeeded: boolean,
    check: (text: string, problems: string[]) => readonly X509Certificate[],
  ): Finding {
    const stored = this.#inventory.get(name);
    if (stored === undefined) return { name, state: isNeeded ? 'missing' : 'absent', problems: [] };
    const problems = stored.isEncrypted ? [] : ['it is not encrypted: its type is not SecureString'];
    let certificates: readonly X509Certificate[] = [];
    try {
      certificates = check(stored.value.reveal(), problems);
    } catch (error) {
      // Errors of this project hold no value.
      if (
        !(error instanceof Error && 'code' in error && ['PKI', 'SECRETS', 'SECRETS_INPUT'].includes(String(error.code)))
      )
        throw error;
      problems.push(error.message);
    }
    const ends = certificates.map(({ validTo }) => Date.parse(validTo));
    const [end] = ends.toSorted((a, b) => a - b);
    const until = end === undefined ? {} : { until: dayOf(new Date(end).toISOString()) };
    if (problems.length > 0) return { name, state: 'wrong', problems, ...until };
    const isExpiring = end !== undefined && end - this.#options.now.getTime() < this.#options.ahead;
    return { name, state: isExpiring ? 'expiring' : 'ok', problems: [], ...until };
  }

  #checkKey(text: string, certificateText: string | undefined, problems: string[]): readonly X509Certificate[] {
    const key = readPrivateKey(text, 'it');
    if (certificateText === undefined) return [];
    try {
      if (!parseCertificate(certificateText, 'the certificate').checkPrivateKey(key))
        problems.push('it is not the key of its certificate');
    } catch {
      // The certificate has a finding of its own.
    }
    return [];
  }

  #checkBundle(text: string, problems: string[]): readonly X509Certificate[] {
    const bundle = parseBundle(text, 'it');
    for (const certificate of bundle) problems.push(...validityProblems(certificate, this.#options.now));
    for (const which of ['ca', 'next-ca'] as const) {
      const name = authorityNames(this.#manifest, which).certificate;
      const wanted = this.#authorityOf(name);
      if (wanted !== undefined && !bundle.some(({ raw }) => raw.equals(wanted.raw)))
        problems.push(`it lacks the certificate in ${name}`);
    }
    return bundle;
  }

  #checkText(file: string, text: string, name: (file: string) => string, problems: string[]): void {
    switch (file) {
      case GATEKEEPER_KEY: {
        if (!isGatekeeperKey(text)) problems.push('it is not 64 hex digits');
        const others = hostsOf(this.#manifest).flatMap(({ secrets, name: of }) =>
          secrets.made.includes(file) ? (this.#read(of(file)) ?? []) : [],
        );
        if (others.some((other) => other.trim().toLowerCase() !== text.trim().toLowerCase()))
          problems.push('the gatekeepers have different keys, though they are one zone');
        return;
      }
      case 'root/jitsi.env':
        if (!isJitsiEnvironment(text)) problems.push('it lacks a password of the parts of Jitsi');
        return;
      case 'root/renderer.env': {
        const token = this.#read(name('grafana/renderer-token'));
        if (token !== undefined && rendererToken(text, 'it') !== token.trim())
          problems.push("its token is not Grafana's");
        return;
      }
      default:
        if (text.trim().length < 16) problems.push('it is shorter than 16 characters');
    }
  }

  /** Bundles that can be read; the others have findings of their own. */
  #bundles(): readonly { readonly name: string; readonly authorities: readonly X509Certificate[] }[] {
    return hostsOf(this.#manifest).flatMap(({ secrets, name }) =>
      BUNDLES.filter((file) => secrets.made.includes(file)).flatMap((file) => {
        const text = this.#read(name(file));
        try {
          return text === undefined ? [] : [{ name: name(file), authorities: parseBundle(text, 'it') }];
        } catch {
          return [];
        }
      }),
    );
  }

  #authorityOf(name: string): X509Certificate | undefined {
    const text = this.#read(name);
    try {
      return text === undefined ? undefined : parseCertificate(text, 'it');
    } catch {
      return undefined;
    }
  }

  #read(name: string): string | undefined {
    return this.#inventory.get(name)?.value.reveal();
  }
}
