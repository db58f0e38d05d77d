import { z } from 'zod';
import { LabError } from '../errors.ts';
import type { Value } from '../values.ts';

const value: z.ZodType<Value> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(value), z.record(z.string(), value)]),
);
const values = z.record(z.string(), value);
const state = z.strictObject({
  counter: z.int().min(0),
  resources: z.array(
    z.strictObject({
      type: z.string(),
      id: z.string(),
      name: z.string(),
      urn: z.string(),
      inputs: values,
      outputs: values,
    }),
  ),
});

/** What a file of `Cloud` holds; throws a LabError that names the file and the place. */
export function parseState(text: string, file: string): z.infer<typeof state> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new LabError(`${file} is not JSON; delete it to begin with an empty account`, { cause });
  }
  const parsed = state.safeParse(json);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new LabError(`${file}: ${first?.path.join('.')}: ${first?.message}; delete it to begin with an empty account`);
}
