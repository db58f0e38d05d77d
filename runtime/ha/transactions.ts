import type { EpochMilliseconds } from '../units.ts';
import { handoverCodec, leaderCodec, type MemberRecord, type ZoneKeys } from './records.ts';
import { type Put, type Revision, revision, type Transaction } from './store.ts';

/** Who is to lead, and on what lease. */
export type Candidate = Pick<MemberRecord, 'instance' | 'ras' | 'lease'>;

function lead(keys: ZoneKeys, { instance, ras, lease }: Candidate, since: EpochMilliseconds): Put {
  return { key: keys.leader, value: leaderCodec.encode({ instance, ras, lease, since }), lease };
}

/** Makes `candidate` the leader where there is none. The revision that comes of it is its term. */
export function claim(keys: ZoneKeys, candidate: Candidate, since: EpochMilliseconds): Transaction {
  return {
    guards: [{ key: keys.leader, modRevision: revision(0) }],
    puts: [lead(keys, candidate, since)],
    deletes: [],
  };
}

/**
 * Ends a term of one's own accord. An heir leads from then on, in a term of its own, and need not campaign first; with
 * none the place is free. Where the heir's lease has ended the store refuses it.
 */
export function handOver(
  keys: ZoneKeys,
  term: Revision,
  heir: Candidate | undefined,
  since: EpochMilliseconds,
): Transaction {
  return {
    guards: [{ key: keys.leader, modRevision: term }],
    // Told before the leader's key, so that whoever sees that one knows how the term before it ended.
    puts: [
      { key: keys.handover, value: handoverCodec.encode({ term }) },
      ...(heir === undefined ? [] : [lead(keys, heir, since)]),
    ],
    deletes: [...(heir === undefined ? [keys.leader] : []), keys.switchover],
  };
}
