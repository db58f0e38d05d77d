/** Values that no boot data may be made of. Names every one of them, by its key. */
export class BootValuesError extends Error {
  override readonly name = 'BootValuesError';
  readonly code = 'BOOT_VALUES_INVALID';
  /** One sentence each. */
  readonly problems: readonly string[];

  constructor(host: string, problems: readonly string[]) {
    super(`boot data of ${host}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** EC2 would refuse the user data. */
export class UserDataSizeError extends Error {
  override readonly name = 'UserDataSizeError';
  readonly code = 'USER_DATA_TOO_LARGE';
  /** Octets. */
  readonly size: number;

  constructor(host: string, size: number, largest: number) {
    super(`the user data of ${host} has ${size} octets, compressed; EC2 takes ${largest} at most`);
    this.size = size;
  }
}
