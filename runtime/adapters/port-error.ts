import { errnoOf, explainErrno } from './errno.ts';

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'another program listens there, maybe another gatekeeper; stop it or choose another port (0: any free one)',
  EACCES: 'ports below 1024 need a privilege; choose a higher port, or give the service CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'choose an address of this machine',
};

/** A service cannot listen where it was told to; nothing of it has started. */
export class PortInUseError extends Error {
  /** The system's code: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, … */
  readonly code: string;
  readonly host: string;
  readonly port: number;
  /** What to do about it. */
  readonly hint: string;

  /** `service` names the port for people, such as `metrics (TCP)`. */
  constructor(service: string, host: string, port: number, cause: unknown) {
    const code = errnoOf(cause) ?? 'EIO';
    const hint = HINTS[code] ?? 'check the address and the port';
    super(`cannot listen on ${host} port ${port} for ${service}: ${explainErrno(cause)}; ${hint}`, { cause });
    this.name = 'PortInUseError';
    this.code = code;
    this.host = host;
    this.port = port;
    this.hint = hint;
  }
}
