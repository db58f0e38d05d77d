import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { resolveSettings } from '../../runtime/config/index.ts';
import type { RasMessage } from '../../runtime/h225/index.ts';
import { openLog, type RunningGatekeeper, startGatekeeper } from '../../runtime/service/index.ts';
import { terminal } from '../config/registry-text.ts';
import { metric, page } from '../support/council-process.ts';
import { arq, guardian, tagOf } from '../support/gatekeeper-lab.ts';
import { type Disk, mountTmpfs } from '../support/tmpfs.ts';
import { UdpTerminal } from '../support/udp-terminal.ts';
import { until } from '../support/until.ts';
import { witnessLines, witnessText } from '../support/witness-log.ts';

const technical = guardian(1);
/** Seconds; less than the disk stays full. */
const TIME_TO_LIVE = 2;
const REGISTRY = `guardians:\n${terminal({
  id: `"${technical.record.terminalId}"`,
  key: `"${Buffer.from(technical.record.publicKey).toString('hex')}"`,
  quota: '2500000',
})}`;

/** Fills the file system that a file is on, to the last octet. */
function fill(ballast: string): void {
  const file = openSync(ballast, 'w');
  try {
    for (let octets = 65_536; octets > 0; ) {
      try {
        writeSync(file, Buffer.alloc(octets));
      } catch {
        octets >>= 1;
      }
    }
  } finally {
    closeSync(file);
  }
}

describe('a full disk, for real', function () {
  this.timeout(60_000);
  let disk: Disk;
  let gatekeeper: RunningGatekeeper;
  let phone: UdpTerminal;
  /** Answers that came, by the number of their request. */
  const answers = new Map<number, string>();
  /** Answers that came while their lines were not in the log. */
  const unwitnessed: string[] = [];

  const registry = (): string => join(disk.path, 'registry.yaml');
  const ballast = (): string => join(disk.path, 'ballast');
  const http = (name: string) => page(`http://127.0.0.1:${gatekeeper.http.port}/${name}`);
  const scrape = async (name: string): Promise<number> =>
    metric((await http('metrics')).body, `h323_gatekeeper_${name}`);

  const start = (): Promise<RunningGatekeeper> =>
    startGatekeeper(
      resolveSettings({
        options: {
          ...{ host: '127.0.0.1', rasPort: '0', httpPort: '0', registry: registry(), dataDir: disk.path },
          timeToLiveSeconds: `${TIME_TO_LIVE}`,
        },
      }),
      openLog('test', true),
    );

  /** At the moment an answer comes, the log on the disk must have it and its request. */
  function hear(message: RasMessage): void {
    if (!('requestSeqNum' in message.value)) return;
    const seq = message.value.requestSeqNum;
    const tag = tagOf(message);
    const text = witnessText(disk.path);
    const written = text.slice(0, text.lastIndexOf('\n') + 1);
    for (const type of [tag, `${tag[0]}RQ`])
      if (!written.includes(`"msg_type": "${type}", "seq": ${seq},`)) unwitnessed.push(`${type} ${seq}`);
    answers.set(seq, tag);
  }

  beforeEach(async function () {
    disk = mountTmpfs(this, 'size=256k,mode=0700');
    writeFileSync(registry(), REGISTRY);
    gatekeeper = await start();
    const { ras, gatekeeperId } = gatekeeper;
    phone = await UdpTerminal.open({ terminal: technical, ras, gatekeeperId, isSigned: true });
    phone.onMessage = hear;
    answers.clear();
    unwitnessed.length = 0;
    assert(await phone.register());
  });

  afterEach(async () => {
    phone?.close();
    await gatekeeper?.stop().catch(() => {});
    disk?.remove();
  });

  /** By turns a request for the one call that a guardian may have, and a keep-alive: in whatever order, both are confirmed. */
  const request = (n: number): { readonly seq: number; readonly tag: 'A' | 'R'; readonly octets: Buffer } => {
    const seq = phone.nextSeq();
    if (n % 2 === 1) return { seq, tag: 'R', octets: phone.encode(phone.registration(seq)) };
    const { signalling: destCallSignalAddress } = technical;
    const { identifier: endpointIdentifier } = phone;
    return {
      seq,
      tag: 'A',
      octets: phone.encode(arq(1, { requestSeqNum: seq, endpointIdentifier, destCallSignalAddress })),
    };
  };

  it('holds back what it cannot witness, forgets nobody, and loses nothing once there is room again', async () => {
    const { machine } = gatekeeper;
    const serial = [...machine.state.endpoints.all()][0]?.serial;
    fill(ballast());
    // The first ones may still fit into the log's last block. All of them never do: most come at once.
    const requests = Array.from({ length: 60 }, (_, n) => request(n));
    for (const [n, { octets }] of requests.entries()) {
      phone.send(octets);
      if (n < 8) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await until(async () => (await http('readyz')).status === 503);
    await until(() => machine.pending === 0);
    const early = [...answers.keys()];

    const ready = await http('readyz');
    assert.deepEqual(JSON.parse(ready.body), { status: 'frozen: the witness log cannot be written' });
    assert.equal((await http('healthz')).status, 200, 'it is alive, and is not to be started anew for it');
    assert((await scrape('witness_errors_total')) > 0);
    assert((await scrape('witness_unwritten_bytes')) > 0);
    // What comes now is not taken up.
    const dropped = await scrape('dropped_total{reason="witness_unwritable"}');
    const late = [request(60), request(61)];
    for (const { octets } of late) phone.send(octets);
    await until(async () => (await scrape('dropped_total{reason="witness_unwritable"}')) === dropped + 2);

    // Longer than a registration lives.
    await new Promise((resolve) => setTimeout(resolve, (TIME_TO_LIVE + 1) * 1000));
    assert.deepEqual([...answers.keys()], early, 'an answer that nobody witnessed has left');
    assert.equal(machine.state.endpoints.size, 1);
    assert.equal(await scrape('expired_total'), 0);
    const { ARQ, RRQ } = machine.state.statistics.received;
    const taken = ARQ + RRQ - 1;
    assert(taken >= early.length - 1 && taken <= 60, `${taken} requests were taken, ${early.length} answers left`);
    console.log(`      ${taken} requests taken, ${taken - early.length + 1} answers held, ${62 - taken} dropped`);

    rmSync(ballast());
    await until(async () => (await http('readyz')).status === 200);
    await until(() => requests.slice(0, taken).every(({ seq }) => answers.has(seq)));
    assert.equal(await scrape('witness_unwritten_bytes'), 0);
    // The rest is asked again, as every terminal does.
    for (const { seq, octets } of [...requests.slice(taken), ...late]) assert(await phone.ask(octets, seq));
    assert.equal([...machine.state.endpoints.all()][0]?.serial, serial, 'it had to register again');
    assert(await phone.register());
    assert.deepEqual(unwitnessed, []);
    await gatekeeper.stop();

    const lines = witnessLines(disk.path);
    const types = lines.map(({ msg_type }) => String(msg_type));
    assert.deepEqual([types[0], types.at(-1)], ['GATEKEEPER_STARTED', 'GATEKEEPER_STOPPED']);
    // One line for each request and one for its answer: none is torn, none twice, none missing.
    const asked = [{ seq: 1, tag: 'R' }, ...requests, ...late, { seq: 64, tag: 'R' }];
    const found = lines.flatMap(({ msg_type, seq }) =>
      /^[AR](RQ|CF)$/.test(String(msg_type)) ? [`${msg_type} ${seq}`] : [],
    );
    assert.deepEqual(
      found.toSorted(),
      asked.flatMap(({ seq, tag }) => [`${tag}RQ ${seq}`, `${tag}CF ${seq}`]).toSorted(),
    );
    for (const { seq, tag } of asked)
      assert(found.indexOf(`${tag}RQ ${seq}`) < found.indexOf(`${tag}CF ${seq}`), 'an answer before its request');
  });

  it('keeps the last good registry whole, and takes a new one all the same', async () => {
    const good = readFileSync(`${registry()}.bak`, 'utf8');
    assert.equal(good, REGISTRY);
    fill(ballast());
    // In place and of the same length, which a full disk still lets through.
    const changed = REGISTRY.replace('2500000', '2000000');
    const file = openSync(registry(), 'r+');
    writeSync(file, changed);
    closeSync(file);
    assert.equal(gatekeeper.reload(), true);
    assert.equal(gatekeeper.machine.state.registry.terminals.get(technical.record.terminalId)?.quota, 2_000_000);
    assert.equal(readFileSync(`${registry()}.bak`, 'utf8'), good);
    rmSync(ballast());
    assert.equal(gatekeeper.reload(), true);
    assert.equal(readFileSync(`${registry()}.bak`, 'utf8'), changed);
  });

  it('when it is stopped meanwhile: says so, and the next start mends the log', async () => {
    fill(ballast());
    for (let n = 0; n < 60; n++) phone.send(request(n).octets);
    await until(async () => (await http('readyz')).status === 503);
    await assert.rejects(gatekeeper.stop(), { name: 'WitnessWriteError', code: 'ENOSPC' });
    assert.deepEqual(unwitnessed, []);
    const left = witnessText(disk.path);
    rmSync(ballast());
    gatekeeper = await start();
    await gatekeeper.stop();
    const lines = witnessLines(disk.path);
    const torn = left.slice(left.lastIndexOf('\n') + 1);
    const mended = lines.filter(({ msg_type }) => msg_type === 'WITNESS_RECOVERED').map((line) => line['torn']);
    assert.deepEqual(mended, torn === '' ? [] : [torn]);
    const whole = left.slice(0, left.length - torn.length);
    assert(witnessText(disk.path).startsWith(whole), 'a line of before was changed');
  });

  it('when it is stopped and there is room again: what was held leaves first', async () => {
    fill(ballast());
    const requests = Array.from({ length: 60 }, (_, n) => request(n));
    for (const { octets } of requests) phone.send(octets);
    await until(async () => (await http('readyz')).status === 503);
    await until(() => gatekeeper.machine.pending === 0);
    const { ARQ, RRQ } = gatekeeper.machine.state.statistics.received;
    rmSync(ballast());
    await gatekeeper.stop();
    await until(() => answers.size === ARQ + RRQ);
    assert.deepEqual(unwitnessed, []);
    assert.equal(witnessLines(disk.path).at(-1)?.['msg_type'], 'GATEKEEPER_STOPPED');
  });

  it('at the start: nothing is started, and nothing is lost', async () => {
    await gatekeeper.stop();
    const before = witnessText(disk.path);
    rmSync(join(disk.path, 'keys'), { recursive: true });
    fill(ballast());
    await assert.rejects(start(), { name: 'KeyFileError', message: /no space left on the disk \(ENOSPC\)/ });
    assert.equal(witnessText(disk.path), before);
  });
});
