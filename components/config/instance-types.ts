/** What a machine offers. */
export interface Capacity {
  readonly vcpus: number;
  /** Memory, GiB. */
  readonly gib: number;
}

/** GiB for each vCPU: compute optimised, general purpose, memory optimised (AWS EC2 Instance Types Guide). */
const GIB_PER_VCPU: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

/** Families with x86-64 processors whose full speed is there all the time. */
const FAMILIES: ReadonlySet<string> = new Set([
  ...['c6a', 'c6i', 'c6in', 'c7a', 'c7i', 'c8a', 'c8i'],
  ...['m6a', 'm6i', 'm6in', 'm7a', 'm7i', 'm8a', 'm8i'],
  ...['r6a', 'r6i', 'r6in', 'r7a', 'r7i', 'r8a', 'r8i'],
]);

/** vCPUs by size: what every one of the families has. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ['large', 2],
  ['xlarge', 4],
  ['2xlarge', 8],
  ['4xlarge', 16],
  ['8xlarge', 32],
  ['12xlarge', 48],
  ['16xlarge', 64],
]);

/**
 * What an EC2 instance type offers, by its name, or the reason why it cannot be a host's. Whether a region has the type
 * is for AWS to say.
 */
export function capacityOf(instanceType: string): Capacity | string {
  const [, family = '', size = ''] = /^([a-z0-9-]+)\.([a-z0-9-]+)$/.exec(instanceType) ?? [];
  if (family === '') return 'an instance type is written as family.size, such as c7i.large';
  // t4g is both burstable and arm64; that it is burstable is what rules out the whole family.
  if (/^t\d/.test(family)) return `${family} is burstable: it slows down when its CPU credits are used up`;
  if (family.endsWith('-flex')) return `${family} does not give its full CPU all the time`;
  if (/^(a1$|[a-z]+\d+g)/.test(family)) return `${family} is arm64 (Graviton), and the image is x86-64`;
  if (!FAMILIES.has(family)) return `${family} is none of ${[...FAMILIES].join(', ')}`;
  const vcpus = SIZES.get(size);
  if (vcpus === undefined) return `${size} is none of the sizes ${[...SIZES.keys()].join(', ')}`;
  return { vcpus, gib: vcpus * (GIB_PER_VCPU[family.charAt(0)] ?? 0) };
}

export const formatCapacity = ({ vcpus, gib }: Capacity): string => `${vcpus} vCPUs and ${gib} GiB`;

/** Why a host that needs `least` cannot be of this type, if it cannot. */
export function refuseInstanceType(instanceType: string, least: Capacity): string | undefined {
  const capacity = capacityOf(instanceType);
  if (typeof capacity === 'string') return capacity;
  const enough = capacity.vcpus >= least.vcpus && capacity.gib >= least.gib;
  return enough ? undefined : `${instanceType} has only ${formatCapacity(capacity)}`;
}
