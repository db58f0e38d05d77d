/** vCPUs of a size, the same in every family of the table (EC2 documentation, instance type specifications). */
const VCPUS: Readonly<Record<string, number>> = {
  medium: 1,
  large: 2,
  xlarge: 4,
  '2xlarge': 8,
  '4xlarge': 16,
  '8xlarge': 32,
  '12xlarge': 48,
  '16xlarge': 64,
  '24xlarge': 96,
  '48xlarge': 192,
};

/** Families of general and compute instances, with their smallest size and the architecture of their images. */
const FAMILIES: Readonly<Record<string, 'x86_64' | 'arm64'>> = {
  c5: 'x86_64',
  c5a: 'x86_64',
  c6a: 'x86_64',
  c6i: 'x86_64',
  c6g: 'arm64',
  c7a: 'x86_64',
  c7g: 'arm64',
  c7i: 'x86_64',
  'c7i-flex': 'x86_64',
  c8g: 'arm64',
  m5: 'x86_64',
  m6a: 'x86_64',
  m6g: 'arm64',
  m6i: 'x86_64',
  m7a: 'x86_64',
  m7g: 'arm64',
  m7i: 'x86_64',
  'm7i-flex': 'x86_64',
  r6i: 'x86_64',
  r7i: 'x86_64',
};

/** Burstable types, whose sizes are counted otherwise. */
const BURSTABLE: Readonly<Record<string, number>> = {
  nano: 2,
  micro: 2,
  small: 2,
  medium: 2,
  large: 2,
  xlarge: 4,
  '2xlarge': 8,
};

/** How many vCPUs a type has; undefined where there is no such type. */
export function vcpusOf(instanceType: string): number | undefined {
  const [family = '', size = '', ...rest] = instanceType.split('.');
  if (rest.length > 0) return undefined;
  const sizes = ['t3', 't3a', 't4g'].includes(family) ? BURSTABLE : Object.hasOwn(FAMILIES, family) ? VCPUS : {};
  // Only the families with AMD's and AWS's own processors begin at medium.
  if (sizes === VCPUS && size === 'medium' && !/^[cm](6g|7g|7a|8g)$/.test(family)) return undefined;
  return Object.hasOwn(sizes, size) ? sizes[size] : undefined;
}
