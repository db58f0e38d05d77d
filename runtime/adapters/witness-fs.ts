import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { makeFolder } from './folder.ts';

/** All that the witness log needs of a file system, so that a test can fill the disk. Errors are Node's. */
export interface WitnessFs {
  /** Makes the folder and its parents, mode 0750, unless they exist. */
  makeFolder(path: string): void;
  /** Opens for appending, and makes the file with mode 0640 unless it exists. */
  openToAppend(path: string): number;
  /** Opens an existing file for reading and for writing in place. */
  openInPlace(path: string): number;
  /** Octets in the file. */
  size(fd: number): number;
  read(fd: number, into: Uint8Array, position: number): number;
  /** Writes at `position`, or where the file ends; returns how many octets were written, which may be fewer. */
  write(fd: number, octets: Uint8Array, position: number | null): number;
  truncate(fd: number, size: number): void;
  sync(fd: number): void;
  close(fd: number): void;
}

export const nodeWitnessFs: WitnessFs = {
  makeFolder: (path) => makeFolder(path, 0o750),
  openToAppend: (path) => openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o640),
  openInPlace: (path) => openSync(path, constants.O_RDWR),
  size: (fd) => fstatSync(fd).size,
  read: (fd, into, position) => readSync(fd, into, 0, into.length, position),
  write: (fd, octets, position) => writeSync(fd, octets, 0, octets.length, position),
  truncate: (fd, size) => ftruncateSync(fd, size),
  sync: (fd) => fsyncSync(fd),
  close: (fd) => closeSync(fd),
};
