/** What goes wrong in the lab, and how it is put right. */
import { lackingForDelay, layLongCable } from './delay.ts';
import { VOTERS, type Voter } from './etcd.ts';
import { emptyDisk, fillDisk } from './full-disk.ts';
import { COUNCIL, ETCD_ENDPOINTS, GATEKEEPER_ID, otherSide, type Side } from './gatekeeper.ts';
import { HostProcess } from './host-process.ts';
import type { Lab } from './lab.ts';
import { pause } from './shell.ts';

/** A promise about the times from the fault to the first confirm by the new leader, ms. */
export interface Promised {
  readonly all?: number;
  readonly p99: number;
}

export interface FaultKind {
  /** For people. */
  readonly what: string;
  /** The other gatekeeper must lead in the end. Where it need not, it may. */
  readonly movesLead: boolean;
  readonly promised?: Promised;
  /** How long it lasts before it is healed, ms; it is begun once the other leads, where it must. */
  readonly lasts: number;
  /** The lab is made for it. */
  readonly needs?: 'small-disks' | 'shifted-clocks';
  /** What this machine lacks for it, in words. */
  readonly lacking?: () => string | undefined;
  /** Made ready before the clock starts: who is to be hit together, and the like. */
  prepare?(lab: Lab, leader: Side, random: () => number): Promise<void>;
  /** Begins, and gives how to heal it. The clock starts when it is called. */
  begin(lab: Lab, leader: Side): Healing | Promise<Healing>;
}

type Healing = () => void | Promise<void>;

const NOTHING_TO_HEAL: Healing = () => {};

/** etcd led by another than the leading gatekeeper's host, so that an etcd member can be hit alone. */
async function moveEtcdAway(lab: Lab, leader: Side): Promise<void> {
  if ((await lab.etcd.leader(leader)) === leader) await lab.etcd.move('monitoring');
}

async function killMember(lab: Lab, find: (leader: Voter | undefined) => Voter | undefined): Promise<Healing> {
  const hit = find(await lab.etcd.leader('monitoring')) ?? 'monitoring';
  lab.etcd.signal(hit, 'SIGKILL');
  return () => lab.etcd.start(hit);
}

/** Frames that the switch carries from one port to another vanish. */
function dropFrames(lab: Lab, ...rules: readonly string[]): Healing {
  lab.network.drop(rules);
  return () => lab.network.dropNothing();
}

export const FAULTS = {
  'host-loss': {
    what: "the leader's host vanishes: gatekeeper, etcd member and link at once, nothing released",
    movesLead: true,
    promised: { all: 5000, p99: 4000 },
    lasts: 0,
    async prepare(lab, leader, random) {
      // Every second time etcd's own leader goes with it, which takes longest.
      await lab.etcd.move(random() < 0.5 ? leader : 'monitoring');
    },
    begin(lab, leader) {
      lab.gatekeepers[leader].lose();
      lab.etcd.signal(leader, 'SIGKILL');
      lab.network.unplug(leader);
      return () => {
        lab.network.plug(leader);
        lab.etcd.start(leader);
        lab.gatekeepers[leader].start();
      };
    },
  },
  'process-kill': {
    what: "SIGKILL of the leading gatekeeper; the host's service manager releases its lease and starts it again",
    movesLead: true,
    promised: { p99: 500 },
    lasts: 0,
    begin(lab, leader) {
      lab.gatekeepers[leader].signal('SIGKILL');
      return NOTHING_TO_HEAL;
    },
  },
  planned: {
    what: 'SIGTERM of the leading gatekeeper, as a restart of its service sends it',
    movesLead: true,
    promised: { p99: 100 },
    lasts: 0,
    begin(lab, leader) {
      lab.gatekeepers[leader].signal('SIGTERM');
      return NOTHING_TO_HEAL;
    },
  },
  switchover: {
    what: '`council ha switchover`; timed from the start of the command, which has to start Node first',
    movesLead: true,
    lasts: 0,
    begin(lab) {
      const { network, folder } = lab;
      const command = [
        ...COUNCIL,
        ...['ha', 'switchover', '--etcd-endpoints', ETCD_ENDPOINTS('monitoring'), '--gatekeeper-id', GATEKEEPER_ID],
      ];
      new HostProcess({ on: network.on('monitoring'), command, log: `${folder}/switchover.log` });
      return NOTHING_TO_HEAL;
    },
  },
  stop: {
    what: 'SIGSTOP of the leading gatekeeper for 6 s: it wakes when another leads',
    movesLead: true,
    lasts: 6000,
    begin(lab, leader) {
      return lab.freeze(leader);
    },
  },
  'link-down': {
    what: "the leader's host is unplugged for 8 s, and lives on",
    movesLead: true,
    lasts: 8000,
    begin(lab, leader) {
      lab.network.unplug(leader);
      return () => lab.network.plug(leader);
    },
  },
  partition: {
    what: "8 s: the standby's host does not hear the leader's, which hears it",
    movesLead: false,
    lasts: 8000,
    begin: (lab, leader) => dropFrames(lab, `iifname "${leader}" oifname "${otherSide(leader)}" drop`),
  },
  mute: {
    what: "8 s: nobody hears the leader's host, which hears everybody",
    movesLead: true,
    lasts: 8000,
    begin: (lab, leader) => dropFrames(lab, `iifname "${leader}" drop`),
  },
  'etcd-cut': {
    what: '8 s: the leader hears and reaches guardians, but no other etcd member',
    movesLead: true,
    lasts: 8000,
    begin: (lab, leader) =>
      dropFrames(
        lab,
        ...VOTERS.filter((voter) => voter !== leader).flatMap((voter) => [
          `iifname "${leader}" oifname "${voter}" drop`,
          `iifname "${voter}" oifname "${leader}" drop`,
        ]),
      ),
  },
  loss: {
    what: '12 s: 5 % of all frames between hosts vanish',
    movesLead: false,
    lasts: 12_000,
    begin: (lab) => dropFrames(lab, 'numgen random mod 100 < 5 drop'),
  },
  delay: {
    what: "12 s: 200 ms each way to and from the leader's host",
    movesLead: false,
    lasts: 12_000,
    lacking: lackingForDelay,
    async begin(lab, leader) {
      const cable = await layLongCable(lab.network, leader, 200, `${lab.folder}/delay.log`);
      return () => cable.remove();
    },
  },
  'etcd-follower': {
    what: '5 s: an etcd member that follows is killed',
    movesLead: false,
    lasts: 5000,
    begin: (lab) => killMember(lab, (leader) => VOTERS.findLast((voter) => voter !== leader)),
  },
  'etcd-leader': {
    what: '5 s: the leading etcd member is killed, the leading gatekeeper not',
    movesLead: false,
    lasts: 5000,
    prepare: moveEtcdAway,
    begin: (lab) => killMember(lab, (leader) => leader),
  },
  'holder-and-etcd-leader': {
    what: 'the leading gatekeeper and the leading etcd member, on one host, are killed together',
    movesLead: true,
    promised: { all: 5000, p99: 4000 },
    lasts: 0,
    prepare: (lab, leader) => lab.etcd.move(leader),
    begin(lab, leader) {
      lab.gatekeepers[leader].signal('SIGKILL');
      lab.etcd.signal(leader, 'SIGKILL');
      return () => lab.etcd.start(leader);
    },
  },
  'quorum-loss': {
    what: '6 s: two of three etcd members are killed',
    movesLead: false,
    lasts: 6000,
    begin(lab, leader) {
      const hit: readonly Voter[] = [otherSide(leader), 'monitoring'];
      for (const voter of hit) lab.etcd.signal(voter, 'SIGKILL');
      return () => {
        for (const voter of hit) lab.etcd.start(voter);
      };
    },
  },
  'clock-jump': {
    what: "8 s: the leader's wall clock is 10 s fast",
    movesLead: false,
    lasts: 8000,
    needs: 'shifted-clocks',
    begin(lab, leader) {
      lab.gatekeepers[leader].shiftClock(10);
      return () => lab.gatekeepers[leader].shiftClock(0);
    },
  },
  'disk-full': {
    what: "5 s: the leader's disk is full",
    movesLead: false,
    lasts: 5000,
    needs: 'small-disks',
    begin(lab, leader) {
      fillDisk(lab.gatekeepers[leader].dataDir);
      return () => emptyDisk(lab.gatekeepers[leader].dataDir);
    },
  },
  'slow-disk': {
    what: '8 s: the leading etcd member answers only a quarter of the time, as on a disk that stalls',
    movesLead: false,
    lasts: 8000,
    async begin(lab) {
      const hit = (await lab.etcd.leader('monitoring')) ?? 'monitoring';
      let isOver = false;
      const stalls = (async () => {
        while (!isOver) {
          lab.etcd.signal(hit, 'SIGSTOP');
          await pause(300);
          lab.etcd.signal(hit, 'SIGCONT');
          await pause(100);
        }
      })();
      return () => {
        isOver = true;
        return stalls;
      };
    },
  },
} satisfies Readonly<Record<string, FaultKind>>;

export type FaultName = keyof typeof FAULTS;
export const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);
export const faultNames: readonly FaultName[] = Object.keys(FAULTS).filter(isFaultName);
/** By its name, with all that a fault may have. */
export const faultKind = (name: FaultName): FaultKind => FAULTS[name];
