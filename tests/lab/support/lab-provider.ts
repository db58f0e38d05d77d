import {
  Cloud,
  type CloudOptions,
  Failures,
  type ProviderOptions,
  startProvider,
} from '../../../lab/provider/index.ts';
import { ProviderClient } from './provider-client.ts';

export interface LabProvider {
  readonly cloud: Cloud;
  readonly failures: Failures;
  readonly client: ProviderClient;
  close(): Promise<void>;
}

/** A provider for Frankfurt with an account of its own, configured as the program does, and its client. */
export async function labProvider({
  cloud: account,
  ...options
}: Partial<Omit<ProviderOptions, 'cloud' | 'failures'>> & { cloud?: CloudOptions } = {}): Promise<LabProvider> {
  const [cloud, failures] = [new Cloud(account), new Failures()];
  const provider = await startProvider({ cloud, failures, ...options });
  const client = new ProviderClient(provider.port);
  await client.configure({
    region: 'eu-central-1',
    defaultTags: JSON.stringify({ tags: { Project: 'guardian-council' } }),
  });
  return {
    cloud,
    failures,
    client,
    close: async () => {
      client.close();
      await provider.close();
    },
  };
}
