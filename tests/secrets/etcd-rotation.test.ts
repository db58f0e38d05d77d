import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../runtime/adapters/etcd/cluster.ts';
import { EtcdStore } from '../../runtime/adapters/etcd/store.ts';
import { type EtcdMember, type EtcdMemberOptions, startEtcdMember } from '../../runtime/adapters/etcd-process.ts';
import { type Inventory, planInit, rotateAuthority, STEPS } from '../../runtime/secrets/index.ts';
import { milliseconds } from '../../runtime/units.ts';
import { needEtcd } from '../support/etcd-cluster.ts';
import { applied, EMPTY, GIVEN, manifestAt, toolsAt } from '../support/secrets-lab.ts';

const VOTERS = ['gatekeeper-primary', 'gatekeeper-secondary', 'monitoring'];

describe('the authority of a real quorum', function () {
  this.timeout(180_000);
  const manifest = manifestAt('127.0.0.1', '127.0.0.0/8');
  const tools = toolsAt(new Date());
  const members = new Map<string, EtcdMember>();
  const options = new Map<string, EtcdMemberOptions>();
  const stores: EtcdStore[] = [];
  let folder: string;
  let inventory: Inventory;
  let first: Inventory;

  const text = (role: string, file: string): string =>
    inventory.get(`${manifest.hosts[role]?.path}/${file}`)?.value.reveal() ?? '';

  /** As council-secrets does on a host. */
  function readSecrets(role: string): void {
    mkdirSync(join(folder, role), { recursive: true });
    for (const file of ['ca.crt', 'member.crt', 'member.key'])
      writeFileSync(join(folder, role, file), text(role, `etcd/${file}`), { mode: 0o600 });
  }

  async function restart(role: string): Promise<void> {
    await members.get(role)?.stop();
    readSecrets(role);
    const its = options.get(role);
    assert(its);
    const member = startEtcdMember(its);
    members.set(role, member);
    await member.healthy();
  }

  function gatekeeper(role: string): EtcdStore {
    const [ca, cert, key] = ['etcd-ca.crt', 'etcd-client.crt', 'etcd-client.key'].map((file) =>
      Buffer.from(text(role, `gatekeeper/${file}`)),
    );
    assert(ca && cert && key);
    const endpoints = [...options.values()].map(({ clientUrl }) => clientUrl);
    const store = new EtcdStore({ endpoints, requestTimeout: milliseconds(5_000), tls: { ca, cert, key } });
    stores.push(store);
    return store;
  }

  let written = 0;
  async function serves(store: EtcdStore, when: string): Promise<void> {
    written += 1;
    const made = await store.commit({
      guards: [],
      puts: [{ key: `/${written}`, value: Uint8Array.of(1) }],
      deletes: [],
    });
    assert.equal(made.kind, 'committed', when);
  }

  before(async function () {
    const binary = needEtcd(this);
    folder = mkdtempSync(join(tmpdir(), 'council-pki-'));
    inventory = applied(EMPTY, (await planInit(manifest, EMPTY, GIVEN, tools)).changes);
    first = inventory;
    const ports = await freePorts('127.0.0.1', 9);
    const url = (scheme: string, at: number): string => `${scheme}://127.0.0.1:${ports[at]}`;
    const initialCluster = VOTERS.map((role, at) => `${role}=${url('https', at)}`).join(',');
    for (const [at, role] of VOTERS.entries()) {
      const own = join(folder, role);
      const flags = ['', 'peer-'].flatMap((side) => [
        `--${side}cert-file=${own}/member.crt`,
        `--${side}key-file=${own}/member.key`,
        `--${side}trusted-ca-file=${own}/ca.crt`,
        `--${side}client-cert-auth`,
      ]);
      readSecrets(role);
      const [peerUrl, clientUrl, metricsUrl] = [url('https', at), url('https', at + 3), url('http', at + 6)];
      const dataDir = join(own, 'data');
      options.set(role, {
        ...{ binary, name: role, dataDir, peerUrl, clientUrl, metricsUrl, initialCluster },
        ...{ state: 'new', log: join(own, 'log'), flags },
      });
    }
    for (const [role, its] of options) members.set(role, startEtcdMember(its));
    await Promise.all([...members.values()].map((member) => member.healthy()));
  });
  afterEach(() => Promise.all(stores.splice(0).map((store) => store.close())));
  after(async () => {
    await Promise.all([...members.values()].map((member) => member.stop()));
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('lets gatekeepers in, and nobody with a certificate of another authority', async () => {
    await serves(gatekeeper('gatekeeper-primary'), 'at first');
    const own = inventory;
    inventory = applied(EMPTY, (await planInit(manifest, EMPTY, GIVEN, tools)).changes);
    await assert.rejects(gatekeeper('gatekeeper-primary').read('/'), { name: 'StoreUnreachableError' });
    inventory = own;
  });

  it('is rotated in three steps while the quorum serves, host by host', async () => {
    const original = gatekeeper('gatekeeper-primary');
    let current = original;
    await serves(original, 'before');
    for (const step of STEPS) {
      inventory = applied(inventory, await rotateAuthority(manifest, inventory, step, tools));
      for (const role of VOTERS) {
        await restart(role);
        // A gatekeeper reads anew when all voters have; until then it has what it had.
        await serves(current, `${step}: ${role} has read anew`);
      }
      current = gatekeeper('gatekeeper-secondary');
      await serves(current, `${step}: the gatekeeper has read anew`);
    }
    const { entries } = await current.read('/');
    assert.equal(entries.length, written, 'nothing that was confirmed is lost');
  });

  it('is trusted no more when it is retired', async () => {
    const now = inventory;
    inventory = first;
    await assert.rejects(gatekeeper('gatekeeper-primary').read('/'), { name: 'StoreUnreachableError' });
    inventory = now;
    await serves(gatekeeper('gatekeeper-primary'), 'at last');
  });
});
