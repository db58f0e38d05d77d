import { z } from 'zod';
import { SecretsInputError } from './errors.ts';

const path = z.string().regex(/^(?:\/[\w.-]+){1,14}$/, 'must be an SSM path, such as /guardian-council/prod/pki');
const files = z
  .array(z.string().regex(/^[a-z][a-z0-9-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be <owner>/<file>'))
  .max(64);
const host = z.strictObject({ address: z.ipv4(), path, made: files, given: files, optional: files });

const schema = z.strictObject({
  stack: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'must be the name of a stack'),
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'must be an AWS region'),
  zone: z.string().min(1).max(128),
  networks: z.array(z.cidrv4()).min(1).max(8),
  pkiPath: path,
  hosts: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), host),
});

/** Which secrets a stack needs, as the infrastructure program says it: names, paths and addresses, and no secret. */
export type SecretsManifest = z.infer<typeof schema>;
export type HostSecrets = SecretsManifest['hosts'][string];

/**
 * Reads a manifest, or the outputs of a stack (`pulumi stack output --json`) of which `secrets` is one.
 * @param source names the text in errors
 * @throws SecretsInputError with every problem and its key
 */
export function parseManifest(text: string, source: string): SecretsManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SecretsInputError(`${source}: is not JSON`);
  }
  const outputs = z.looseObject({ secrets: z.unknown() }).safeParse(json);
  const isOutputs = outputs.success && 'secrets' in outputs.data;
  const parsed = schema.safeParse(isOutputs ? outputs.data.secrets : json);
  if (parsed.success) return parsed.data;
  const at = isOutputs ? ['secrets'] : [];
  const problems = parsed.error.issues.map((issue) => `  ${[...at, ...issue.path].join('.')}: ${issue.message}`);
  throw new SecretsInputError(`${source}: says not which secrets the stack needs:\n${problems.join('\n')}`);
}
