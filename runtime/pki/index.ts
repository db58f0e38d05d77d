export {
  type Authority,
  type AuthoritySubject,
  type HostSubject,
  issueCertificate,
  makeAuthority,
  type Signing,
} from './certificate.ts';
export { PkiError } from './errors.ts';
export {
  certificateProblems,
  dayOf,
  type Expected,
  isIssuedBy,
  parseBundle,
  parseCertificate,
  validityProblems,
} from './inspect.ts';
export { CURVE, readPrivateKey } from './private-key.ts';
