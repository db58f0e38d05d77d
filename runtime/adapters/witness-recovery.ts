import type { EpochMilliseconds } from '../units.ts';
import type { WitnessFs } from './witness-fs.ts';

/** The line that keeps a torn one: its text, or the beginning of it, and how many octets it has in all. */
export type RecoveredLine = (torn: Uint8Array, octets: number, now: EpochMilliseconds) => string;

/** Of a torn line, this many octets are kept. */
const LONGEST_TORN = 64 * 1024;

const NEWLINE = 0x0a;
const STEP = 64 * 1024;

/**
 * Mends a log whose last line a crash tore off: a line that keeps the torn text takes its place, the longer one of the
 * two (but for a torn text beyond `LONGEST_TORN`). So its tail is written first, behind the file's end, then its head
 * over the torn text, and its newline last: stopped between any of these, the file still ends in a torn line with that
 * text in it, and is mended the next time. Returns whether there was anything to mend.
 */
export function mendTornLine(
  fs: WitnessFs,
  path: string,
  recoveredLine: RecoveredLine,
  now: EpochMilliseconds,
): boolean {
  const fd = fs.openInPlace(path);
  try {
    const size = fs.size(fd);
    const start = lastLineStart(fs, fd, size);
    if (start === size) return false;
    const torn = readExactly(fs, fd, start, Math.min(size, start + LONGEST_TORN));
    const line = Buffer.from(recoveredLine(torn, size - start, now), 'latin1');
    const covered = Math.min(size - start, line.length - 1);
    try {
      writeAll(fs, fd, line.subarray(covered, -1), start + covered);
    } catch (error) {
      fs.truncate(fd, size);
      throw error;
    }
    writeAll(fs, fd, line.subarray(0, covered), start);
    fs.truncate(fd, start + line.length - 1);
    writeAll(fs, fd, line.subarray(-1), start + line.length - 1);
    fs.sync(fd);
    return true;
  } finally {
    fs.close(fd);
  }
}

/** Where the line begins that has no newline; the file's size when there is none. */
function lastLineStart(fs: WitnessFs, fd: number, size: number): number {
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - STEP);
    const newline = readExactly(fs, fd, start, end).lastIndexOf(NEWLINE);
    if (newline !== -1) return start + newline + 1;
    end = start;
  }
  return 0;
}

function readExactly(fs: WitnessFs, fd: number, start: number, end: number): Uint8Array {
  const octets = new Uint8Array(end - start);
  let done = 0;
  while (done < octets.length) {
    const count = fs.read(fd, octets.subarray(done), start + done);
    if (count === 0) throw new Error('the file became shorter while it was read');
    done += count;
  }
  return octets;
}

function writeAll(fs: WitnessFs, fd: number, octets: Uint8Array, position: number): void {
  let done = 0;
  while (done < octets.length) {
    const count = fs.write(fd, octets.subarray(done), position + done);
    if (count === 0) throw new Error('the file takes no more octets');
    done += count;
  }
}
