/** SHA-256 as 64 lower-case hex digits. */
const SHA256 = /^[0-9a-f]{64}$/;
/** Names of stacks, as Pulumi and the paths of SSM parameters both allow them. */
const STACK = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

export const isSha256 = (text: string): boolean => SHA256.test(text);
export const isStackName = (text: string): boolean => STACK.test(text);

/** What a host's parameter says where it is to run nothing of ours. */
export const NO_RELEASE = 'none';

/** Keys in the bucket of releases: hosts fetch by these, and check the octets by the SHA-256 in them. */
export const BUNDLE_PREFIX = 'releases/';
export const bundleKey = (sha256: string): string => `${BUNDLE_PREFIX}${sha256}.tar.gz`;
export const nodeKey = (sha256: string): string => `runtimes/${sha256}.tar.gz`;

/** SSM parameters of a stack's releases. */
export const parameters = (stack: string) => {
  const base = `/guardian-council/${stack}/release`;
  return {
    /** The bucket's name; written by Pulumi. */
    bucket: `${base}/bucket`,
    /** What the last rollout that succeeded brought to all hosts; a failed one returns to it. */
    proven: `${base}/proven`,
    /** What a host is to run: it asks at each boot. */
    wanted: (role: string): string => `${base}/${role}`,
  };
};
