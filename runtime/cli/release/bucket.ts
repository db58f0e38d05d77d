import { ReleaseBucket } from '../../adapters/release-bucket.ts';
import { Parameters } from '../../adapters/release-parameters.ts';
import { parameters } from '../../release/index.ts';
import { UsageError } from '../failure.ts';
import { type Options, regionOf, stackOf, textOf } from './options.ts';

/** The bucket that the options name, or the one of the stack that they name. Whoever calls closes it. */
export async function bucketOf(options: Options): Promise<ReleaseBucket> {
  const region = regionOf(options);
  const named = textOf(options, 'bucket');
  if (named !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(named))
    throw new UsageError(`--bucket: ${JSON.stringify(named)} is no name of an S3 bucket`);
  return new ReleaseBucket(named ?? (await bucketOfStack(stackOf(options), region)), region);
}

async function bucketOfStack(stack: string, region: string): Promise<string> {
  const store = new Parameters(region);
  try {
    return await store.get(parameters(stack).bucket);
  } finally {
    store.close();
  }
}
