/** Two gatekeeper services of one zone in this process, on a store in memory, with real terminals over UDP. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../runtime/adapters/clock.ts';
import { resolveSettings } from '../../runtime/config/index.ts';
import type { GuardianEvent } from '../../runtime/guardian/index.ts';
import { type MemoryClient, MemoryStore } from '../../runtime/ha/index.ts';
import {
  type DevelopmentRegistry,
  developmentRegistry,
  openLog,
  type RunningGatekeeper,
  startGatekeeper,
  startGuardian,
} from '../../runtime/service/index.ts';
import type { Milliseconds } from '../../runtime/units.ts';
import { until } from './until.ts';

export const ZONE = 'guardian-council';
const SOURCE = new URL('../../config/guardian-registry.yaml', import.meta.url).pathname;
export const MCU = 'if://council/mcu';
export const GUARDIAN = 'if://guardian/technical';

export interface Member {
  readonly name: string;
  readonly client: MemoryClient;
  readonly dataDir: string;
  readonly running: RunningGatekeeper;
}

interface LabGuardian {
  /** What it knows of the zone; the key of each gatekeeper by default. */
  readonly publicKeys?: readonly Uint8Array[];
  /** What happens to it is added here. */
  readonly events?: GuardianEvent[];
  readonly patience?: Milliseconds;
}

export class LabZone {
  readonly store = new MemoryStore(() => systemClock.now().monotonic);
  readonly folder: string;
  readonly registry: DevelopmentRegistry;
  readonly members: Member[] = [];
  readonly guardians: { stop(): Promise<unknown> }[] = [];
  readonly #ticking = setInterval(() => this.store.advance(), 20);

  constructor(folder: string) {
    this.folder = folder;
    this.registry = developmentRegistry(SOURCE, folder);
  }

  /** @param keyFile what it signs with, where that is not the zone's; @param rasPort any free one by default */
  async start(role: 'primary' | 'secondary', { keyFile = this.keyFile, rasPort = 0 } = {}): Promise<Member> {
    const name = `gatekeeper-${role}`;
    const dataDir = join(this.folder, name);
    const settings = resolveSettings({
      options: {
        ...{ gatekeeperId: ZONE, role, instance: name, dataDir, registry: this.registry.file },
        ...{ rasPort: String(rasPort), httpPort: '0', keyFile },
      },
    });
    const client = this.store.client();
    const member = {
      name,
      client,
      dataDir,
      running: await startGatekeeper(settings, openLog('zone', true), { store: client }),
    };
    this.members.push(member);
    return member;
  }

  /** Any terminal's key will do for a gatekeeper's. */
  get keyFile(): string {
    const [file] = readdirSync(join(this.folder, 'keys')).filter((name) => name.endsWith('.key'));
    assert(file !== undefined);
    return join(this.folder, 'keys', file);
  }

  /** Stops one, and starts it at its old address with another key. */
  async restart(member: Member, keyFile: string): Promise<Member> {
    const { role, port } = { role: member.name.slice('gatekeeper-'.length), port: member.running.ras.port };
    assert(role === 'primary' || role === 'secondary');
    this.members.splice(this.members.indexOf(member), 1);
    await member.running.stop();
    return this.start(role, { keyFile, rasPort: port });
  }

  async pair(): Promise<{ readonly leader: Member; readonly standby: Member }> {
    const leader = await this.start('primary');
    await this.role(leader, 'leading');
    const standby = await this.start('secondary');
    await this.role(standby, 'standby');
    return { leader, standby };
  }

  async role({ running }: Member, kind: string): Promise<void> {
    await until(() => running.zone?.member.role.kind === kind);
  }

  async guardian(terminalId: string, { publicKeys, events = [], patience }: LabGuardian = {}) {
    const seed = this.registry.keys.get(terminalId)?.secretKey.subarray(0, 32);
    assert(seed !== undefined);
    const handle = await startGuardian({
      terminalId,
      host: '127.0.0.1',
      seed,
      ...(patience !== undefined && { timers: { patience } }),
      onEvent: (event) => events.push(event),
      gatekeepers: this.members.map(({ running: { ras, publicKey } }) => ({
        ras,
        gatekeeperId: ZONE,
        publicKeys: publicKeys ?? [publicKey],
      })),
    });
    this.guardians.push(handle);
    await handle.registered;
    return handle;
  }

  async stop(): Promise<void> {
    for (const guardian of this.guardians) await guardian.stop();
    for (const { running } of this.members) await running.stop();
    clearInterval(this.#ticking);
  }
}
