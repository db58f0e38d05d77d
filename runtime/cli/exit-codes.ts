/** What the commands end with; listed in the help text and the README. */
export const EXIT = {
  /** Done, or the answer is yes. */
  ok: 0,
  /** It ran, and the answer is no: not everybody was admitted, the registry is not valid. */
  no: 1,
  /** The command line or the settings are wrong; nothing was started. */
  usage: 2,
  /** The machine does not let it: a port in use, a folder that cannot be written. */
  environment: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
