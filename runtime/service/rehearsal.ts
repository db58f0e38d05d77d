import { generateKeyPairSync, randomBytes, randomInt, verify } from 'node:crypto';
import { systemClock } from '../adapters/clock.ts';
import type { Registry, TerminalRecord } from '../config/index.ts';
import { answersRecord, Gatekeeper, type GatekeeperConfig } from '../gatekeeper/index.ts';
import { type GuardianEffect, GuardianTerminal } from '../guardian/index.ts';
import type { SocketAddress } from '../h225/index.ts';
import { bandwidthUnits, bitsPerSecond } from '../units.ts';
import { rasWitnessLine } from './ras-witness.ts';
import { signerFromSeed } from './verifier.ts';

/** Enough for the compiler to take notice of what each request goes through; some tenths of a second in all. */
const CALLS = 40;
const GATEKEEPER: SocketAddress = { address: '192.0.2.1', port: 1719 };
export const TERMINAL: SocketAddress = { address: '192.0.2.2', port: 1719 };
const TERMINAL_ID = 'if://rehearsal';

/**
 * Plays a terminal and a pair of gatekeepers to each other in memory, call after call, so that a gatekeeper that takes
 * over answers its first guardians as fast as the thousandth: code that never ran takes several times as long. Nothing of
 * it is kept, counted, sent or witnessed. Gives how many calls were played.
 */
export function rehearse(config: GatekeeperConfig): number {
  const stage = stageFor(config);
  const { terminal } = stage;
  terminal.start(systemClock.now());
  play(stage);
  for (let i = 0; i < CALLS; i++)
    for (const ask of requests(terminal)) {
      ask();
      play(stage);
    }
  return stage.standby.state.statistics.sent.ARJ === CALLS ? stage.leader.state.statistics.sent.DCF : 0;
}

/** A terminal that both gatekeepers know, and who stands by for the other. */
export function stageFor(config: GatekeeperConfig): Stage {
  const own = keyPair();
  const other = keyPair();
  const record: TerminalRecord = {
    terminalId: TERMINAL_ID,
    role: 'rehearsal',
    kind: 'canary',
    publicKey: other.publicKey,
    quota: bitsPerSecond(2_000_000),
    maxSessions: 1,
  };
  const registry: Registry = { revision: 'rehearsal', terminals: new Map([[TERMINAL_ID, record]]) };
  const scratch: GatekeeperConfig = { ...config, ras: GATEKEEPER, policy: 'signed', replicated: true };
  const secrets = { random: (octets: number) => randomBytes(octets), sign: signerFromSeed(own.seed) };
  const leader = new Gatekeeper(scratch, registry, secrets);
  const standby = new Gatekeeper(scratch, registry, secrets);
  leader.become({ kind: 'leading' }, systemClock.now());
  standby.become({ kind: 'standby', leader: GATEKEEPER }, systemClock.now());
  const terminal = new GuardianTerminal(
    {
      terminalId: TERMINAL_ID,
      rasAddress: TERMINAL,
      callSignalAddress: { ...TERMINAL, port: 1720 },
      gatekeepers: [{ ras: GATEKEEPER, gatekeeperId: config.gatekeeperId, publicKeys: [own.publicKey] }],
    },
    { sign: signerFromSeed(other.seed), random32: () => randomInt(2 ** 32), guid: () => randomBytes(16) },
  );
  return { leader, standby, terminal, publicKey: other.key };
}

/** A call from its beginning to its end, and a keep-alive. */
export function requests(terminal: GuardianTerminal): readonly (() => void)[] {
  const to = { destination: { kind: 'url-ID', value: TERMINAL_ID }, bandwidth: bandwidthUnits(20_000) } as const;
  let call: ReturnType<GuardianTerminal['admit']>;
  return [
    () => {
      call = terminal.admit(to, systemClock.now());
    },
    () => terminal.changeBandwidth(call, bandwidthUnits(10_000), systemClock.now()),
    () => terminal.disengage(call, systemClock.now()),
    () => terminal.renew(systemClock.now()),
  ];
}

export interface Stage {
  readonly leader: Gatekeeper;
  readonly standby: Gatekeeper;
  readonly terminal: GuardianTerminal;
  readonly publicKey: ReturnType<typeof keyPair>['key'];
}

/** Until nobody has anything to say. */
function play({ leader, standby, terminal, publicKey }: Stage): void {
  const isSend = (effect: GuardianEffect) => effect.kind === 'send';
  for (let sent = terminal.takeEffects().filter(isSend); sent.length > 0; sent = terminal.takeEffects().filter(isSend))
    for (const { octets } of sent) {
      // Views into the datagram are kept: each has its own.
      serve(standby, Buffer.from(octets), publicKey, () => {});
      for (const answer of serve(leader, Buffer.from(octets), publicKey, (change) =>
        standby.follow(change, systemClock.now()),
      ))
        terminal.receive(answer, GATEKEEPER, systemClock.now());
    }
}

function serve(
  gatekeeper: Gatekeeper,
  octets: Buffer,
  publicKey: Stage['publicKey'],
  commit: (change: Parameters<Gatekeeper['follow']>[0]) => void,
): Uint8Array[] {
  const now = systemClock.now();
  const answers: Uint8Array[] = [];
  gatekeeper.receive(octets, TERMINAL, now);
  for (let effects = gatekeeper.takeEffects(); effects.length > 0; effects = gatekeeper.takeEffects())
    for (const effect of effects)
      switch (effect.kind) {
        case 'witness':
          rasWitnessLine(effect.event, now.epoch);
          break;
        case 'send':
          answers.push(effect.octets);
          break;
        case 'commit':
          for (const change of effect.changes) commit(change);
          if (effect.answered !== undefined)
            commit({ key: 'answers/0-0', value: answersRecord.encode([effect.answered]) });
          break;
        case 'verify':
          gatekeeper.verified(effect.ticket, verify(null, effect.octets, publicKey, effect.signature), now);
      }
  return answers;
}

function keyPair() {
  const { publicKey: key, privateKey } = generateKeyPairSync('ed25519');
  const raw = (from: string | undefined): Buffer => Buffer.from(from ?? '', 'base64url');
  return {
    key,
    publicKey: raw(key.export({ format: 'jwk' }).x),
    seed: raw(privateKey.export({ format: 'jwk' }).d),
  };
}
