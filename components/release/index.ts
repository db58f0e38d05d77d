export { RELEASE_PREFIX, type ReaderPolicyArgs, readerPolicy } from './reader-policy.ts';
export { NO_RELEASE, Release, type ReleaseArgs } from './release.ts';
export { Rollout, type RolloutArgs } from './rollout.ts';
