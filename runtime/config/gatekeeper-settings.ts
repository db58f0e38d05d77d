import type { BitsPerSecond } from '../units.ts';
import type { SettingName } from './settings-table.ts';

export type Policy = 'signed' | 'open-lab';

/** Another gatekeeper of the zone, advertised in GCF and RCF (H.225.0 `AlternateGK`). */
export interface AlternateGatekeeper {
  readonly host: string;
  readonly rasPort: number;
  readonly gatekeeperId: string;
  /** 0 to 127; terminals try the lowest first. */
  readonly priority: number;
}

/** What a gatekeeper runs with. Ports may be 0: any free one. Ranges and defaults are in `settingsTable`. */
export interface GatekeeperSettings {
  readonly host: string;
  /** What terminals are told instead of `host`. */
  readonly advertisedHost?: string | undefined;
  readonly rasPort: number;
  readonly signallingPort: number;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly gatekeeperId: string;
  readonly registry: string;
  readonly policy: Policy;
  readonly dataDir: string;
  readonly keyFile?: string | undefined;
  readonly alternates: readonly AlternateGatekeeper[];
  readonly timeToLiveSeconds: number;
  readonly freshnessSeconds: number;
  /** Of all calls together, one way. */
  readonly councilBandwidthBps: BitsPerSecond;
  /** One way. */
  readonly minimumGrantBps: BitsPerSecond;
  readonly maxSessions: number;
  /** 0: terminals are not asked for status reports. */
  readonly irrFrequencySeconds: number;
  readonly verifyQueue: number;
  readonly maxEndpoints: number;
  readonly maxCalls: number;
  readonly role: 'primary' | 'secondary';
  readonly instance?: string | undefined;
  /** URLs; empty where the gatekeeper stands alone. */
  readonly etcdEndpoints: readonly string[];
  readonly floatingAddress?: string | undefined;
  readonly etcdCaFile?: string | undefined;
  readonly etcdCertFile?: string | undefined;
  readonly etcdKeyFile?: string | undefined;
}

export interface ResolvedSettings extends GatekeeperSettings {
  /** Where each value came from: an option, a variable, `file:line`, or `default`. */
  readonly origins: ReadonlyMap<SettingName, string>;
  /** Sentences for the operator; nothing that stops the service. */
  readonly warnings: readonly string[];
}

export interface SettingsSources {
  /** What the command line gave, as typed; undefined where it gave nothing. */
  readonly options?: { readonly [Name in SettingName]?: string | undefined };
  /** The process's environment. An empty variable counts as not set. */
  readonly environment?: { readonly [name: string]: string | undefined };
  /** The configuration file (YAML), read already. */
  readonly file?: { readonly name: string; readonly text: string } | undefined;
}
