import { join } from 'node:path';
import { type EpochMilliseconds, epochMilliseconds } from '../units.ts';
import { WitnessWriteError } from './witness-error.ts';
import { nodeWitnessFs, type WitnessFs } from './witness-fs.ts';
import { mendTornLine, type RecoveredLine } from './witness-recovery.ts';

/** Unwritten lines that are kept in memory while the disk is full, in octets. */
const MAX_BACKLOG = 16 * 1024 * 1024;

const DAY = 86_400_000;

/** The number of the UTC day since 1970-01-01. */
const dayOf = (at: EpochMilliseconds): number => Math.floor(at / DAY);

export interface WitnessFormat {
  /** The file for the day of a time, below the log folder. */
  fileName(at: EpochMilliseconds): string;
  readonly recoveredLine: RecoveredLine;
}

export interface WitnessFileArgs {
  /** The folder above `h323_witness/`, `gateway/` and `ha/`; made when it is missing. */
  readonly root: string;
  /** Which log it is and how a torn line is kept: `witnessFormat('ras')`. */
  readonly format: WitnessFormat;
  readonly now: EpochMilliseconds;
  /** The real file system unless given. */
  readonly fs?: WitnessFs;
  /** Octets; 16 MiB unless given. */
  readonly maxBacklog?: number;
}

/** Octets of one day's file that are still to be written. */
interface Unwritten {
  readonly day: number;
  octets: Uint8Array;
}

/**
 * An append-only audit log, one file a UTC day. One process writes a log at a time. Writing is synchronous: when
 * `append` returns, the lines are with the operating system, and an answer that they stand for may leave.
 */
export class WitnessFile {
  private readonly root: string;
  private readonly format: WitnessFormat;
  private readonly fs: WitnessFs;
  private readonly maxBacklog: number;
  private readonly backlog: Unwritten[] = [];
  private backlogOctets = 0;
  private open: { readonly fd: number; readonly day: number; readonly path: string } | undefined;
  private closed = false;
  /** The latest time anyone told. */
  private now: EpochMilliseconds;

  /**
   * Opens today's file; a line that a crash tore off is mended (see `mendTornLine`).
   * @throws WitnessWriteError when the folder or the file cannot be made, opened or mended.
   */
  constructor({ root, format, now, fs = nodeWitnessFs, maxBacklog = MAX_BACKLOG }: WitnessFileArgs) {
    this.root = root;
    this.format = format;
    this.fs = fs;
    this.maxBacklog = maxBacklog;
    this.now = now;
    this.openDay(dayOf(now));
  }

  /** Octets that could not be written yet. */
  get unwritten(): number {
    return this.backlogOctets;
  }

  /**
   * Writes whole lines of ASCII, as the witness makes them, each with its newline, behind all that came before.
   * @throws WitnessWriteError when not all could be written. The lines are kept, and the next call goes on at the very
   *   octet where this one stopped; only with code `BACKLOG_FULL` are these lines, and no others, given up.
   */
  append(lines: string, now: EpochMilliseconds): void {
    if (this.closed) throw new Error('the witness log is closed');
    this.now = now;
    if (lines === '') return;
    if (!lines.endsWith('\n')) throw new RangeError('a witness line must end with a newline');
    // ASCII is Latin-1 too, and that needs no counting of octets first.
    const octets = Buffer.from(lines, 'latin1');
    if (this.backlogOctets > 0 && this.backlogOctets + octets.length > this.maxBacklog) {
      this.flushBefore(octets.length);
    }
    this.backlog.push({ day: dayOf(now), octets });
    this.backlogOctets += octets.length;
    this.flush();
  }

  /**
   * Writes what an earlier call could not.
   * @throws WitnessWriteError
   */
  flush(now: EpochMilliseconds = this.now): void {
    this.now = now;
    for (let next = this.backlog[0]; next !== undefined; next = this.backlog[0]) {
      const { fd, path } = this.openDay(next.day);
      while (next.octets.length > 0) {
        const count = this.write(fd, path, next.octets);
        next.octets = next.octets.subarray(count);
        this.backlogOctets -= count;
      }
      this.backlog.shift();
    }
  }

  /**
   * Writes what is left, hands it to the disk and closes the file, which happens in any case.
   * @throws WitnessWriteError
   */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      this.flush();
      if (this.open !== undefined) this.fs.sync(this.open.fd);
    } catch (error) {
      if (error instanceof WitnessWriteError) throw error;
      throw new WitnessWriteError('cannot hand the log to the disk', this.open?.path ?? this.root, error);
    } finally {
      this.closeFile();
    }
  }

  /** Makes room in the backlog, or gives up the octets that are to come. */
  private flushBefore(coming: number): void {
    try {
      this.flush();
    } catch (error) {
      if (this.backlogOctets + coming <= this.maxBacklog) return;
      const cause = Object.assign(new Error('backlog full', { cause: error }), { code: 'BACKLOG_FULL' });
      throw new WitnessWriteError(`gave up ${coming} octets of new lines`, this.open?.path ?? this.root, cause);
    }
  }

  private write(fd: number, path: string, octets: Uint8Array): number {
    try {
      const count = this.fs.write(fd, octets, null);
      if (count === 0) throw new Error('the file takes no more octets');
      return count;
    } catch (error) {
      throw new WitnessWriteError(`cannot write, ${this.backlogOctets} octets are kept for later`, path, error);
    }
  }

  private openDay(day: number): { readonly fd: number; readonly path: string } {
    if (this.open?.day === day) return this.open;
    this.closeFile();
    const path = join(this.root, this.format.fileName(epochMilliseconds(day * DAY)));
    let fd: number | undefined;
    try {
      this.fs.makeFolder(join(path, '..'));
      fd = this.fs.openToAppend(path);
      if (this.fs.size(fd) > 0) mendTornLine(this.fs, path, this.format.recoveredLine, this.now);
    } catch (error) {
      if (fd !== undefined) this.fs.close(fd);
      throw new WitnessWriteError('cannot open the log', path, error);
    }
    this.open = { fd, day, path };
    return this.open;
  }

  private closeFile(): void {
    const { open } = this;
    this.open = undefined;
    if (open === undefined) return;
    try {
      this.fs.close(open.fd);
    } catch (error) {
      throw new WitnessWriteError('cannot close the log', open.path, error);
    }
  }
}
