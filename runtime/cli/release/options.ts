import { isStackName } from '../../release/index.ts';
import { UsageError } from '../failure.ts';

/** What commander gives: what was typed, not checked yet. */
export type Options = Readonly<Record<string, unknown>>;

export const textOf = (options: Options, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** @throws UsageError */
export function stackOf(options: Options): string {
  const stack = textOf(options, 'stack');
  if (stack === undefined) throw new UsageError('--stack is missing: the name of the Pulumi stack, such as prod');
  if (!isStackName(stack)) throw new UsageError(`--stack: ${JSON.stringify(stack)} is no name of a stack`);
  return stack;
}

/** @throws UsageError */
export function regionOf(options: Options): string {
  const region = textOf(options, 'region') ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? '';
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new UsageError(
      region === ''
        ? '--region is missing: an AWS region, such as eu-central-1; also AWS_REGION'
        : `--region: ${JSON.stringify(region)} is no AWS region, such as eu-central-1`,
    );
  return region;
}
