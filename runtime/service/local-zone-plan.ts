import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadKeyPair, loadOrCreateKeyPair } from '../adapters/key-files.ts';
import {
  type GatekeeperSettings,
  isWildcard,
  keyFileName,
  resolveSettings,
  type SettingName,
  settingsTable,
} from '../config/index.ts';
import { claimPorts } from './local-ports.ts';
import { SIDES, type Side } from './local-zone.ts';

/** Settings as they would be typed. */
export type TypedSettings = { readonly [Name in SettingName]?: string | undefined };

export interface LocalZoneArgs {
  /** As typed; a port of 0 takes any free one. */
  readonly host: string;
  readonly rasPorts: Readonly<Record<Side, string>>;
  readonly httpPorts: Readonly<Record<Side, string>>;
  readonly dataDir: string;
  readonly registry: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A gatekeeper of the zone that is to be. */
export interface PlannedGatekeeper {
  readonly side: Side;
  readonly instance: string;
  /** Below the council's. */
  readonly dataDir: string;
  readonly typed: TypedSettings;
  readonly settings: GatekeeperSettings;
}

export interface ZonePlan {
  readonly gatekeeperId: string;
  readonly publicKey: Uint8Array;
  readonly gatekeepers: Readonly<Record<Side, PlannedGatekeeper>>;
  /** For gatekeepers in processes of their own. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Lets the ports go, right before they are used. */
  releasePorts(): Promise<void>;
}

/** A local council brings its own store, and settles for both gatekeepers what a file could only say of one. */
const OTHERS = /^COUNCIL_(ALTERNATES|CONFIG|ETCD_.*)$/;

/**
 * Settles everything that can be wrong before anything is started; the ports are held until releasePorts().
 * @throws SettingsError, KeyFileError, PortInUseError, or the file system's error
 */
export async function planZone(args: LocalZoneArgs): Promise<ZonePlan> {
  const { host, rasPorts, httpPorts, dataDir, registry } = args;
  const environment = Object.fromEntries(Object.entries(args.environment).filter(([name]) => !OTHERS.test(name)));
  const typedPorts = (side: Side): TypedSettings => ({ host, rasPort: rasPorts[side], httpPort: httpPorts[side] });
  const given = {
    primary: resolveSettings({ options: { ...typedPorts('primary'), dataDir, registry }, environment }),
    secondary: resolveSettings({ options: { ...typedPorts('secondary'), dataDir, registry }, environment }),
  };
  const { gatekeeperId, keyFile: givenKey, advertisedHost = host, httpHost } = given.primary;
  const folder = join(dataDir, 'keys');
  const name = keyFileName(gatekeeperId);
  const { publicKey } = givenKey === undefined ? loadOrCreateKeyPair(folder, name, randomBytes) : loadKeyPair(givenKey);
  const keyFile = givenKey ?? join(folder, `${name}.key`);

  const claims = await claimPorts([
    ...SIDES.map((side) => ({ kind: 'udp' as const, host, port: given[side].rasPort })),
    ...SIDES.map((side) => ({ kind: 'tcp' as const, host: httpHost, port: given[side].httpPort })),
  ]);
  const ports = claims.map(({ port }) => String(port));
  const [rasPrimary = '', rasSecondary = '', httpPrimary = '', httpSecondary = ''] = ports;
  const ras = { primary: rasPrimary, secondary: rasSecondary };
  const http = { primary: httpPrimary, secondary: httpSecondary };
  const written = advertisedHost.includes(':') ? `[${advertisedHost}]` : advertisedHost;

  const planned = (side: Side): PlannedGatekeeper => {
    const instance = `gatekeeper-${side}`;
    const own = join(dataDir, instance);
    const other = ras[side === 'primary' ? 'secondary' : 'primary'];
    const typed: TypedSettings = {
      ...{ host, rasPort: ras[side], httpPort: http[side], gatekeeperId, role: side, instance },
      ...{ dataDir: own, registry, keyFile },
      // Which address stands for all of them only the gatekeeper finds out.
      alternates: isWildcard(advertisedHost) ? '' : `${written}:${other}/1/${gatekeeperId}`,
    };
    // Of a store that is no more.
    rmSync(join(own, 'ha', 'lease.json'), { force: true });
    return { side, instance, dataDir: own, typed, settings: resolveSettings({ options: typed, environment }) };
  };
  const releasePorts = async (): Promise<void> => {
    await Promise.all(claims.map((claim) => claim.release()));
  };
  try {
    const gatekeepers = { primary: planned('primary'), secondary: planned('secondary') };
    return { gatekeeperId, publicKey, gatekeepers, environment, releasePorts };
  } catch (error) {
    await releasePorts();
    throw error;
  }
}

/** The settings as options of a command. */
export const commandLine = (typed: TypedSettings): readonly string[] =>
  settingsTable.flatMap(({ name, option }) => {
    const value = typed[name];
    return value === undefined || value === '' ? [] : [`${option}=${value}`];
  });
