import Table from 'cli-table3';
import { ask, type LabStatus, labStatus } from './control.ts';
import { findDaemon, type RunningDaemon } from './daemon-client.ts';
import type { Environment } from './environment.ts';
import { LabCommandError } from './errors.ts';
import type { Places } from './places.ts';
import { Pulumi, regionOf } from './pulumi.ts';

async function daemonOf(places: Places): Promise<RunningDaemon> {
  const daemon = await findDaemon(places);
  if (daemon !== undefined) return daemon;
  throw new LabCommandError(`there is no lab named ${places.name}, or its daemon has ended: npm run lab -- up`);
}

/** What the lab says of itself. @throws LabCommandError where there is none */
export async function readStatus(places: Places): Promise<LabStatus> {
  await daemonOf(places);
  return labStatus.parse(await ask(places.socket, 'GET', '/status'));
}

export async function showStatus(places: Places, asJson: boolean): Promise<void> {
  const status = await readStatus(places);
  if (asJson) {
    process.stdout.write(`${JSON.stringify(status, undefined, 2)}\n`);
    return;
  }
  const table = new Table({
    head: ['host', 'public', 'private', 'system', 'first boot', 'units'],
    style: { head: [], border: [] },
  });
  for (const { name, id, publicAddress, privateAddress, system, firstBoot, units } of status.hosts) {
    const lines = Object.entries(units).map(([unit, state]) => `${unit.replace('.service', '')} ${state}`);
    table.push([`${name}\n${id}`, publicAddress ?? '', privateAddress, system, firstBoot, lines.join('\n')]);
  }
  process.stdout.write(`${table}\nAWS API: ${status.endpoint}\n`);
}

/** What leads AWS's tools and Pulumi to the lab. @throws LabCommandError where there is none */
export async function environmentOf(places: Places): Promise<Environment> {
  return (await Pulumi.open(places, await daemonOf(places), regionOf())).environment;
}
