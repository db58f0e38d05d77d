/** What the service around the gatekeeper counts: plain numbers, read at scrape time. */
export interface ServiceStatistics {
  datagramsReceived: number;
  datagramsSent: number;
  /** Datagrams that the system did not take. */
  sendErrors: number;
  witnessLines: number;
  /** Failed attempts to write; the lines are kept (see `WitnessWriteError`). */
  witnessErrors: number;
  /** Octets of witness lines that wait for the disk, now. */
  witnessUnwritten: number;
  signaturesValid: number;
  signaturesInvalid: number;
  /** Signatures being verified, now. */
  verifyPending: number;
  registryReloads: number;
  /** Reloads refused because the new registry was broken. */
  registryReloadErrors: number;
}

export const newServiceStatistics = (): ServiceStatistics => ({
  datagramsReceived: 0,
  datagramsSent: 0,
  sendErrors: 0,
  witnessLines: 0,
  witnessErrors: 0,
  witnessUnwritten: 0,
  signaturesValid: 0,
  signaturesInvalid: 0,
  verifyPending: 0,
  registryReloads: 0,
  registryReloadErrors: 0,
});
