import type { WitnessFs } from '../../runtime/adapters/witness-fs.ts';

export const systemError = (code: string): Error => Object.assign(new Error(`${code}: from the test`), { code });

/** A file system in memory whose disk can be full, whose writes can be short, and which can stop at any call. */
export class MemoryWitnessFs implements WitnessFs {
  readonly files = new Map<string, Buffer>();
  /** Octets that fit on the disk. */
  capacity = Number.POSITIVE_INFINITY;
  /** Octets that one write takes at most. */
  longestWrite = Number.POSITIVE_INFINITY;
  /** Calls that change something until the machine stops; from then on each of them fails. */
  callsLeft = Number.POSITIVE_INFINITY;
  /** Error codes that calls fail with. */
  readonly failing = new Map<keyof WitnessFs, string>();
  readonly closed: number[] = [];
  readonly synced: number[] = [];
  readonly opened: string[] = [];

  text(path: string): string {
    return this.files.get(path)?.toString('latin1') ?? '';
  }

  makeFolder(): void {
    this.call('makeFolder');
  }

  openToAppend(path: string): number {
    this.call('openToAppend');
    if (!this.files.has(path)) this.files.set(path, Buffer.alloc(0));
    return this.opened.push(path) - 1;
  }

  openInPlace(path: string): number {
    this.call('openInPlace');
    return this.opened.push(path) - 1;
  }

  size(fd: number): number {
    return this.content(fd).length;
  }

  read(fd: number, into: Uint8Array, position: number): number {
    this.call('read');
    return this.content(fd).copy(into, 0, position);
  }

  write(fd: number, octets: Uint8Array, position: number | null): number {
    this.call('write');
    if (this.callsLeft-- <= 0) throw systemError('STOPPED');
    const content = this.content(fd);
    const start = position ?? content.length;
    const used = [...this.files.values()].reduce((sum, { length }) => sum + length, 0);
    const room = this.capacity - used + (content.length - start);
    const count = Math.min(octets.length, this.longestWrite, room);
    if (count <= 0) throw systemError('ENOSPC');
    const grown = Buffer.alloc(Math.max(content.length, start + count));
    content.copy(grown);
    grown.set(octets.subarray(0, count), start);
    this.files.set(this.opened[fd] ?? '', grown);
    return count;
  }

  truncate(fd: number, size: number): void {
    this.call('truncate');
    if (this.callsLeft-- <= 0) throw systemError('STOPPED');
    this.files.set(this.opened[fd] ?? '', Buffer.from(this.content(fd).subarray(0, size)));
  }

  sync(fd: number): void {
    this.call('sync');
    this.synced.push(fd);
  }

  close(fd: number): void {
    this.closed.push(fd);
    this.call('close');
  }

  private content(fd: number): Buffer {
    return this.files.get(this.opened[fd] ?? '') ?? Buffer.alloc(0);
  }

  private call(name: keyof WitnessFs): void {
    const code = this.failing.get(name);
    if (code !== undefined) throw systemError(code);
  }
}
