import { z } from 'zod';

/** The resource that this provider has; of `@pulumi/command`, the program uses nothing else. */
export const COMMAND_TYPE = 'command:local:Command';

/** Pulumi's mark for a value that is not known before something else is made. */
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

const orUnknown = <S extends z.ZodType>(schema: S) => z.union([z.literal(UNKNOWN), schema]);

/** What `local.Command` of @pulumi/command 1.2.1 takes; collecting files (`assetPaths`, `archivePaths`) is left out. */
const Inputs = z.strictObject({
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  dir: z.string().optional(),
  stdin: z.string().optional(),
  environment: orUnknown(z.record(z.string(), z.string())).optional(),
  interpreter: orUnknown(z.array(z.string()).min(1)).optional(),
  triggers: orUnknown(z.array(z.unknown())).optional(),
  addPreviousOutputInEnv: z.boolean().optional(),
  logging: z.enum(['stdout', 'stderr', 'stdoutAndStderr', 'none']).optional(),
});

export type CommandInputs = z.infer<typeof Inputs>;

/** What is in the state besides the inputs. */
const State = Inputs.extend({ stdout: z.string().default(''), stderr: z.string().default('') });

export type CommandState = z.infer<typeof State>;

/** What is wrong with a property, as Pulumi shows it: below the resource, with the property's name. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export function checkInputs(values: unknown): readonly CheckFailure[] {
  const { error } = Inputs.safeParse(values);
  return (error?.issues ?? []).flatMap((issue): CheckFailure[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          property: key,
          reason: `an unexpected argument ${JSON.stringify(key)} was provided`,
        }))
      : [{ property: issue.path.join('.'), reason: issue.message }],
  );
}

/** @throws ZodError for what `checkInputs` refuses */
export const readInputs = (values: unknown): CommandInputs => Inputs.parse(values);

/** @throws ZodError for a state that this provider has not written */
export const readState = (values: unknown): CommandState => State.parse(values);

/** The value under a key that is known; undefined where there is none. */
export const known = <T>(value: T | typeof UNKNOWN | undefined): T | undefined =>
  value === UNKNOWN ? undefined : value;
