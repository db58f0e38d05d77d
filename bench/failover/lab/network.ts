/**
 * Five hosts as network namespaces, joined by a bridge in a sixth, and a seventh from where the runner looks on. All
 * names begin with one prefix that holds the number of the process that answers for them, so that a later run knows
 * what a crashed one left.
 */
import { readdirSync } from 'node:fs';
import { run, works } from './shell.ts';

export const HOSTS = {
  primary: '10.77.0.11',
  secondary: '10.77.0.12',
  monitoring: '10.77.0.13',
  'guardians-a': '10.77.0.21',
  'guardians-b': '10.77.0.22',
  control: '10.77.0.1',
} as const;
export type Host = keyof typeof HOSTS;
export const hosts: readonly Host[] = ['primary', 'secondary', 'monitoring', 'guardians-a', 'guardians-b', 'control'];

const FAMILY = 'gclab';
/** The namespace of the bridge. A host's port on it has the host's name. */
const SWITCH = 'switch';
const RUN_NETNS = '/run/netns';

/** What this machine lacks for a lab, in words; nothing where it has all. */
export function lacking(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may make network namespaces';
  for (const [command, arg, where] of [
    ['ip', '-V', 'iproute2'],
    ['nft', '-v', 'nftables'],
    ['etcd', '--version', 'etcd-server'],
  ] as const)
    if (!works(command, [arg])) return `${command} is not installed (apt-get install ${where})`;
  const probe = `${FAMILY}${process.pid}-probe`;
  if (!works('ip', ['netns', 'add', probe])) return 'this kernel, or this container, allows no network namespaces';
  run('ip', ['netns', 'del', probe]);
  return undefined;
}

export class LabNetwork {
  readonly prefix: string;

  private constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** Makes all namespaces, up and joined. What this process had made in part is removed where that fails. */
  static create(): LabNetwork {
    const network = new LabNetwork(`${FAMILY}${process.pid}`);
    try {
      run(
        'ip',
        ['-batch', '-'],
        ([SWITCH, ...hosts] as const).map((name) => `netns add ${network.namespace(name)}\n`).join(''),
      );
      network.inSwitch(['link add br0 type bridge', 'link set br0 up', 'link set lo up']);
      for (const host of hosts) {
        const own = `-n ${network.namespace(host)}`;
        run('ip', ['-n', network.namespace(SWITCH), '-batch', '-'], `${wire(host, network.namespace(host))}\n`);
        for (const line of ['link set lo up', `address add ${HOSTS[host]}/24 dev eth0`, 'link set eth0 up'])
          run('ip', `${own} ${line}`.split(' '));
        network.inSwitch([`link set ${host} master br0`, `link set ${host} up`]);
      }
      return network;
    } catch (error) {
      removeNetwork(network.prefix);
      throw error;
    }
  }

  /** The one that another process made, and goes on answering for. */
  static attach(prefix: string): LabNetwork {
    return new LabNetwork(prefix);
  }

  namespace(name: Host | typeof SWITCH): string {
    return `${this.prefix}-${name}`;
  }

  /** What makes a command run on a host: it becomes that command, so its process is the command's own. */
  on(host: Host | typeof SWITCH): readonly string[] {
    return ['nsenter', `--net=${RUN_NETNS}/${this.namespace(host)}`, '--'];
  }

  /** Pulls the host's cable, at its far end. */
  unplug(host: Host): void {
    this.inSwitch([`link set ${host} down`]);
  }

  plug(host: Host): void {
    this.inSwitch([`link set ${host} up`]);
  }

  /** Lines for `ip`, in the namespace of the bridge. */
  inSwitch(lines: readonly string[]): void {
    run('ip', ['-n', this.namespace(SWITCH), '-batch', '-'], `${lines.join('\n')}\n`);
  }

  /**
   * Drops what the rules say of the frames that the bridge carries from host to host, instead of what was dropped
   * before. Rules are nft's; interfaces have the hosts' names. ARP and the control host's frames always pass.
   */
  drop(rules: readonly string[]): void {
    const chain = [
      'type filter hook forward priority 0; policy accept;',
      // Who cannot be asked for its address cannot be sent anything either; that would cut both directions.
      ...['ether type arp accept', 'iifname "control" accept', 'oifname "control" accept'],
      ...rules,
    ];
    // Named once before it is deleted, because what is not there cannot be.
    const table = `table bridge faults {}\ndelete table bridge faults\ntable bridge faults {\nchain forward {\n${chain.join('\n')}\n}\n}\n`;
    const [command = '', ...args] = [...this.on(SWITCH), 'nft', '-f', '-'];
    run(command, args, table);
  }

  dropNothing(): void {
    this.drop([]);
  }
}

const wire = (host: Host, namespace: string): string =>
  `link add name ${host} type veth peer name eth0 netns ${namespace}`;

function namespaces(): readonly string[] {
  try {
    return readdirSync(RUN_NETNS).filter((name) => name.startsWith(FAMILY));
  } catch {
    return []; // No namespace was ever made.
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Prefixes of labs whose process has ended. */
export function abandoned(): readonly string[] {
  const prefixes = new Set(namespaces().map((name) => name.split('-', 1)[0] ?? name));
  return [...prefixes].filter((prefix) => !isAlive(Number(prefix.slice(FAMILY.length))));
}

/** Kills whatever runs in the namespaces of a lab, and removes them. Gives what is left of them: nothing, if all went well. */
export function removeNetwork(prefix: string): readonly string[] {
  const own = (): readonly string[] => namespaces().filter((name) => name.startsWith(`${prefix}-`));
  for (const name of own()) {
    for (const pid of run('ip', ['netns', 'pids', name]).split('\n').filter(Boolean).map(Number))
      if (pid !== process.pid) tryKill(pid);
    works('ip', ['netns', 'del', name]);
  }
  return own();
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
