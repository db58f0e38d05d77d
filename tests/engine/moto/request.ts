import type { Values } from '../../../lab/provider/index.ts';

/** Makes a resource from its inputs; an API error is the SDK's, whose `name` is AWS's code. */
export type Request = (inputs: Values) => Promise<{ readonly id: string; readonly outputs: Values }>;
