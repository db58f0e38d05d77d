import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { type PerHost, perHost } from '../hosts.ts';
import type { LentAddress } from '../network/index.ts';
import { type StackConfig, StackConfigError, type StackConfigProblem } from '../stack-config.ts';

/** What a stack exports for one that stands in for it, under the name `loan`. */
export interface Loan {
  readonly gatekeeperId: string;
  readonly domain: string | null;
  /** Names of the hosts in DNS; none where there is no domain. */
  readonly names: Readonly<Record<string, string>>;
  readonly addresses: PerHost<LentAddress>;
  readonly keyArn: string;
  readonly alarmTopicArn: string;
  readonly witness: { readonly bucketName: string; readonly bucketArn: string; readonly keyArn: string };
  readonly release: { readonly bucketName: string; readonly bucketArn: string };
  readonly region: string;
  readonly subnetCidrs: readonly string[];
  readonly primaryRasPort: number;
  readonly secondaryRasPort: number;
}

const text = z.string().min(1);
const address = z.object({ publicIp: text, allocationId: text });
const bucket = { bucketName: text, bucketArn: text };

const schema = z.object({
  gatekeeperId: text,
  domain: text.nullable(),
  names: z.record(text, text),
  addresses: z.object(perHost(() => address)),
  keyArn: text,
  alarmTopicArn: text,
  witness: z.object({ ...bucket, keyArn: text }),
  release: z.object(bucket),
  region: text,
  subnetCidrs: z.array(text).length(3),
  primaryRasPort: z.number(),
  secondaryRasPort: z.number(),
}) satisfies z.ZodType<Loan>;

/** The other stack exports nothing that can be borrowed. A `RunError`: the CLI prints its message alone. */
export class LoanError extends pulumi.RunError {
  readonly code = 'LOAN_UNUSABLE';

  constructor(of: string, problems: readonly string[]) {
    super(
      `the stack ${of} (guardian-council:rollbackOf) exports no loan that could be used; bring it up once with this program:\n${problems.join('\n')}`,
    );
    this.name = 'LoanError';
  }
}

/** What a rollback stack must have in common with the other one, and why. */
const IN_COMMON = [
  ['region', 'aws:region', 'addresses, archive and keys are there'],
  ['subnetCidrs', 'guardian-council:subnetCidrs', 'certificates of the quorum name the private addresses'],
  ['primaryRasPort', 'guardian-council:primaryRasPort', 'terminals and names know it'],
  ['secondaryRasPort', 'guardian-council:secondaryRasPort', 'terminals and names know it'],
] as const;

/**
 * Reads what another stack exports, and sees that this one fits.
 * @param of the other stack
 * @throws LoanError with every key that is missing or of another kind; StackConfigError with every key that has to be
 *   as it is there
 */
export function readLoan(of: string, exported: unknown, config: StackConfig): Loan {
  const { success, data, error } = schema.safeParse(exported);
  if (!success)
    throw new LoanError(
      of,
      error.issues.map(({ path, message }) => `  ${['loan', ...path].join('.')}: ${message}`),
    );
  const problems = IN_COMMON.flatMap(([name, key, why]): StackConfigProblem[] => {
    const [own, other] = [String(config[name]), String(data[name])];
    return own === other ? [] : [{ key, value: own, message: `must be ${other}, as in the stack ${of}: ${why}` }];
  });
  if (problems.length > 0) throw new StackConfigError(config.stack, problems);
  return data;
}
