import type { ProviderOptions, RunningProvider } from '../options.ts';

/**
 * Serves the AWS provider's protocol on loopback. Attach it with `PULUMI_DEBUG_PROVIDERS=aws:PORT`; with the docker one:
 * `aws:PORT,docker:PORT2`.
 */
export function startProvider(_options: ProviderOptions): Promise<RunningProvider> {
  // Not there yet: the next step of this branch.
  return Promise.reject(new Error('the stand-in provider does not serve yet'));
}
