import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { PkiError } from './errors.ts';
import { parseCertificate } from './inspect.ts';
import { publicKeyDer, readPrivateKey } from './private-key.ts';

const DAY = 86_400_000;
/** How far the clock of a host may be behind that of whoever made its certificate, ms. */
const BACKDATING = 5 * 60_000;
const AUTHORITY_DAYS = 3650;
const CERTIFICATE_DAYS = 730;
/** A certificate that would be over sooner than this is not worth making, ms. */
const SHORTEST = 30 * DAY;

/** What a certificate is signed by: the system's cryptography, and the moment. */
export interface Signing {
  readonly crypto: typeof globalThis.crypto;
  readonly now: Date;
  /** 16 octets that nobody can guess (RFC 5280 allows 20), new for each certificate. */
  readonly serial: Uint8Array;
}

export interface AuthoritySubject {
  /** Common name. */
  readonly name: string;
  /** PEM, P-256. */
  readonly key: string;
  /** IPv4 networks, such as 10.20.0.0/16: its certificates are good for addresses inside alone. */
  readonly networks: readonly string[];
}

/** An authority's certificate and its key, both PEM. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

export interface HostSubject {
  /** Common name; for a server also its DNS name. */
  readonly name: string;
  /** PEM, P-256. */
  readonly key: string;
  /** IPv4 address that others reach it at, and that it calls from. */
  readonly address: string;
  /** Serves as well as calls: a member of etcd does both. */
  readonly isServer: boolean;
}

/**
 * A self-signed certificate for ten years, for an authority that signs certificates of hosts and no other authority.
 * @returns PEM
 * @throws PkiError for a key that is none
 */
export async function makeAuthority(subject: AuthoritySubject, signing: Signing): Promise<string> {
  const key = readPrivateKey(subject.key, "the authority's key");
  const spki = publicKeyDer(key);
  const name = { CN: [subject.name] };
  return generate(
    {
      subject: [name],
      issuer: [name],
      ...times(signing.now, AUTHORITY_DAYS),
      publicKey: spki,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        new SubjectKeyIdentifierExtension(keyIdentifier(spki)),
        nameConstraints(subject.networks),
      ],
    },
    subject.key,
    signing,
  );
}

/**
 * A certificate for a host for two years, less where its authority ends sooner. It names the host's address: etcd lets
 * nobody in who calls from another one.
 * @returns PEM
 * @throws PkiError for keys that are none, for an authority that is not its key's, and for one that is (nearly) over
 */
export async function issueCertificate(authority: Authority, subject: HostSubject, signing: Signing): Promise<string> {
  const issuer = parseCertificate(authority.certificate, "the authority's certificate");
  if (!issuer.checkPrivateKey(readPrivateKey(authority.key, "the authority's key")))
    throw new PkiError("the authority's key is not that of its certificate");
  const end = Date.parse(issuer.validTo);
  if (end - signing.now.getTime() < SHORTEST)
    throw new PkiError(`the authority ends on ${issuer.validTo}: a new one is needed`);
  const spki = publicKeyDer(readPrivateKey(subject.key, `the key of ${subject.name}`));
  const { notBefore, notAfter } = times(signing.now, CERTIFICATE_DAYS);
  const { isServer, address, name } = subject;
  return generate(
    {
      subject: [{ CN: [name] }],
      issuer: [{ CN: [commonName(issuer.subject)] }],
      notBefore,
      notAfter: new Date(Math.min(notAfter.getTime(), end)),
      publicKey: spki,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([
          ...(isServer ? [ExtendedKeyUsage.serverAuth] : []),
          ExtendedKeyUsage.clientAuth,
        ]),
        new SubjectAlternativeNameExtension([
          { type: 'ip', value: address },
          ...(isServer ? [{ type: 'dns', value: name } as const] : []),
        ]),
        new SubjectKeyIdentifierExtension(keyIdentifier(spki)),
        new AuthorityKeyIdentifierExtension(keyIdentifier(issuer.publicKey.export({ type: 'spki', format: 'der' }))),
      ],
    },
    authority.key,
    signing,
  );
}

interface Parameters {
  readonly subject: { CN: string[] }[];
  readonly issuer: { CN: string[] }[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: Uint8Array;
  readonly extensions: Extension[];
}

async function generate(parameters: Parameters, keyPem: string, { crypto, serial }: Signing): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const der = readPrivateKey(keyPem, 'the signing key').export({ type: 'pkcs8', format: 'der' });
  const signingKey = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  const made = await X509CertificateGenerator.create(
    {
      ...parameters,
      serialNumber: Buffer.from(serial).toString('hex'),
      signingKey,
      signingAlgorithm: { ...algorithm, hash: 'SHA-256' },
    },
    crypto,
  );
  return `${made.toString('pem')}\n`;
}

/** Whole seconds, which is all that a certificate holds. */
function times(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  const start = Math.floor((now.getTime() - BACKDATING) / 1000) * 1000;
  return { notBefore: new Date(start), notAfter: new Date(start + days * DAY) };
}

/** RFC 7093 method 1: the leftmost 160 bits of the SHA-256 of the public key, in hex. */
const keyIdentifier = (spki: Uint8Array): string => createHash('sha256').update(spki).digest('hex').slice(0, 40);

function nameConstraints(networks: readonly string[]): Extension {
  const subtrees = networks.map((network) => new GeneralSubtree({ base: new GeneralName({ iPAddress: network }) }));
  const constraints = new NameConstraints({ permittedSubtrees: new GeneralSubtrees(subtrees) });
  return new Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraints));
}

/** Our authorities have a common name and nothing else. */
function commonName(subject: string): string {
  const name = /^CN=([^\n]+)$/.exec(subject)?.[1];
  if (name === undefined) throw new PkiError("the authority's certificate has no common name, or more than that");
  return name;
}
