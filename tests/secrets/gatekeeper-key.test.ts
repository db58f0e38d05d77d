import assert from 'node:assert/strict';
import { decodeKey, keyPairFromSeed } from '../../runtime/config/index.ts';
import {
  checkSecrets,
  gatekeeperPublicKeys,
  type Inventory,
  isFine,
  KEY_STEPS,
  type KeyStep,
  planInit,
  replaceGatekeeperKey,
  rotateGatekeeperKeyBy,
  SecretText,
} from '../../runtime/secrets/index.ts';
import { applied, EMPTY, exampleManifest, GIVEN, toolsAt } from '../support/secrets-lab.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const tools = toolsAt(NOW);
const manifest = exampleManifest();
const AT = '/guardian-council/prod/secrets';
const NEXT = '/guardian-council/prod/pki/gatekeeper/next.key';
const holder = (role: 'primary' | 'secondary', file: string): string => `${AT}/gatekeeper-${role}/gatekeeper/${file}`;
const [PRIMARY, SECONDARY] = [holder('primary', 'gatekeeper.key'), holder('secondary', 'gatekeeper.key')];
const [PUBLIC, OTHER_PUBLIC] = [holder('primary', 'gatekeeper.pub'), holder('secondary', 'gatekeeper.pub')];

const text = (inventory: Inventory, name: string): string => inventory.get(name)?.value.reveal() ?? '';
const put = (inventory: Inventory, name: string, value: string): Inventory =>
  new Map(inventory).set(name, { name, value: new SecretText(value), isEncrypted: true });
const step = (inventory: Inventory, which: KeyStep) => rotateGatekeeperKeyBy(which, manifest, inventory, tools);
const done = (inventory: Inventory, which: KeyStep): Inventory => applied(inventory, step(inventory, which));
const publicOf = (key: string): string =>
  Buffer.from(keyPairFromSeed(decodeKey(key) ?? assert.fail('no key')).publicKey).toString('hex');
const wrong = (inventory: Inventory): readonly string[] =>
  checkSecrets(manifest, inventory, { now: NOW, ahead: 0 })
    .filter((finding) => !isFine(finding))
    .map(({ name, state, problems }) => `${name.split('/').slice(-3).join('/')}: ${problems.join('; ') || state}`);

describe('a rotation of the gatekeepers’ key', function () {
  this.timeout(60_000);
  let begun: Inventory;
  let announced: Inventory;
  before(async () => {
    begun = applied(EMPTY, (await planInit(manifest, EMPTY, GIVEN, tools)).changes);
    announced = done(begun, 'announce');
  });

  it('refuses a step before its turn, and says which comes first', () => {
    for (const which of ['issue', 'retire'] as const)
      assert.throws(() => step(begun, which), {
        code: 'SECRETS',
        message: `no rotation has begun: ${NEXT} is missing; the step announce comes first`,
      });
    assert.throws(() => step(announced, 'retire'), {
      code: 'SECRETS',
      message: `still the old key: ${PRIMARY}, ${SECONDARY}; give the step issue first`,
    });
    const issued = done(announced, 'issue');
    assert.throws(() => step(issued, 'announce'), {
      code: 'SECRETS',
      message: `the next key is issued already: ${PRIMARY}, ${SECONDARY}; the step retire comes next`,
    });
  });

  it('refuses to issue what is not announced on every host, or where the key in force is not', () => {
    const half = put(announced, OTHER_PUBLIC, `${publicOf(text(begun, PRIMARY))}\n`);
    const message = `the next key is not announced in ${OTHER_PUBLIC}: give the step announce again`;
    assert.throws(() => step(half, 'issue'), { code: 'SECRETS', message });
    const alone = put(announced, OTHER_PUBLIC, `${publicOf(text(announced, NEXT))}\n`);
    assert.throws(() => step(alone, 'issue'), { code: 'SECRETS', message });
    const broken = put(announced, OTHER_PUBLIC, 'no key');
    assert.throws(() => step(broken, 'issue'), { code: 'SECRETS', message });
    assert.deepEqual(wrong(done(half, 'announce')), []);
  });

  it('goes on with issue where that broke off, and refuses to announce anew or to retire', () => {
    const half = applied(announced, step(announced, 'issue').slice(0, 1));
    assert.throws(() => step(half, 'announce'), {
      message: `the next key is issued already: ${PRIMARY}; give the step issue again`,
    });
    assert.throws(() => step(half, 'retire'), {
      message: `still the old key: ${SECONDARY}; give the step issue first`,
    });
    assert.equal(wrong(half).filter((line) => line.includes('the gatekeepers have different keys')).length, 2);
    assert.deepEqual(wrong(done(half, 'issue')), []);
  });

  it('does not begin where the gatekeepers have different keys, or none that is one', () => {
    assert.throws(() => step(put(begun, PRIMARY, `${'ab'.repeat(32)}\n`), 'announce'), {
      message: `the gatekeepers have different keys, though they are one zone: ${PRIMARY}, ${SECONDARY}`,
    });
    assert.throws(() => step(put(begun, PRIMARY, 'sesame'), 'announce'), {
      message: `${PRIMARY} is not 64 hex digits`,
    });
    assert.throws(() => step(put(announced, NEXT, 'sesame'), 'issue'), { message: `${NEXT} is not 64 hex digits` });
  });

  it('changes in each step what that step is for, and ends with the next key alone', () => {
    const [old, next] = [text(begun, PRIMARY), text(announced, NEXT)];
    assert.deepEqual(
      step(begun, 'announce').map(({ kind, name }) => `${kind} ${name}`),
      [`create ${NEXT}`, `create ${PUBLIC}`, `create ${OTHER_PUBLIC}`],
    );
    assert.equal(text(announced, PUBLIC), `${publicOf(old)}\n${publicOf(next)}\n`);
    assert.deepEqual([text(announced, PRIMARY), text(announced, SECONDARY)], [old, old]);
    const issued = done(announced, 'issue');
    assert.deepEqual(
      step(announced, 'issue').map(({ kind, name }) => `${kind} ${name}`),
      [`replace ${PRIMARY}`, `replace ${SECONDARY}`],
    );
    assert.deepEqual([text(issued, PRIMARY), text(issued, SECONDARY)], [next, next]);
    assert.equal(text(issued, PUBLIC), text(announced, PUBLIC), 'until it is retired, terminals know the old one');
    assert.deepEqual(
      step(issued, 'retire').map(({ kind, name }) => `${kind} ${name}`),
      [`replace ${PUBLIC}`, `replace ${OTHER_PUBLIC}`, `remove ${NEXT}`],
    );
    const retired = done(issued, 'retire');
    assert.deepEqual([text(retired, PUBLIC), text(retired, OTHER_PUBLIC)], Array(2).fill(`${publicOf(next)}\n`));
    assert.deepEqual(step(done(retired, 'announce'), 'announce'), [], 'and another rotation can begin');
  });

  it('tells at every point which public keys terminals need', () => {
    const [old, next] = [publicOf(text(begun, PRIMARY)), publicOf(text(announced, NEXT))];
    const keys = (inventory: Inventory) => gatekeeperPublicKeys(manifest, inventory);
    assert.deepEqual(keys(EMPTY), []);
    assert.deepEqual(keys(begun), [old]);
    assert.deepEqual(keys(announced), [old, next]);
    const issued = done(announced, 'issue');
    assert.deepEqual(keys(issued), [old, next]);
    assert.deepEqual(keys(done(issued, 'retire')), [next]);
    assert.deepEqual(keys(put(begun, SECONDARY, 'sesame')), [old]);
  });

  it('can be given again, wherever a step broke off', () => {
    let inventory = begun;
    for (const which of KEY_STEPS) {
      const changes = step(inventory, which);
      const whole = applied(inventory, changes);
      for (let at = 1; at < changes.length; at += 1) {
        const again = done(applied(inventory, changes.slice(0, at)), which);
        assert.deepEqual(wrong(again), [], `${which}, again after ${at} of ${changes.length}`);
        assert.deepEqual([...again.keys()].sort(), [...whole.keys()].sort());
        assert.equal(text(again, PRIMARY), text(whole, PRIMARY));
      }
      inventory = whole;
      assert.deepEqual(wrong(inventory), [], which);
    }
  });

  it('is found to be wrong by check where a list of public keys is', () => {
    const line = (name: string): readonly string[] => wrong(put(announced, PUBLIC, name));
    const [old, next] = text(announced, PUBLIC).trim().split('\n');
    const name = 'gatekeeper-primary/gatekeeper/gatekeeper.pub';
    assert.deepEqual(line('sesame'), [`${name}: it is not 64 hex digits a line`]);
    assert.deepEqual(line(`${next}\n`), [
      `${name}: it lacks the public half of ${PRIMARY}; it lacks the public half of ${SECONDARY}`,
    ]);
    assert.deepEqual(line(`${old}\n`), [`${name}: it lacks the public half of ${NEXT}`]);
    assert.deepEqual(line(`${old}\n${next}\n${old}\n`), [`${name}: it is not one key, or two`]);
    const without = new Map(announced);
    without.delete(PUBLIC);
    assert.deepEqual(wrong(without), [`${name}: missing`]);
    assert.deepEqual(wrong(put(announced, NEXT, 'sesame')), ['pki/gatekeeper/next.key: it is not 64 hex digits']);
    const retired = done(done(announced, 'issue'), 'retire');
    assert.deepEqual(wrong(put(retired, PUBLIC, text(announced, PUBLIC))), [
      `${name}: it holds a key that no gatekeeper signs with`,
    ]);
  });

  it('is over where a key that has leaked is replaced at once', () => {
    for (const inventory of [begun, announced, done(announced, 'issue')]) {
      const changes = replaceGatekeeperKey(manifest, inventory, tools);
      const replaced = applied(inventory, changes);
      assert.deepEqual(wrong(replaced), []);
      assert.ok(!replaced.has(NEXT));
      const key = text(replaced, PRIMARY);
      assert.equal(text(replaced, SECONDARY), key);
      assert.ok(![text(begun, PRIMARY), text(announced, NEXT)].includes(key));
      assert.deepEqual(gatekeeperPublicKeys(manifest, replaced), [publicOf(key)]);
    }
  });
});
