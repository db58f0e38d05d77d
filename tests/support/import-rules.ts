/**
 * The house rules of docs/ARCHITECTURE.md that a machine can check, as a pure function over file texts. What it cannot
 * see: what a package does behind its imports, and a global that a file hides behind a declaration of the same name.
 */
import { posix } from 'node:path';
import { purityViolations } from './purity-rules.ts';
import { type Import, parseSource, type Source } from './source.ts';

/** Folders of runtime/ from the bottom up: a room imports rooms of a lower rank. */
const RANKS: ReadonlyMap<string, number> = new Map(
  [
    ['asn1'],
    ['config', 'h225', 'h235', 'h245', 'pki', 'q931', 'sip'],
    [
      'adapters',
      'gatekeeper',
      'guardian',
      'ha',
      'interworking',
      'media',
      'metrics',
      'release',
      'runbook',
      'secrets',
      'witness',
    ],
    ['service'],
    ['cli'],
  ].flatMap((rooms, rank) => rooms.map((room): [string, number] => [room, rank])),
);

/** Imports between rooms of one rank; together they must stay acyclic. */
const SIDEWAYS: ReadonlySet<string> = new Set(['adapters -> ha', 'h225 -> h235', 'h225 -> h245', 'h245 -> h235']);

/** Rooms without an index.ts: each file of theirs is a door. */
const OPEN_ROOMS: ReadonlySet<string> = new Set(['runtime/adapters', 'runtime/cli']);

/** The only rooms that may touch sockets, timers, clocks, randomness, files or logs. */
const IMPURE_ROOMS: ReadonlySet<string> = new Set(['runtime/adapters', 'runtime/cli', 'runtime/service']);

/** The one file of runtime/ outside the rooms; every room may import it. */
const UNITS = 'runtime/units.ts';

/** What must compute and no more: protocol machines, and policies. */
const isPure = (path: string): boolean =>
  houseOf(path) === 'runtime' ? !IMPURE_ROOMS.has(roomOf(path) ?? '') : roomOf(path) === 'policy/policies';

/** Starts commands that plan: a file of the plan's room, not its door, since it starts what the door leads to. */
const LAUNCH = 'components/plan/launch.mjs';

const LONGEST_FILE = 400;

/** What is entered by doors and kept short: the shipped houses, the policies, and the lab that stands in for AWS. */
const HOUSES: ReadonlySet<string> = new Set(['runtime', 'components', 'policy', 'lab']);

/** `runtime/h225` for anything below it; undefined for a file that stands directly in its house. */
function roomOf(path: string): string | undefined {
  const [house = '', room, ...rest] = path.split('/');
  return rest.length > 0 && HOUSES.has(house) ? `${house}/${room}` : undefined;
}

const houseOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : path);

/** Under the house rules: tests and benchmarks may reach in where they like. */
const isRuled = (path: string): boolean => path === 'index.ts' || HOUSES.has(houseOf(path));

/** Houses that a house may import from, itself aside: the root program composes components, policies take facts of theirs. */
const NEIGHBOURS: ReadonlyMap<string, string> = new Map([
  ['index.ts', 'components'],
  ['policy', 'components'],
]);

/** The file that a relative import names, or undefined for a package. */
function targetOf(path: string, { specifier }: Import): string | undefined {
  return specifier?.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
}

/** Why `path` may not import the file `target`, if it may not. */
function forbiddenTarget(path: string, target: string): string | undefined {
  const house = houseOf(path);
  // The houses know nothing of each other, these aside, and nothing that is shipped knows of tests.
  if (![house, NEIGHBOURS.get(house)].includes(houseOf(target))) return `${house} may not import ${target}`;
  if (path === 'policy/check.mjs' && target === LAUNCH) return undefined;

  const [room, targetRoom] = [roomOf(path), roomOf(target)];
  if (room === targetRoom) return undefined;
  if (targetRoom !== undefined && !OPEN_ROOMS.has(targetRoom) && target !== `${targetRoom}/index.ts`)
    return `${target} is inside ${targetRoom}, whose door is ${targetRoom}/index.ts`;
  if (house !== 'runtime' || target === UNITS) return undefined;

  const [from = path, to = target] = [room, targetRoom].map((name) => name?.slice('runtime/'.length));
  const [rank, targetRank] = [RANKS.get(from) ?? -1, RANKS.get(to) ?? -1];
  return rank > targetRank || SIDEWAYS.has(`${from} -> ${to}`) ? undefined : `${from} may not import ${to}`;
}

function importViolations(path: string, source: Source, files: ReadonlyMap<string, string>): string[] {
  return source.imports.flatMap((entry) => {
    const { specifier, line } = entry;
    const at = `${path}:${line}:`;
    if (specifier === undefined) return isRuled(path) ? [`${at} imports a name that is computed`] : [];
    const target = targetOf(path, entry);
    if (target === undefined) {
      if (/^(\/|file:)/.test(specifier)) return [`${at} imports the absolute ${specifier}`];
      return houseOf(path) === 'runtime' && specifier.startsWith('@pulumi/')
        ? [`${at} runtime may not import ${specifier}`]
        : [];
    }
    const forbidden = isRuled(path) ? forbiddenTarget(path, target) : undefined;
    if (forbidden !== undefined) return [`${at} ${forbidden}`];
    return files.has(target) || target.endsWith('.json') ? [] : [`${at} ${specifier} names no file`];
  });
}

function placeViolations(path: string): string[] {
  if (houseOf(path) !== 'runtime' || path === UNITS) return [];
  const room = roomOf(path);
  if (room === undefined) return [`${path}: stands in no room of runtime`];
  return RANKS.has(room.slice('runtime/'.length)) ? [] : [`${path}: ${room} has no rank`];
}

function lengthViolations(path: string, text: string): string[] {
  const lines = text.replace(/\n$/, '').split('\n').length;
  return isRuled(path) && lines > LONGEST_FILE ? [`${path}: ${lines} lines, the limit is ${LONGEST_FILE}`] : [];
}

function silencedViolations(path: string, source: Source): string[] {
  // A type test says with expect-error that the compiler must object, and fails when it does not.
  const silenced = source.silenced.filter(({ what }) => what !== '@ts-expect-error' || houseOf(path) !== 'tests');
  return silenced.map(({ what, line }) => `${path}:${line}: ${what} silences the checker`);
}

/** One line for each cycle found, beginning at its alphabetically first file; type-only imports count too. */
function cycles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set<string>();
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const loop = trail.slice(start);
      const first = loop.indexOf(loop.toSorted()[0] ?? path);
      const turned = [...loop.slice(first), ...loop.slice(0, first)];
      found.add(`import cycle: ${[...turned, turned[0]].join(' -> ')}`);
    } else if (!finished.has(path)) {
      trail.push(path);
      for (const target of edges.get(path) ?? []) visit(target);
      trail.pop();
      finished.add(path);
    }
  };
  for (const path of [...edges.keys()].sort()) visit(path);
  return [...found];
}

/**
 * What breaks the rules in a tree, as sentences that begin with `path:line:` where a line is to blame.
 *
 * @param files every code file's text under its path from the repository's root, with forward slashes
 */
export function violations(files: ReadonlyMap<string, string>): string[] {
  const edges = new Map<string, string[]>();
  const found: string[] = [];
  for (const [path, text] of files) {
    const source = parseSource(path, text);
    edges.set(
      path,
      source.imports.flatMap((entry) => targetOf(path, entry) ?? []).filter((target) => files.has(target)),
    );
    found.push(
      ...placeViolations(path),
      ...lengthViolations(path, text),
      ...silencedViolations(path, source),
      ...importViolations(path, source, files),
    );
    if (isPure(path)) found.push(...purityViolations(path, source));
  }
  return [...found, ...cycles(edges)];
}
