import { existsSync, readdirSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * What Pulumi loads to ship functions of a program to the cloud, which takes more than half of its loading time: the
 * TypeScript compiler and npm's installer. No plan ships functions, so that these are loaded when something of theirs is
 * asked for, and never before.
 */
const POSTPONED = ['./typescript-shim.js', '@npmcli/arborist'];

/** Rewrites every stack trace of a program; Node does that itself, and faster. */
const REWRITER = 'source-map-support/register';

const fromPulumi = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi'));

/** Puts off the loading of packages that a plan does not need; call it before Pulumi is imported. */
export function postponePackages() {
  for (const name of POSTPONED) {
    const path = resolved(name);
    if (path !== undefined) postpone(path);
  }
  for (const path of servicesOfAws()) postpone(path);
}

/** The provider's package loads an index of each of some 240 services of AWS; a program uses fifteen. */
function servicesOfAws() {
  const aws = dirname(createRequire(import.meta.url).resolve('@pulumi/aws'));
  return readdirSync(aws)
    .map((name) => join(aws, name, 'index.js'))
    .filter((path) => existsSync(path));
}

/** Keeps Pulumi from having stack traces rewritten; call it before Pulumi is imported. */
export function leaveStacksAlone() {
  const path = resolved(REWRITER);
  if (path !== undefined) standFor(path);
}

/** What is found instead of a package. */
function standFor(path) {
  const stand = new Module(path);
  stand.loaded = true;
  fromPulumi.cache[path] = stand;
  return stand;
}

function postpone(path) {
  const stand = standFor(path);
  stand.exports = new Proxy(
    {},
    {
      get(_, key) {
        // Asked of every module when it is taken in; true keeps the proxy from being copied.
        if (key === '__esModule') return true;
        if (fromPulumi.cache[path] === stand) delete fromPulumi.cache[path];
        return fromPulumi(path)[key];
      },
    },
  );
}

/** Undefined where this Pulumi has no such package. */
function resolved(name) {
  try {
    return fromPulumi.resolve(name);
  } catch {
    return undefined;
  }
}

let isLight = false;

/**
 * Pulumi writes down where each of its promises was made, four for each property of a resource: a third of a plan's
 * processor time. It goes on noticing those that never end. Call it before a program is run; it loads Pulumi.
 */
export function takeNoStacks() {
  const debuggable = fromPulumi('./runtime/debuggable.js');
  const { debuggablePromise, debugPromiseLeaks } = debuggable;
  // Whoever looks for promises that leak (PULUMI_DEBUG_PROMISE_LEAKS) is shown where they were made.
  if (isLight || typeof debuggablePromise !== 'function' || debugPromiseLeaks) return;
  isLight = true;
  debuggable.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

/**
 * Pulumi's runtime tells the engine of some 800 details of a run, one after the other, which the engine shows with
 * `pulumi --debug` alone and does not end before it has. COUNCIL_PULUMI_DETAILS=1 has them told.
 */
export function tellNoDetails() {
  if (process.env['COUNCIL_PULUMI_DETAILS']) return;
  fromPulumi('./log/index.js').debug = async () => {};
}
