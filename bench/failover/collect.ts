/** Reads what a run left (histories of the meetings, witness logs, metrics, the store) as the checker wants it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { legRecord } from '../../runtime/gatekeeper/index.ts';
import type { FinalState, Operation, Witnessed } from './run-record.ts';

/** All that any record of a meeting's history has (history.ts). */
const historyLine = z.object({
  kind: z.string(),
  at: z.number(),
  guardian: z.string().default(''),
  operation: z.string().optional(),
  n: z.number().optional(),
  call: z.string().optional(),
  asked: z.number().optional(),
  granted: z.number().optional(),
  gatekeeper: z.string().optional(),
  elapsed: z.number().default(0),
  reason: z.string().optional(),
  policy: z.string().optional(),
  request: z.string().optional(),
  answer: z.string().nullish(),
  event: z.string().optional(),
});
type HistoryLine = z.infer<typeof historyLine>;

/** Every whole line of a file; none where there is no file. */
export function jsonLines<T>(file: string, schema: z.ZodType<T>): readonly T[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => schema.parse(JSON.parse(line)));
}

const KINDS: Readonly<Record<string, Operation['kind']>> = {
  ...{ ARQ: 'admit', BRQ: 'bandwidth', DRQ: 'disengage', RRQ: 'keep-alive' },
};
const EVENTS: Readonly<Record<string, Operation['kind']>> = {
  ...{ registered: 'register', forcedDrop: 'dropped', ejected: 'ejected', bandwidthChanged: 'bandwidth' },
  // A live call that a gatekeeper did not know is lost, whatever its terminal then does about it.
  readmitted: 'dropped',
};
const OUTCOMES: Readonly<Record<string, Operation['outcome']>> = {
  ...{ confirm: 'confirmed', reject: 'refused', timeout: 'unknown' },
};

/** The operations of one meeting. @param sideOf tells the gatekeeper by its `address:port` */
export function operationsOf(file: string, sideOf: (address: string) => string): readonly Operation[] {
  const open = new Map<number, HistoryLine>();
  const operations: Operation[] = [];
  const add = (line: HistoryLine, kind: Operation['kind'], outcome: Operation['outcome'], sentAt: number): void => {
    const { guardian, call, gatekeeper, reason, policy } = line;
    const bandwidth = outcome === 'confirmed' ? line.granted : line.asked;
    operations.push({
      ...{ guardian, kind, outcome, sentAt, endedAt: line.at },
      ...(gatekeeper !== undefined && { from: sideOf(gatekeeper) }),
      ...(call !== undefined && { call }),
      ...(bandwidth !== undefined && { bandwidth }),
      ...(reason !== undefined && { reason: policy === undefined ? reason : `${reason} ${policy}` }),
    });
  };
  for (const line of jsonLines(file, historyLine)) {
    const { kind, at, n = 0, operation = '', request = '', event = '', answer, elapsed } = line;
    const outcome = OUTCOMES[kind];
    if (kind === 'request') open.set(n, line);
    else if (outcome !== undefined) {
      // What is refused for want of the store may have reached it all the same.
      const settled = line.policy === 'STORE_UNAVAILABLE' ? 'unknown' : outcome;
      add(line, KINDS[operation] ?? 'keep-alive', settled, open.get(n)?.at ?? at - elapsed);
      open.delete(n);
    } else if (kind === 'own' && request !== 'RRQ') {
      const of = KINDS[request];
      const end = answer == null ? 'unknown' : answer.endsWith('CF') ? 'confirmed' : 'refused';
      if (of !== undefined) add(line, of, end, at - elapsed);
    } else if (kind === 'event') {
      const of = EVENTS[event];
      if (of !== undefined) add(line, of, 'confirmed', at);
      if (event === 'readmitted') add(line, 'admit', 'confirmed', at);
    }
  }
  for (const line of open.values()) add(line, KINDS[line.operation ?? ''] ?? 'keep-alive', 'unknown', line.at);
  return operations;
}

const witnessLine = z.object({
  ts: z.string(),
  msg_type: z.string(),
  call_id: z.string().optional(),
  retransmission: z.boolean().default(false),
  detail: z.string().optional(),
});

/**
 * The confirms in a gatekeeper's witness logs.
 * @param zero the wall clock's milliseconds since 1970 where the clock of all operations is 0
 */
export function witnessedBy(gatekeeper: string, dataDir: string, zero: number): readonly Witnessed[] {
  const folder = join(dataDir, 'logs', 'h323_witness');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files
    .flatMap((file) => jsonLines(join(folder, file), witnessLine))
    .flatMap(({ ts, msg_type: type, call_id: call, retransmission, detail }) => {
      if (!/^[ABD]CF$/.test(type) || call === undefined) return [];
      const isOfNoCall = detail === 'no such call';
      return { gatekeeper, type, at: Date.parse(ts) - zero, call, isOfNoCall, again: retransmission === true };
    });
}

/** From the leader's metrics, and the store's keys with their values below the zone's state. */
export function finalState(metrics: string, stored: ReadonlyMap<string, Buffer>): FinalState {
  const bandwidth = new Map<string, number>();
  for (const [, terminal = '', value] of metrics.matchAll(
    /^h323_guardian_bandwidth_bps\{[^}]*terminal_id="([^"]*)"[^}]*\} (\S+)$/gm,
  ))
    bandwidth.set(terminal, Number(value));
  const sessions = Number(/^h323_gatekeeper_active_sessions(?:\{[^}]*\})? (\S+)$/m.exec(metrics)?.[1] ?? 'NaN');
  const calls = new Map<string, number>();
  for (const [key, value] of stored) {
    const call = /\/leg\/[\w-]+\/([0-9a-f]+)\/made$/.exec(key)?.[1];
    if (call !== undefined) calls.set(call, legRecord.decode(value).units);
  }
  return { calls, sessions, bandwidth };
}
