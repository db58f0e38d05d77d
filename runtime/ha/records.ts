/** Where what lies in the store, and the records that people and other programs may read there, as JSON. */

import { z } from 'zod';
import { RecordError } from './errors.ts';
import { leaseId, revision } from './store.ts';

const address = z.object({ address: z.string().min(1), port: z.number().int().min(1).max(65_535) });

/** Who leads. It is put once a term: the key's modRevision is the term, and the fence of every write. */
const leaderRecord = z.object({
  instance: z.string().min(1),
  /** Where endpoints reach it. */
  ras: address,
  /** The lease that the key hangs on, so that whoever ends it ends this leadership and no other. */
  lease: z.string().transform(leaseId),
  /** Milliseconds since 1970, by the leader's clock; for people. */
  since: z.number(),
});
export type LeaderRecord = z.infer<typeof leaderRecord>;

/** A gatekeeper of the zone that is there, leading or not. Hangs on its lease. */
const memberRecord = z.object({
  instance: z.string().min(1),
  role: z.enum(['primary', 'secondary']),
  ras: address,
  /** Where `/readyz` answers. */
  http: address,
  /** The lease that the record hangs on, and that leadership may be handed over to. */
  lease: z.string().transform(leaseId),
  version: z.string(),
  /** Of its guardian registry; members of one zone must have the same. */
  registry: z.string(),
});
export type MemberRecord = z.infer<typeof memberRecord>;

/** An operator's order to lead no longer, for the leader of `term` alone. */
const switchoverRecord = z.object({ term: z.number(), to: z.string().optional(), by: z.string() });
export type SwitchoverRecord = z.infer<typeof switchoverRecord>;

/** Which term ended by handing over. */
const handoverRecord = z.object({ term: z.number().transform(revision) });
export type HandoverRecord = z.infer<typeof handoverRecord>;

/** The keys of one zone. */
export class ZoneKeys {
  /** All of the zone's keys begin so. */
  readonly prefix: string;
  readonly leader: string;
  readonly members: string;
  readonly switchover: string;
  /** Written by who gives leadership up of its own accord, in the transaction that does it. */
  readonly handover: string;
  /** Below this and a term: which write of that term was the last. */
  readonly chain: string;
  /** Registrations, calls and answers: the gatekeeper's own, below this. */
  readonly state: string;

  /** @param zone the gatekeeper identifier that all of the zone's gatekeepers answer to */
  constructor(zone: string) {
    this.prefix = `/guardian-council/${encodeURIComponent(zone)}/`;
    this.leader = `${this.prefix}leader`;
    this.members = `${this.prefix}members/`;
    this.switchover = `${this.prefix}switchover`;
    this.handover = `${this.prefix}handover`;
    this.chain = `${this.prefix}chain/`;
    this.state = `${this.prefix}state/`;
  }

  member(instance: string): string {
    return `${this.members}${encodeURIComponent(instance)}`;
  }
}

function codec<T>(name: string, schema: z.ZodType<T>) {
  return {
    encode: (record: T): Uint8Array => Buffer.from(JSON.stringify(record)),
    /** @throws RecordError */
    decode(value: Uint8Array): T {
      try {
        return schema.parse(JSON.parse(Buffer.from(value).toString('utf8')));
      } catch (cause) {
        throw new RecordError(`a ${name} record in the store cannot be read`, { cause });
      }
    },
  };
}

export const leaderCodec = codec('leader', leaderRecord);
export const memberCodec = codec('member', memberRecord);
export const switchoverCodec = codec('switchover', switchoverRecord);
export const handoverCodec = codec('handover', handoverRecord);
