import { type HostRole, type PerHost, perHost, type Triple } from '../hosts.ts';

/**
 * Which zone each host is in, and which address of its subnet it has. Zones: the voters are apart, so that losing one
 * leaves a quorum; a gatekeeper and the MCU are apart, so that no zone takes a meeting and its admission with it.
 */
const PLACES: PerHost<{ readonly zone: 0 | 1 | 2; readonly number: number }> = {
  'gatekeeper-primary': { zone: 0, number: 10 },
  'gatekeeper-secondary': { zone: 1, number: 10 },
  mcu: { zone: 2, number: 10 },
  // AWS keeps the first four addresses of a subnet and the last for itself.
  'sip-gateway': { zone: 0, number: 11 },
  monitoring: { zone: 2, number: 11 },
};

export const zoneOf = (role: HostRole): 0 | 1 | 2 => PLACES[role].zone;

/**
 * The private address of every host: known before any of them is there, so that none takes another's as an input.
 * @param subnetCidrs IPv4 networks of /28 or larger
 */
export const privateAddresses = (subnetCidrs: Triple<string>): PerHost<string> =>
  perHost((role) => {
    const { zone, number } = PLACES[role];
    const [base = ''] = subnetCidrs[zone].split('/');
    const [a = 0, b = 0, c = 0, d = 0] = base.split('.').map(Number);
    // Networks of /28 and larger begin at a multiple of 16, so nothing is carried.
    return [a, b, c, d + number].join('.');
  });
