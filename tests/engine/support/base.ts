import { rmSync } from 'node:fs';
import { skipLoudly } from '../../support/skip.ts';
import { findToolchain, type Toolchain } from '../toolchain/find.ts';
import { SECRETS } from './leaks.ts';
import { EngineStack, type Run } from './stack.ts';

/** Milliseconds that a test may take: several runs of the engine on a machine that does other things, too. */
export const TEST_PATIENCE = 900_000;

/** The toolchain; skips the suite, from its `before` hook, where there is none. */
export function needToolchain(context: Mocha.Context): Toolchain {
  const found = findToolchain();
  return typeof found === 'string' ? skipLoudly(context, found) : found;
}

interface Base {
  readonly stack: EngineStack;
  /** The `up` that made it. */
  readonly up: Run;
}

const bases = new Map<string, Promise<Base>>();

async function bringUp(toolchain: Toolchain, name: string): Promise<Base> {
  const stack = await emptyStack(toolchain, name);
  process.once('exit', () => rmSync(stack.project.folder, { recursive: true, force: true }));
  const up = await stack.run('up');
  if (up.status !== 0) throw new Error(`the first up of ${name} failed:\n${up.stdout}${up.stderr}`);
  return { stack, up };
}

/** Type, in a stand-in's account, of what `council secrets init` would have written; nothing of it is Pulumi's. */
export const BY_HAND = 'lab:ssm/parameter:ByHand';

/** A stack of nothing yet. Its on-call contact is secret, and its hosts' secrets are in SSM. */
export async function emptyStack(
  toolchain: Toolchain,
  name: string,
  options: Parameters<typeof EngineStack.create>[2] = {},
): Promise<EngineStack> {
  const stack = await EngineStack.create(toolchain, name, options);
  const id = `/guardian-council/${name}/secrets/gatekeeper-primary/etcd/member.key`;
  const outputs = { type: 'SecureString', value: SECRETS.etcdKey };
  stack.cloud.put({ type: BY_HAND, id, name: id, urn: '', inputs: outputs, outputs });
  await stack.configure('onCallContact', SECRETS.onCallContact, { isSecret: true });
  return stack;
}

/** The stack as one `up` made it: made once, for every test. It is for looking at; who changes something takes a copy. */
export function baseOf(toolchain: Toolchain, name: string): Promise<Base> {
  const base = bases.get(name) ?? bringUp(toolchain, name);
  bases.set(name, base);
  return base;
}

/** A copy of a stack that is up, for one test, which closes it. */
export async function upStack(toolchain: Toolchain, name: string): Promise<EngineStack> {
  return (await baseOf(toolchain, name)).stack.copy();
}
