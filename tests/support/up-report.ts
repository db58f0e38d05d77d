/** What `council up --json` tells of a council when everybody was admitted or has failed. */
import type { SocketAddress } from '../../runtime/h225/index.ts';

export interface Seat {
  readonly terminal_id: string;
  readonly state: string;
  readonly admitted_ms: number;
  readonly bandwidth_bps: number;
  readonly bandwidth_quota_bps: number;
}

/** What became of a council whose leader was killed. */
export interface FailoverFigures {
  readonly killed: string;
  /** NaN where nobody took over. */
  readonly failover_ms: number;
  readonly calls_lost: number;
  readonly confirmed_lost: number;
  readonly reregistrations: number;
}

export interface CouncilReport {
  readonly store: string;
  readonly storeNote: string;
  /** The instance that leads, and what each is. */
  readonly leader: string;
  readonly states: Readonly<Record<string, string>>;
  /** URLs by instance. */
  readonly metrics: Readonly<Record<string, string>>;
  /** `undefined` where nobody was killed. */
  readonly failover: FailoverFigures | undefined;
  /** The one that leads. */
  readonly gatekeeper: { readonly ras: SocketAddress; readonly metrics: string };
  readonly guardians: readonly Seat[];
  readonly counts: { readonly admitted: number; readonly failed: number; readonly of: number };
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const text = (from: Fields, name: string): string => {
  const value = from[name];
  if (typeof value !== 'string') throw new TypeError(`${name} is no text`);
  return value;
};

const number = (from: Fields, name: string): number => {
  const value = from[name];
  if (typeof value !== 'number') throw new TypeError(`${name} is no number`);
  return value;
};

const seat = (value: unknown): Seat => {
  if (!isObject(value)) throw new TypeError('no guardian');
  return {
    terminal_id: text(value, 'terminal_id'),
    state: text(value, 'state'),
    admitted_ms: number(value, 'admitted_ms'),
    bandwidth_bps: number(value, 'bandwidth_bps'),
    bandwidth_quota_bps: number(value, 'bandwidth_quota_bps'),
  };
};

const failoverOf = (report: Fields): FailoverFigures | undefined =>
  'failover_ms' in report
    ? {
        killed: text(report, 'killed'),
        failover_ms: report['failover_ms'] === null ? Number.NaN : number(report, 'failover_ms'),
        calls_lost: number(report, 'calls_lost'),
        confirmed_lost: number(report, 'confirmed_lost'),
        reregistrations: number(report, 'reregistrations'),
      }
    : undefined;

/** Reads the one line; throws for one that is anything else. */
export function councilReport(line: string): CouncilReport {
  const report: unknown = JSON.parse(line);
  if (!isObject(report)) throw new TypeError('no report');
  const { gatekeeper, gatekeepers, guardians } = report;
  if (!isObject(gatekeeper) || !isObject(gatekeeper['ras']) || !Array.isArray(guardians) || !Array.isArray(gatekeepers))
    throw new TypeError('a part of the report is missing');
  const { ras } = gatekeeper;
  return {
    store: text(report, 'store'),
    storeNote: text(report, 'store_note'),
    leader: text(report, 'leader'),
    states: Object.fromEntries(gatekeepers.filter(isObject).map((one) => [text(one, 'instance'), text(one, 'state')])),
    metrics: Object.fromEntries(
      gatekeepers.filter(isObject).map((one) => [text(one, 'instance'), text(one, 'metrics')]),
    ),
    failover: failoverOf(report),
    gatekeeper: {
      ras: { address: text(ras, 'address'), port: number(ras, 'port') },
      metrics: text(gatekeeper, 'metrics'),
    },
    guardians: guardians.map(seat),
    counts: { admitted: number(report, 'admitted'), failed: number(report, 'failed'), of: number(report, 'of') },
  };
}
