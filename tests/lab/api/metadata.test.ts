import assert from 'node:assert/strict';
import { type Api, serveApi } from '../../../lab/api/index.ts';
import { instance, memoryWorld } from '../support/memory-world.ts';

describe('instance metadata of the lab', () => {
  let api: Api;
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${api.metadataPort}${path}`, init);
  const token = async (): Promise<string> => {
    const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
    return (await ask('/latest/api/token', { method: 'PUT', headers })).text();
  };
  const asked = async (path: string): Promise<string> =>
    (await ask(path, { headers: { 'x-aws-ec2-metadata-token': await token() } })).text();

  const serve = async (privateAddress: string): Promise<void> => {
    const world = memoryWorld([instance({ privateAddress })]);
    api = await serveApi({ world, address: '127.0.0.1', port: 0, metadataPort: 0, log: () => {} });
  };
  afterEach(() => api.close());

  it('says nothing without a token, and gives none for a wrong life', async () => {
    await serve('127.0.0.1');
    assert.equal((await ask('/latest/user-data')).status, 401);
    assert.equal((await ask('/latest/user-data', { headers: { 'x-aws-ec2-metadata-token': 'x' } })).status, 401);
    for (const seconds of ['', '0', '21601', 'x'])
      assert.equal(
        (
          await ask('/latest/api/token', {
            method: 'PUT',
            headers: { 'x-aws-ec2-metadata-token-ttl-seconds': seconds },
          })
        ).status,
        400,
      );
  });

  it('says nothing to an address that no instance has', async () => {
    await serve('10.213.0.10');
    const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
    assert.equal((await ask('/latest/api/token', { method: 'PUT', headers })).status, 404);
  });

  it('tells an instance who it is, with folders as lists', async () => {
    await serve('127.0.0.1');
    assert.equal(await asked('/latest/user-data'), '#cloud-config\n');
    assert.equal(await asked('/2021-03-23/meta-data/instance-id'), 'i-0123456789abcdef0');
    assert.equal(await asked('/latest/meta-data/placement/'), 'availability-zone\nregion');
    assert.equal(await asked('/latest/meta-data/iam/security-credentials/'), 'gatekeeper-primary-role');
    assert.equal(await asked('/latest/meta-data/no-such-thing'), '404 - Not Found');
    assert.equal(await asked('/latest/meta-data/toString'), '404 - Not Found');
  });
});
