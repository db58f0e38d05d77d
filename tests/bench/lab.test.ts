import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lackingForDelay, layLongCable } from '../../bench/failover/lab/delay.ts';
import { HostProcess } from '../../bench/failover/lab/host-process.ts';
import { clearAway, clearAwayAbandoned } from '../../bench/failover/lab/janitor.ts';
import { newFolder } from '../../bench/failover/lab/lab.ts';
import { abandoned, HOSTS, type Host, LabNetwork, lacking } from '../../bench/failover/lab/network.ts';
import { monotonic, until } from '../../bench/failover/lab/shell.ts';
import { skipLoudly } from '../support/skip.ts';

/** Tells of every datagram by a line of JSON. */
const EAR = `const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (text) => console.log(JSON.stringify({ heard: text.toString() })));
socket.bind(9, () => console.log(JSON.stringify({ heard: 'nothing yet' })));`;
/** Sends ARGV[2] datagrams to ARGV[1]. */
const MOUTH = `const socket = require('node:dgram').createSocket('udp4');
const send = (left) => left > 0 ? socket.send('word', 9, process.argv[1], () => setTimeout(send, 1, left - 1)) : socket.close();
send(Number(process.argv[2]));`;

describe('the lab', function () {
  this.timeout(60_000);
  let network: LabNetwork;
  let folder: string;

  before(function () {
    const why = lacking();
    if (why !== undefined) skipLoudly(this, why);
    network = LabNetwork.create();
    folder = newFolder(network.prefix);
  });
  after(() => {
    if (network !== undefined) assert.deepEqual(clearAway(network.prefix), []);
  });
  afterEach(() => network?.dropNothing());

  /** When each word was heard, for so many said; of words that are lost in 600 ms it does not learn. */
  async function hear(from: Host, to: Host, words = 1): Promise<{ readonly said: number; readonly heard: number[] }> {
    const heard: number[] = [];
    let isListening = false;
    const log = join(folder, 'words.log');
    const ear = new HostProcess({
      ...{ on: network.on(to), command: [process.execPath, '-e', EAR], log },
      heard({ line, at }) {
        if (line['heard'] === 'word') heard.push(at);
        else isListening = true;
      },
    });
    await until('it listens', () => isListening);
    const said = monotonic();
    const mouth = new HostProcess({
      on: network.on(from),
      command: [process.execPath, '-e', MOUTH, HOSTS[to], `${words}`],
      log,
    });
    await mouth.ended;
    for (const end = monotonic() + 600; heard.length < words && monotonic() < end; ) await sleep(10);
    await ear.end();
    return { said, heard };
  }
  const hears = async (from: Host, to: Host): Promise<boolean> => (await hear(from, to)).heard.length === 1;

  it('joins its hosts', async () => {
    assert.equal(await hears('primary', 'secondary'), true);
    assert.equal(await hears('guardians-b', 'monitoring'), true);
    assert.equal(await hears('control', 'guardians-a'), true);
  });

  it('unplugs a host, and plugs it in again', async () => {
    network.unplug('secondary');
    assert.equal(await hears('primary', 'secondary'), false);
    network.plug('secondary');
    assert.equal(await hears('primary', 'secondary'), true);
  });

  it('cuts one direction alone', async () => {
    network.drop(['iifname "primary" oifname "secondary" drop']);
    assert.equal(await hears('primary', 'secondary'), false);
    assert.equal(await hears('secondary', 'primary'), true);
    assert.equal(await hears('primary', 'monitoring'), true);
    network.dropNothing();
    assert.equal(await hears('primary', 'secondary'), true);
  });

  it('loses about one frame in twenty', async () => {
    network.drop(['numgen random mod 100 < 5 drop']);
    const { heard } = await hear('primary', 'secondary', 500);
    // Twenty-five are lost on average; fewer than 5 or more than 60 come once in a million runs.
    assert(heard.length >= 440 && heard.length <= 495, `${heard.length} of 500 were heard`);
    assert.equal((await hear('control', 'secondary', 100)).heard.length, 100, 'the runner itself loses nothing');
  });

  it('delays what goes to one host and comes from there, and nothing else', async function () {
    const why = lackingForDelay();
    if (why !== undefined) skipLoudly(this, why);
    const cable = await layLongCable(network, 'primary', 200, join(folder, 'delay.log'));
    const took = async (from: Host, to: Host): Promise<number> => {
      const { said, heard } = await hear(from, to, 3);
      return (heard.at(-1) ?? Number.POSITIVE_INFINITY) - said;
    };
    const far = await took('primary', 'secondary');
    await cable.remove();
    const near = await took('primary', 'secondary');
    assert(far >= 200 && far < 2000, `a word took ${far} ms`);
    assert(near < far, `and without the long cable ${near} ms`);
  });

  it('leaves nothing behind, and clears away what a killed run left', async () => {
    const script = `import { LabNetwork } from '${new URL('../../bench/failover/lab/network.ts', import.meta.url)}';
      import { newFolder } from '${new URL('../../bench/failover/lab/lab.ts', import.meta.url)}';
      const network = LabNetwork.create();
      console.log(JSON.stringify({ prefix: network.prefix, folder: newFolder(network.prefix) }));
      setInterval(() => {}, 1000);`;
    const crashing = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    const line = await new Promise<string>((resolve) => crashing.stdout.once('data', (text) => resolve(`${text}`)));
    const left: unknown = JSON.parse(line);
    assert(typeof left === 'object' && left !== null && 'prefix' in left && typeof left.prefix === 'string');
    assert('folder' in left && typeof left.folder === 'string');
    const { prefix } = left;
    const sleeper = spawn('nsenter', [`--net=/run/netns/${prefix}-primary`, '--', 'sleep', '600']);
    const ended = new Promise((resolve) => sleeper.once('exit', (_, signal) => resolve(signal)));
    await sleep(100);
    assert(!abandoned().includes(prefix), 'it is at work');
    crashing.kill('SIGKILL');
    await new Promise((resolve) => crashing.once('exit', resolve));
    assert(clearAwayAbandoned().includes(prefix));
    assert.equal(await ended, 'SIGKILL');
    assert.equal(existsSync(left.folder), false);
    assert.deepEqual(
      readdirSync('/run/netns').filter((name) => name.startsWith(prefix)),
      [],
    );
  });
});
