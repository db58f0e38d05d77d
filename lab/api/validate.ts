import type { z } from 'zod';
import { ApiError } from './errors.ts';

/** What a request says, in its shape. @throws ApiError that names each field */
export function read<T>(schema: z.ZodType<T>, input: unknown): T {
  const { success, data, error } = schema.safeParse(input);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ApiError('ValidationException', problems.join('; '));
}
