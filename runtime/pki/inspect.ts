import { X509Certificate } from 'node:crypto';
import { PkiError } from './errors.ts';

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** More than a rotation ever needs; what has more is not of our making. */
const MOST_IN_BUNDLE = 8;
/** OIDs of extended key usages (RFC 5280 section 4.2.1.12). */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/**
 * The certificates of a PEM text, in their order.
 * @param what names the text in the error
 * @throws PkiError for a text that has none, anything besides, or more than eight
 */
export function parseBundle(pem: string, what: string): readonly X509Certificate[] {
  const blocks = pem.match(PEM) ?? [];
  const rest = pem.replace(PEM, '').trim();
  if (blocks.length === 0 || rest !== '' || blocks.length > MOST_IN_BUNDLE)
    throw new PkiError(`${what} must hold one to ${MOST_IN_BUNDLE} certificates in PEM and nothing else`);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    throw new PkiError(`${what} holds a certificate that cannot be read`);
  }
}

/** @throws PkiError for anything but one certificate */
export function parseCertificate(pem: string, what: string): X509Certificate {
  const [first, ...more] = parseBundle(pem, what);
  if (first === undefined || more.length > 0) throw new PkiError(`${what} holds more than one certificate`);
  return first;
}

/** Was it signed by that authority, key and name? */
export const isIssuedBy = (certificate: X509Certificate, authority: X509Certificate): boolean =>
  authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);

/** What a host's certificate must be. */
export interface Expected {
  readonly address: string;
  /** Must serve under this name as well as call; without it, it must be for calling alone. */
  readonly serverName: string | undefined;
  readonly now: Date;
}

/** What is wrong with a certificate in itself, a phrase each; who signed it is another question. */
export function certificateProblems(certificate: X509Certificate, expected: Expected): string[] {
  const { address, serverName, now } = expected;
  const usages: readonly string[] = certificate.keyUsage ?? [];
  const wanted = serverName === undefined ? [CLIENT_AUTH] : [SERVER_AUTH, CLIENT_AUTH];
  const problems = validityProblems(certificate, now);
  if (certificate.checkIP(address) === undefined) problems.push(`it is not for the address ${address}`);
  if (serverName !== undefined && certificate.checkHost(serverName) === undefined)
    problems.push(`it is not for the name ${serverName}`);
  if (wanted.some((usage) => !usages.includes(usage)) || usages.length !== wanted.length)
    problems.push(`it is not for ${serverName === undefined ? 'clients alone' : 'servers and clients'}`);
  if (certificate.ca) problems.push('it is the certificate of an authority');
  return problems;
}

/** What is wrong with its time. */
export function validityProblems(certificate: X509Certificate, now: Date): string[] {
  if (now.getTime() >= Date.parse(certificate.validTo)) return [`it ended on ${dayOf(certificate.validTo)}`];
  if (now.getTime() < Date.parse(certificate.validFrom))
    return [`it is not valid before ${new Date(certificate.validFrom).toISOString()}`];
  return [];
}

/** `2028-11-20`, of a time as certificates tell it. */
export const dayOf = (time: string): string => new Date(time).toISOString().slice(0, 10);
