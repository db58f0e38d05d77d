import assert from 'node:assert/strict';
import { isGatekeeper } from '../../../components/boot/gatekeeper-config.ts';
import { secretFilesOf } from '../../../components/boot/index.ts';
import { EXAMPLES } from './example-values.ts';
import { filesOf, judge } from './rendered.ts';

const FOLDER = '/etc/guardian-council/secrets/';
/** Where containers see the secrets of an owner: a folder that a compose file mounts, as `HERE:THERE`. */
const MOUNT = /'?\.\/secrets\/([a-z0-9-]+):(\/[^:\s'",\]]+):ro/g;
/** An environment file of a compose file. */
const ENVIRONMENT = /env_file: \.\/secrets\/([a-z0-9-]+\/[a-z0-9.-]+)/g;

/** Every secret that a host's files name, by whatever path: on the host, in a container, or as an environment file. */
function namedSecrets(texts: readonly string[]): Set<string> {
  const text = texts.join('\n');
  const named = [...text.matchAll(/\/etc\/guardian-council\/secrets\/([a-z-]+\/[a-z.-]+)/g)].map(
    ([, file = '']) => file,
  );
  const environment = [...text.matchAll(ENVIRONMENT)].map(([, file = '']) => file);
  const mounts = [...text.matchAll(MOUNT)].map(([, owner = '', there = '']) => ({ owner, there }));
  // Two containers see different owners at one path, so that each mount is looked up in the configuration of its owner.
  const mounted = mounts.flatMap(({ owner, there }) => {
    const own = texts.filter((one) => !one.includes('./secrets/') && isOf(owner, one)).join('\n');
    return [...own.matchAll(new RegExp(`${there}/([a-z.-]+)`, 'g'))].map(([, file]) => `${owner}/${file}`);
  });
  return new Set([...named, ...environment, ...mounted]);
}

const isOf = (owner: string, text: string): boolean =>
  ({ grafana: /^\[server\]/, alertmanager: /^route:/ })[owner]?.test(text) ?? false;

describe('the secrets that a host is said to read', () => {
  for (const { name, values } of EXAMPLES) {
    const files = filesOf(values);
    const secrets = Object.entries(secretFilesOf(values.role, values.mcuEngine));
    const all = (kind: 'made' | 'given' | 'optional'): string[] =>
      secrets.flatMap(([owner, its]) => its[kind].map((file) => `${owner}/${file}`));

    it(`of ${name} are exactly those that its files name`, () => {
      const texts = [...files].filter(([path]) => !path.endsWith('/council-secrets')).map(([, { content }]) => content);
      assert.deepEqual([...namedSecrets(texts)].sort(), [...all('made'), ...all('given')].sort());
      // Nothing of the host's names these: an image reads its own where they are, and council rollback names the canary's.
      const unnamed = isGatekeeper(values.role) ? ['gatekeeper/canary.key'] : [];
      assert.deepEqual(all('optional'), name === 'mcu-jitsi' ? ['jitsi/cert.crt', 'jitsi/cert.key'] : unnamed);
    });

    it(`of ${name} are waited for by its script, each for the user who reads it`, () => {
      const script = files.get('/usr/local/sbin/council-secrets')?.content;
      assert.equal(script === undefined, secrets.length === 0);
      if (script === undefined) return;
      const words = /--args (.+)\); do$/m.exec(script)?.[1] ?? '';
      const spelled = judge('bash', ['-c', `SECRETS_PATH=/at; printf '%s\\n' ${words}`])
        .trim()
        .split('\n');
      assert.deepEqual(
        spelled,
        all('made').map((file) => `/at/${file}`),
      );
      const users = [...(/^declare -A users=\((.*)\)$/m.exec(script)?.[1] ?? '').matchAll(/\[(.+?)\]=(\S+)/g)];
      assert.deepEqual(
        users.map(([, owner, user]) => [owner, user]),
        secrets.filter(([, { user }]) => user !== 'root').map(([owner, { user }]) => [owner, user]),
      );
      assert.ok(script.includes(`cd ${FOLDER.slice(0, -1)}\n`));
    });
  }
});
