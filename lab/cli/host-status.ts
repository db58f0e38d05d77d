import type { Lab } from '../service/index.ts';
import type { LabStatus } from './control.ts';

/** Asked of a host in one go: what systemd, cloud-init and our units say. */
const QUESTION = `systemctl is-system-running
jq -r 'if .v1.errors == [] then "done" else "error" end' /run/cloud-init/result.json 2>/dev/null || echo running
systemctl list-units --all --plain --no-legend 'council-*.service' 'h323-*.service' | awk '{ print $1, $3 }'
`;

/** Every host with what is to be known about it. */
export async function statusOf(lab: Lab): Promise<LabStatus> {
  const hosts = lab.machines.all().map(async ({ id, name, privateAddress, publicAddress }) => {
    const about = { id, name, privateAddress, ...(publicAddress === undefined ? {} : { publicAddress }) };
    if (!(await lab.machines.isUp(id))) return { ...about, system: 'down', firstBoot: 'unknown', units: {} };
    const { stdout } = await lab.machines.execute(id, QUESTION, 30_000);
    const [system = '', firstBoot = '', ...lines] = stdout.trim().split('\n');
    const units = lines.map((line) => line.split(' ')).map(([unit = '', state = '']) => [unit, state]);
    return { ...about, system, firstBoot, units: Object.fromEntries(units) };
  });
  return { endpoint: lab.api.endpoint, hosts: await Promise.all(hosts) };
}
