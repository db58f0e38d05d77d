import { errnoOf, explainErrno } from './errno.ts';

/**
 * Witness lines could not be written. Unless `code` is `BACKLOG_FULL` or the log could not be opened at all, nothing is
 * lost: what is unwritten is kept and written first by the next `append` or `flush`.
 */
export class WitnessWriteError extends Error {
  /** The system's code, such as `ENOSPC`, or `BACKLOG_FULL`. */
  readonly code: string;
  readonly path: string;

  constructor(doing: string, path: string, cause: unknown) {
    super(`${path}: ${doing}: ${explainErrno(cause)}`, { cause });
    this.name = 'WitnessWriteError';
    this.code = errnoOf(cause) ?? 'EIO';
    this.path = path;
  }
}
