/** What labs leave behind, and how it goes away: namespaces with their processes, small disks, folders. */
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMALL_DISK, unmountSmallDisk } from './full-disk.ts';
import { abandoned, removeNetwork } from './network.ts';

/** Where labs have their folders: the first that is a real disk. */
export const PLACES: readonly string[] = [tmpdir(), '/var/tmp'];

const foldersOf = (prefix: string): readonly string[] =>
  PLACES.flatMap((place) =>
    readdirSync(place)
      .filter((name) => name.startsWith(`${prefix}-`))
      .map((name) => join(place, name)),
  );

const smallDisksOf = (prefix: string): readonly string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [device, folder = ''] = line.split(' ');
      return device === SMALL_DISK && PLACES.some((place) => folder.startsWith(`${join(place, prefix)}-`))
        ? folder
        : [];
    });

/** Removes all that a lab made, except its folder where that is to be kept. Gives what it could not remove. */
export function clearAway(prefix: string, keepFolder = false): readonly string[] {
  const namespaces = removeNetwork(prefix);
  for (const disk of smallDisksOf(prefix)) {
    if (keepFolder) cpSync(disk, `${disk}.kept`, { recursive: true });
    unmountSmallDisk(disk);
  }
  const disks = smallDisksOf(prefix);
  if (keepFolder || disks.length > 0) return [...namespaces, ...disks];
  for (const folder of foldersOf(prefix)) rmSync(folder, { recursive: true, force: true });
  return [...namespaces, ...foldersOf(prefix)];
}

/** Removes what runs left that were killed before they could. Gives their prefixes. */
export function clearAwayAbandoned(): readonly string[] {
  const prefixes = abandoned();
  for (const prefix of prefixes) clearAway(prefix);
  return prefixes;
}
