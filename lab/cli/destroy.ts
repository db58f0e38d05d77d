import { existsSync, rmSync } from 'node:fs';
import { Fleet } from '../hosts/index.ts';
import { ask } from './control.ts';
import { ensureDaemon, findDaemon } from './daemon-client.ts';
import { LabCommandError } from './errors.ts';
import type { Places } from './places.ts';
import { Pulumi, regionOf } from './pulumi.ts';

export interface Destroyed {
  /** Whether there was anything. */
  readonly destroyed: boolean;
}

/**
 * Destroys the stack by the engine, as on AWS, and then the lab itself: daemon, hosts, network, folder.
 * @param force goes on where the engine cannot
 * @throws LabCommandError where it cannot and is not forced
 */
export async function destroy(places: Places, force: boolean, tell: (line: string) => void): Promise<Destroyed> {
  const destroyed = existsSync(places.folder);
  if (destroyed) {
    try {
      const region = regionOf();
      const pulumi = await Pulumi.open(places, await ensureDaemon(places, region), region);
      tell('destroying the stack');
      await pulumi.operate('destroy');
    } catch (error) {
      if (!force) throw error;
      tell(`going on without the engine: ${error instanceof Error ? error.message : error}`);
    }
  }
  tell('removing hosts, network and folder');
  if ((await findDaemon(places)) !== undefined) await ask(places.socket, 'POST', '/remove');
  // Whatever is there without a daemon.
  const fleet = await Fleet.open({ ...places, lab: places.name, number: 0, progress: tell });
  await fleet.remove();
  rmSync(places.folder, { recursive: true, force: true });
  if (existsSync(places.folder)) throw new LabCommandError(`${places.folder} is still there`);
  return { destroyed };
}
