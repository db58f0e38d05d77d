import assert from 'node:assert/strict';
import { digestOf, startDockerProvider } from '../../../lab/provider/index.ts';
import { ProviderClient } from '../support/provider-client.ts';

const LOOK_UP = 'docker:index/getRegistryImage:getRegistryImage';

describe('the stand-in for the docker provider', () => {
  const [digests, gone] = [new Map<string, string>(), new Set<string>()];
  let client: ProviderClient;
  let close: () => Promise<void>;
  before(async () => {
    const provider = await startDockerProvider({ digests, gone });
    client = new ProviderClient(provider.port);
    close = provider.close;
  });
  after(async () => {
    client?.close();
    await close?.();
  });

  it('gives an image the same digest each time, and each image another', async () => {
    const ask = async (name: string): Promise<unknown> =>
      (await client.invoke(LOOK_UP, { name })).result['sha256Digest'];
    assert.equal(await ask('prom/prometheus:v3'), digestOf('prom/prometheus:v3'));
    assert.match(String(await ask('prom/prometheus:v3')), /^sha256:[0-9a-f]{64}$/);
    assert.notEqual(await ask('grafana/grafana:12'), await ask('prom/prometheus:v3'));
    digests.set('grafana/grafana:12', 'sha256:00');
    assert.equal(await ask('grafana/grafana:12'), 'sha256:00');
  });

  it('refuses an image that is gone, a missing name, an unknown argument and another function', async () => {
    gone.add('jitsi/jvb:old');
    await assert.rejects(
      client.invoke(LOOK_UP, { name: 'jitsi/jvb:old' }),
      /fetch image version jitsi\/jvb:old from registry: .*404/,
    );
    assert.deepEqual((await client.invoke(LOOK_UP, {})).failures, ["name: missing required property 'name'"]);
    assert.deepEqual((await client.invoke(LOOK_UP, { name: 'a', tag: 'b' })).failures, ["tag: unknown property 'tag'"]);
    await assert.rejects(
      client.invoke('docker:index/getImage:getImage', {}),
      /knows only docker:index\/getRegistryImage/,
    );
  });
});
