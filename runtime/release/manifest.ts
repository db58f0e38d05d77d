import { z } from 'zod';
import { BundleError } from './errors.ts';
import type { NodeRuntime } from './node-runtime.ts';

/** Its name in the bundle, and on hosts. */
export const MANIFEST = 'release.json';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');
const size = z.int().min(0);

const schema = z.strictObject({
  /** Of this description; hosts read `node` from it. */
  format: z.literal(1),
  version: z.string().min(1).max(100),
  commit: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'must be a full commit id'),
  /** When it was committed, ISO 8601 in UTC; also what all files are dated. */
  committedAt: z.iso.datetime(),
  /** Built from files that no commit has. */
  dirty: z.boolean(),
  node: z.strictObject({ version: z.string().min(1).max(40), platform: z.string().min(1).max(40), sha256, size }),
  /** All other files of the bundle, by path. */
  files: z.record(z.string(), z.strictObject({ sha256, size, executable: z.boolean() })),
});

/** What a bundle says of itself. */
export type Manifest = Readonly<z.infer<typeof schema>>;

/** What is known of a release before its files are. */
export interface ReleaseFacts {
  readonly version: string;
  readonly commit: string;
  readonly committedAt: string;
  readonly dirty: boolean;
  readonly node: NodeRuntime;
}

/** @throws BundleError that names what is wrong */
export function parseManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BundleError(`${MANIFEST} is not JSON`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BundleError(`${MANIFEST}: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
}
