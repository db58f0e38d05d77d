/** Why octets were refused. */
export type PerDecodeCode =
  /** The octets end before the value does. */
  | 'PER_TRUNCATED'
  /** A value outside its constraint, or an encoding that X.691 does not allow. */
  | 'PER_INVALID'
  /** Octets are left over behind the value. */
  | 'PER_TRAILING'
  /** Deeper, longer or more numerous than the codec's limits. */
  | 'PER_LIMIT';

/** The octets are no value of the type. Safe to show: it holds no contents of the message. */
export class PerDecodeError extends Error {
  override readonly name = 'PerDecodeError';
  readonly code: PerDecodeCode;
  readonly detail: string;
  /** Bit position at which decoding stopped, from 0. */
  readonly bitOffset: number;
  /** Where in the value, for example `RasMessage.registrationRequest.terminalAlias[0]`. */
  path = '';

  constructor(code: PerDecodeCode, detail: string, bitOffset: number) {
    super(detail);
    this.code = code;
    this.detail = detail;
    this.bitOffset = bitOffset;
  }

  /** Names the component that the error happened in; called from the inside out. */
  within(segment: string): this {
    this.path = join(segment, this.path);
    this.message = `${this.path}: ${this.detail} (bit ${this.bitOffset})`;
    return this;
  }
}

/** The value does not fit the type; a mistake of the caller, never of a peer. */
export class PerEncodeError extends Error {
  override readonly name = 'PerEncodeError';
  readonly code = 'PER_UNENCODABLE';
  readonly detail: string;
  path = '';

  constructor(detail: string) {
    super(detail);
    this.detail = detail;
  }

  within(segment: string): this {
    this.path = join(segment, this.path);
    this.message = `${this.path}: ${this.detail}`;
    return this;
  }
}

function join(segment: string, path: string): string {
  return path === '' || path.startsWith('[') ? segment + path : `${segment}.${path}`;
}
