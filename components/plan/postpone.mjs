import { createRequire, Module } from 'node:module';

/**
 * What Pulumi loads to ship functions of a program to the cloud, which takes more than half of its loading time: the
 * TypeScript compiler and npm's installer. No plan ships functions, so that these are loaded when something of theirs is
 * asked for, and never before.
 */
const POSTPONED = ['./typescript-shim.js', '@npmcli/arborist'];

/** Puts off the loading of packages that a plan does not need; call it before Pulumi is imported. */
export function postponePackages() {
  const fromPulumi = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi'));
  for (const name of POSTPONED) {
    const path = resolved(fromPulumi, name);
    if (path === undefined) continue;
    const stand = new Module(path);
    stand.loaded = true;
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
    fromPulumi.cache[path] = stand;
  }
}

/** Undefined where this Pulumi has no such package. */
function resolved(fromPulumi, name) {
  try {
    return fromPulumi.resolve(name);
  } catch {
    return undefined;
  }
}
