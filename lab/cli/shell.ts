import { Fleet } from '../hosts/index.ts';
import { LabCommandError } from './errors.ts';
import type { Places } from './places.ts';
import { readStatus } from './status.ts';

/** Arguments of nsenter for a command on a host. @throws LabCommandError for a host that is not there */
export async function enter(places: Places, host: string, command: readonly string[]): Promise<readonly string[]> {
  const { hosts, endpoint } = await readStatus(places);
  const found = hosts.find(({ id, name }) => id === host || name === host);
  if (found === undefined)
    throw new LabCommandError(`there is no host ${host}; there are: ${hosts.map(({ name }) => name).join(', ')}`);
  const fleet = await Fleet.open({ ...places, lab: places.name, number: 0, progress: () => {} });
  const entrance = await fleet.machine(found.id).entrance();
  const environment = ['env', `AWS_ENDPOINT_URL=${endpoint}`, 'HOME=/root'];
  return [...entrance, ...environment, ...(command.length === 0 ? ['/bin/bash', '--login'] : command)];
}
