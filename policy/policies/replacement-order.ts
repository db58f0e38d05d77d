import { VOTERS } from '../../components/hosts.ts';
import { type ByUrn, byUrn, madeAfter, madeFrom } from '../graph.ts';
import { type Finding, labelOf, type StackPolicy, type StackResource } from '../policy.ts';
import { COMMAND, INSTANCE } from '../types.ts';
import { at, listOf, textOf, UNKNOWN, type Value } from '../values.ts';

/** In which order the voters are replaced: each is touched when the one before it was found healthy. */
const ORDER = ['gatekeeper-secondary', 'gatekeeper-primary', 'monitoring'] as const;

/** SHA-256 of what a host is made of, as a gate before it has it. */
const FINGERPRINT = /^[0-9a-f]{64}$/;

/** Whether triggers have fingerprints. In a preview neither they nor the `others` beside them may be known yet. */
function hasFingerprints(triggers: Value | undefined, count: number, others: number): boolean {
  const known = listOf(triggers).filter((trigger) => FINGERPRINT.test(textOf(trigger))).length;
  const unknown = listOf(triggers).filter((trigger) => trigger === UNKNOWN).length;
  return triggers === UNKNOWN || known >= count || known + unknown >= count + others;
}

/** Why a command is not run anew whenever one of these hosts is about to change; `others` are beside them in its triggers. */
function renewalProblems(gate: StackResource, hosts: readonly StackResource[], others: number): string[] {
  const who = hosts.map(({ name }) => name);
  const label = labelOf(gate);
  return [
    ...(hasFingerprints(gate.props['triggers'], hosts.length, others)
      ? []
      : [
          `${label} is not passed anew when ${who.join(' or ')} is about to change: put the fingerprint of ${who.join(' and of ')} into triggers`,
        ]),
    ...(gate.ignoreChanges.some((path) => path.startsWith('triggers') || path === '*')
      ? [`${label} ignores changes of its triggers: take ignoreChanges off`]
      : []),
  ];
}

/** Inputs that hold what the gate does; triggers only say when it is done anew. */
const asks = ({ propertyDependencies }: StackResource, urn: string): boolean =>
  Object.entries(propertyDependencies).some(([input, urns]) => input !== 'triggers' && urns.includes(urn));

/** Why a command does not keep `next` from being touched while `before` is out. */
function gateProblems(gate: StackResource, before: StackResource, next: StackResource): string[] {
  const label = labelOf(gate);
  const renewed = (gate.propertyDependencies['triggers'] ?? []).includes(before.urn);
  return [
    ...(renewed
      ? []
      : [`${label} is not passed anew when ${before.name} is replaced: put its instance id into triggers`]),
    ...(at(gate.props, 'environment', 'NEXT_ROLE') === next.name
      ? []
      : [`${label} does not ask whether etcd decides without ${next.name}: name that in NEXT_ROLE`]),
    ...renewalProblems(gate, [before, next], 1),
  ];
}

/** The first of them may be the only one that serves, after an update that failed half-way: a command asks first. */
function spareProblems(all: ByUrn, first: StackResource): Finding[] {
  const gate = [...madeAfter(all, first)]
    .flatMap((urn) => all.get(urn) ?? [])
    .find(
      ({ type, props }) => type === COMMAND && / release spare .*--role "\$HOST_ROLE"/.test(textOf(props['create'])),
    );
  if (gate === undefined || at(gate.props, 'environment', 'HOST_ROLE') !== first.name) {
    const message = `${labelOf(first)} may be touched while nobody else serves: make it after a PartnerGate of its own`;
    return [{ urn: first.urn, message }];
  }
  return renewalProblems(gate, [first], 0).map((message) => ({ urn: gate.urn, message }));
}

/** Between two hosts stands a command that asks for the health of the first, and that the second waits for. */
function orderProblems(all: ByUrn, before: StackResource, next: StackResource): Finding[] {
  const gates = [...madeAfter(all, next)].flatMap((urn) => {
    const found = all.get(urn);
    return found?.type === COMMAND && asks(found, before.urn) ? [found] : [];
  });
  const [gate] = gates;
  if (gate === undefined) {
    const message = `${labelOf(next)} may be touched while ${before.name} is out: make it after a HealthGate of ${before.name}`;
    return [{ urn: next.urn, message }];
  }
  // One gate that holds is enough.
  const problems = gates.map((one) => gateProblems(one, before, next));
  if (problems.some((list) => list.length === 0)) return [];
  return (problems[0] ?? []).map((message) => ({ urn: gate.urn, message }));
}

/** Whether two voters would be deleted together: what is deleted before it is replaced takes along what is made from it. */
function sharedFate(all: ByUrn, earlier: StackResource, later: StackResource): Finding[] {
  const found = ({ urn, type, name }: StackResource, what: string): Finding[] => [
    {
      urn,
      message: `${labelOf({ type, name })} takes outputs of ${what}: both would be deleted together; take what is known before`,
    },
  ];
  const [sources, others] = [madeFrom(all, later), madeFrom(all, earlier)];
  if (sources.has(earlier.urn)) return found(later, labelOf(earlier));
  if (others.has(later.urn)) return found(earlier, labelOf(later));
  const shared = [...sources].flatMap((urn) => (others.has(urn) ? (all.get(urn) ?? []) : []));
  const first = shared.find(({ deleteBeforeReplace }) => deleteBeforeReplace === true);
  return first === undefined ? [] : found(later, `${labelOf(first)}, as ${earlier.name} does`);
}

const cascadeProblems = (all: ByUrn, voters: readonly StackResource[]): Finding[] =>
  voters.flatMap((later, index) => voters.slice(0, index).flatMap((earlier) => sharedFate(all, earlier, later)));

/**
 * Never more than one voter is out: both gatekeepers are never replaced together, and the third voter never while a
 * gatekeeper is out. What an update will do, no policy sees; so this looks at what makes every update keep to it.
 */
export const replacementOrder: StackPolicy = {
  name: 'replacement-order',
  description: 'The voters are replaced one after the other, each when the one before it was found healthy.',
  level: 'mandatory',
  types: [INSTANCE],
  checkStack: (resources) => {
    const all = byUrn(resources);
    const voters = VOTERS.flatMap((role) => resources.filter(({ type, name }) => type === INSTANCE && name === role));
    const find = (role: string): StackResource | undefined => voters.find(({ name }) => name === role);
    const overlapping = voters.filter(({ deleteBeforeReplace }) => deleteBeforeReplace !== true);
    return [
      ...overlapping.map((instance) => ({
        urn: instance.urn,
        message: `${labelOf(instance)} would be deleted only when all others are replaced: set deleteBeforeReplace to true`,
      })),
      ...cascadeProblems(all, voters),
      ...voters.filter(({ name }) => name === ORDER[0]).flatMap((first) => spareProblems(all, first)),
      ...ORDER.slice(1).flatMap((role, index) => {
        const [before, next] = [find(ORDER[index] ?? ''), find(role)];
        return before === undefined || next === undefined ? [] : orderProblems(all, before, next);
      }),
    ];
  },
};
