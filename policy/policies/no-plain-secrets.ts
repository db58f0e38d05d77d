import { gunzipSync } from 'node:zlib';
import { labelOf, type Resource, type ResourcePolicy } from '../policy.ts';
import { secretsIn } from '../secret-patterns.ts';
import { COMMAND, INSTANCE, LAUNCH_TEMPLATE, PARAMETER } from '../types.ts';
import { octetsOf, textOf, UNKNOWN, type Value } from '../values.ts';

/** User data is 16 KiB at most; this is what it may become when it is inflated. */
const LONGEST = 1 << 20;

const GZIP = [0x1f, 0x8b] as const;

/** What base64 says, inflated where it is gzip; nothing where neither works. */
function decoded(base64: string): string {
  const octets = octetsOf(base64);
  if (octets === undefined) return '';
  if (octets[0] !== GZIP[0] || octets[1] !== GZIP[1]) return octets.toString();
  try {
    return gunzipSync(octets, { maxOutputLength: LONGEST }).toString();
  } catch {
    return '';
  }
}

const base64 = (value: Value | undefined): string => (value === UNKNOWN ? '' : decoded(textOf(value)));

/** Inputs that others can read: in Pulumi's state, in instance metadata, in the console. */
function readable({ type, props }: Resource): Readonly<Record<string, string>> {
  const { userData, userDataBase64 } = props;
  if (type === INSTANCE) return { userData: textOf(userData), userDataBase64: base64(userDataBase64) };
  if (type === LAUNCH_TEMPLATE) return { userData: base64(userData) };
  if (type === PARAMETER) return { insecureValue: textOf(props['insecureValue']) };
  return Object.fromEntries(
    ['create', 'update', 'delete', 'environment', 'stdin', 'triggers'].map((key) => {
      const value = props[key];
      return [key, typeof value === 'string' ? value : JSON.stringify(value ?? '')];
    }),
  );
}

/** Hosts read their secrets by their role; what is in user data, everybody on the host and in the account can read. */
export const noPlainSecrets: ResourcePolicy = {
  name: 'no-plain-secrets',
  description: 'User data, commands and plain parameters hold no private key, access key, token or password.',
  level: 'mandatory',
  types: [INSTANCE, LAUNCH_TEMPLATE, PARAMETER, COMMAND],
  check: (resource) =>
    Object.entries(readable(resource)).flatMap(([input, text]) =>
      secretsIn(text).map(
        (what) =>
          `${labelOf(resource)}: ${what} stands in ${input}: put it into a SecureString parameter, which the host reads by its role`,
      ),
    ),
};
