/** A long cable between one host and the switch: TAP devices, and a process that carries frames slowly between them. */
import { fileURLToPath } from 'node:url';
import { HostProcess } from './host-process.ts';
import type { Host, LabNetwork } from './network.ts';
import { works } from './shell.ts';

const SCRIPT = fileURLToPath(new URL('delay.py', import.meta.url));

/** What this machine lacks for it, in words. */
export const lackingForDelay = (): string | undefined =>
  works('python3', ['-c', 'open("/dev/net/tun", "r+b", 0).close()'])
    ? undefined
    : 'delay needs python3 and /dev/net/tun (apt-get install python3-minimal)';

export interface LongCable {
  /** The host is plugged into the switch again. */
  remove(): Promise<void>;
}

/** @param ms each way */
export async function layLongCable(network: LabNetwork, host: Host, ms: number, log: string): Promise<LongCable> {
  let ready = (): void => {};
  const isReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const carrier = new HostProcess({
    on: network.on('switch'),
    command: ['python3', SCRIPT, 'far', 'near', `${ms}`],
    log,
    heard: ready,
  });
  await Promise.race([isReady, carrier.ended]);
  if (!carrier.isRunning) throw new Error(`the long cable cannot be laid; ${log} has the reason`);
  network.inSwitch([
    'link add br1 type bridge',
    ...['link set br1 up', 'link set near master br0', 'link set far master br1'],
    ...['link set near up', 'link set far up', `link set ${host} master br1`],
  ]);
  return {
    async remove() {
      network.inSwitch([`link set ${host} master br0`, 'link del br1']);
      await carrier.end();
    },
  };
}
