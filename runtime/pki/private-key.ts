import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { PkiError } from './errors.ts';

/** What keys of this PKI are: elliptic curve P-256 (FIPS 186-5), which etcd, Node.js and OpenSSL all take. */
export const CURVE = 'prime256v1';

/**
 * The private key in a PEM text (PKCS#8).
 * @param what names the key in the error, which holds nothing of its text
 * @throws PkiError for anything but one P-256 private key
 */
export function readPrivateKey(pem: string, what: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The cause is left out: OpenSSL may quote what it could not read.
    throw new PkiError(`${what} holds no private key in PEM`);
  }
  if (key.asymmetricKeyDetails?.namedCurve !== CURVE)
    throw new PkiError(`${what} holds a private key that is not of the curve P-256`);
  return key;
}

/** SubjectPublicKeyInfo (DER) of a private key's public half. */
export const publicKeyDer = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });
