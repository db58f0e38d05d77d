import assert from 'node:assert/strict';
import { WitnessWriteError } from '../../runtime/adapters/witness-error.ts';
import { WitnessFile } from '../../runtime/adapters/witness-file.ts';
import { epochMilliseconds } from '../../runtime/units.ts';
import { witnessFormat, witnessLine } from '../../runtime/witness/index.ts';
import { MemoryWitnessFs } from './memory-witness-fs.ts';

const at = (text: string) => epochMilliseconds(Date.parse(text));
const NOON = at('2026-11-21T12:00:00Z');
const TODAY = '/logs/h323_witness/h323_ras_20261121.jsonl';
const TOMORROW = '/logs/h323_witness/h323_ras_20261122.jsonl';
const line = (seq: number): string => witnessLine({ ts: NOON, msg_type: 'ARQ', seq });

const open = (fs: MemoryWitnessFs, more: { now?: typeof NOON; maxBacklog?: number } = {}): WitnessFile =>
  new WitnessFile({ root: '/logs', format: witnessFormat('ras'), now: NOON, fs, ...more });

/** What `act` throws; fails the test when it is no WitnessWriteError. */
function failure(act: () => void): WitnessWriteError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof WitnessWriteError, String(error));
    return error;
  }
  assert.fail('nothing was thrown');
}

describe('WitnessFile on a full disk', () => {
  const lines = line(1) + line(2);

  it('says what happened, where, and that the lines are kept', () => {
    const fs = new MemoryWitnessFs();
    const witness = open(fs);
    fs.capacity = 10;
    const error = failure(() => witness.append(lines, NOON));
    assert.equal(error.code, 'ENOSPC');
    assert.equal(error.path, TODAY);
    assert.equal(
      error.message,
      `${TODAY}: cannot write, ${lines.length - 10} octets are kept for later: no space left on the disk (ENOSPC)`,
    );
    assert.ok(error.cause instanceof Error && error.cause.message.startsWith('ENOSPC'));
    assert.equal(witness.unwritten, lines.length - 10);
  });

  for (const [how, resume] of [
    ['flush', (witness: WitnessFile) => witness.flush()],
    ['append', (witness: WitnessFile) => witness.append(line(3), NOON)],
    ['close', (witness: WitnessFile) => witness.close()],
  ] as const) {
    it(`goes on at the very octet where it stopped, wherever that is, by ${how}`, () => {
      for (let room = 0; room < lines.length; room += 1) {
        const fs = new MemoryWitnessFs();
        const witness = open(fs);
        fs.capacity = room;
        failure(() => witness.append(lines, NOON));
        failure(() => witness.flush());
        assert.equal(fs.text(TODAY), lines.slice(0, room));
        fs.capacity = Number.POSITIVE_INFINITY;
        resume(witness);
        assert.equal(fs.text(TODAY), how === 'append' ? lines + line(3) : lines);
        assert.equal(witness.unwritten, 0);
      }
    });
  }

  it('keeps lines in order while more of them come and none can be written', () => {
    const fs = new MemoryWitnessFs();
    const witness = open(fs);
    fs.capacity = 5;
    for (const seq of [1, 2, 3]) failure(() => witness.append(line(seq), NOON));
    assert.equal(witness.unwritten, line(1).length * 3 - 5);
    fs.capacity = Number.POSITIVE_INFINITY;
    witness.append(line(4), NOON);
    assert.equal(fs.text(TODAY), [1, 2, 3, 4].map(line).join(''));
  });

  it('puts kept lines into the file of their own day', () => {
    const fs = new MemoryWitnessFs();
    const witness = open(fs);
    fs.capacity = 5;
    failure(() => witness.append(line(1), NOON));
    failure(() => witness.append(line(2), at('2026-11-22T00:00:00Z')));
    fs.capacity = Number.POSITIVE_INFINITY;
    witness.flush();
    assert.equal(fs.text(TODAY), line(1));
    assert.equal(fs.text(TOMORROW), line(2));
  });

  it('keeps lines when the next day cannot be opened', () => {
    const fs = new MemoryWitnessFs();
    const witness = open(fs);
    fs.failing.set('openToAppend', 'EACCES');
    const error = failure(() => witness.append(line(1), at('2026-11-22T00:00:00Z')));
    assert.equal(error.message, `${TOMORROW}: cannot open the log: permission denied (EACCES)`);
    fs.failing.clear();
    witness.flush();
    assert.equal(fs.text(TOMORROW), line(1));
  });

  it('gives up new lines, and no old ones, when it keeps too much', () => {
    const fs = new MemoryWitnessFs();
    const size = line(1).length;
    const witness = open(fs, { maxBacklog: size * 2 });
    fs.capacity = 0;
    for (const seq of [1, 2]) assert.equal(failure(() => witness.append(line(seq), NOON)).code, 'ENOSPC');
    const error = failure(() => witness.append(line(3), NOON));
    assert.equal(error.code, 'BACKLOG_FULL');
    assert.equal(
      error.message,
      `${TODAY}: gave up ${size} octets of new lines: too much waits to be written (BACKLOG_FULL)`,
    );
    fs.capacity = Number.POSITIVE_INFINITY;
    witness.append(line(4), NOON);
    assert.equal(fs.text(TODAY), [1, 2, 4].map(line).join(''));
  });

  for (const code of ['EIO', 'EDQUOT', 'EROFS', 'EFBIG']) {
    it(`treats ${code} alike`, () => {
      const fs = new MemoryWitnessFs();
      const witness = open(fs);
      fs.failing.set('write', code);
      assert.equal(failure(() => witness.append(line(1), NOON)).code, code);
      fs.failing.clear();
      witness.flush();
      assert.equal(fs.text(TODAY), line(1));
    });
  }
});

describe('WitnessFile', () => {
  it('refuses text that is no whole line, and writes nothing for nothing', () => {
    const fs = new MemoryWitnessFs();
    const witness = open(fs);
    assert.throws(() => witness.append('{"ts": 1}', NOON), /must end with a newline/);
    witness.append('', NOON);
    assert.equal(fs.text(TODAY), '');
  });

  for (const longestWrite of [1, 7, 4096]) {
    it(`writes everything where a write takes ${longestWrite} octets at most`, () => {
      const fs = new MemoryWitnessFs();
      fs.longestWrite = longestWrite;
      const witness = open(fs);
      witness.append(line(1) + line(2), NOON);
      assert.equal(fs.text(TODAY), line(1) + line(2));
    });
  }

  it('begins a new file at midnight UTC and closes the old one', () => {
    const fs = new MemoryWitnessFs();
    const witness = open(fs, { now: at('2026-11-21T23:59:59.999Z') });
    witness.append(line(1), at('2026-11-21T23:59:59.999Z'));
    witness.append(line(2), at('2026-11-22T00:00:00Z'));
    assert.deepEqual([fs.text(TODAY), fs.text(TOMORROW), fs.closed], [line(1), line(2), [0]]);
  });

  it('goes back to the day before when the clock does', () => {
    const fs = new MemoryWitnessFs();
    const witness = open(fs, { now: at('2026-11-22T00:00:00Z') });
    witness.append(line(1), at('2026-11-22T00:00:00Z'));
    witness.append(line(2), NOON);
    witness.append(line(3), at('2026-11-22T00:00:00Z'));
    assert.deepEqual([fs.text(TODAY), fs.text(TOMORROW)], [line(2), line(1) + line(3)]);
  });

  it('appends to what is there', () => {
    const fs = new MemoryWitnessFs();
    fs.files.set(TODAY, Buffer.from(line(1)));
    open(fs).append(line(2), NOON);
    assert.equal(fs.text(TODAY), line(1) + line(2));
  });

  it('hands the log to the disk and closes it, once', () => {
    const fs = new MemoryWitnessFs();
    const witness = open(fs);
    witness.close();
    witness.close();
    assert.deepEqual([fs.synced, fs.closed], [[0], [0]]);
    assert.throws(() => witness.append(line(1), NOON), /the witness log is closed/);
  });

  it('closes the file even when it cannot be written or synchronised', () => {
    for (const failing of ['write', 'sync'] as const) {
      const fs = new MemoryWitnessFs();
      const witness = open(fs);
      fs.failing.set(failing, 'EIO');
      if (failing === 'write') failure(() => witness.append(line(1), NOON));
      assert.equal(failure(() => witness.close()).code, 'EIO');
      assert.deepEqual(fs.closed, [0]);
    }
  });

  for (const call of ['makeFolder', 'openToAppend'] as const) {
    it(`cannot be made when ${call} fails, and leaves nothing open`, () => {
      const fs = new MemoryWitnessFs();
      fs.failing.set(call, 'ENOTDIR');
      assert.equal(
        failure(() => open(fs)).message,
        `${TODAY}: cannot open the log: a part of the path is a file, not a folder (ENOTDIR)`,
      );
      assert.deepEqual(fs.opened, []);
    });
  }
});

describe('a line that a crash tore off', () => {
  const recovered = (torn: string): string =>
    `{"ts": "2026-11-21T12:00:00.000Z", "msg_type": "WITNESS_RECOVERED", "torn_octets": ${torn.length}, "torn": ${JSON.stringify(torn)}}\n`;

  /** Every text that a log's recovered lines keep, taken out of each other. */
  function kept(text: string): string {
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    const value: unknown = JSON.parse(last);
    assert.ok(typeof value === 'object' && value !== null && 'torn' in value && typeof value.torn === 'string');
    return value.torn;
  }

  it('is kept in a line of its own, wherever it was torn', () => {
    for (let length = 1; length < line(2).length; length += 1) {
      const fs = new MemoryWitnessFs();
      const torn = line(2).slice(0, length);
      fs.files.set(TODAY, Buffer.from(line(1) + torn));
      open(fs).append(line(3), NOON);
      assert.equal(fs.text(TODAY), line(1) + recovered(torn) + line(3));
      assert.deepEqual(fs.closed, [1], 'the second descriptor is closed');
    }
  });

  it('is kept when it is all there is, and when it is not text', () => {
    const fs = new MemoryWitnessFs();
    fs.files.set(TODAY, Buffer.from([0, 0xff, 0x22]));
    open(fs);
    assert.equal(kept(fs.text(TODAY)), '\0\xff"');
  });

  it('is kept through short writes', () => {
    const fs = new MemoryWitnessFs();
    fs.longestWrite = 3;
    fs.files.set(TODAY, Buffer.from(`${line(1)}{"ts`));
    open(fs);
    assert.equal(fs.text(TODAY), line(1) + recovered('{"ts'));
  });

  it('is cut to 64 KiB when it is longer, and the count tells', () => {
    const fs = new MemoryWitnessFs();
    fs.files.set(TODAY, Buffer.concat([Buffer.from(line(1)), Buffer.alloc(200_000, 'x')]));
    open(fs).append(line(2), NOON);
    const [first, second = '', third] = fs.text(TODAY).split('\n');
    assert.deepEqual([`${first}\n`, `${third}\n`], [line(1), line(2)]);
    assert.match(second, /"torn_octets": 200000, /);
    assert.equal(kept(second), 'x'.repeat(65_536));
  });

  it('is still there when the machine stops while it is mended, whatever was the last write', () => {
    const torn = line(2).slice(0, 60);
    for (let calls = 0; calls < 4; calls += 1) {
      const fs = new MemoryWitnessFs();
      fs.files.set(TODAY, Buffer.from(line(1) + torn));
      fs.callsLeft = calls;
      assert.equal(failure(() => open(fs)).code, 'STOPPED');
      fs.callsLeft = Number.POSITIVE_INFINITY;
      open(fs);
      const text = fs.text(TODAY);
      assert.ok(text.startsWith(line(1)) && text.endsWith('}\n'), `stopped after ${calls} calls`);
      for (const each of text.trimEnd().split('\n')) JSON.parse(each);
      assert.ok(kept(text).includes(calls < 2 ? torn : torn.replaceAll('"', '\\"')), `stopped after ${calls} calls`);
    }
  });

  it('is left alone when the disk is full, and the log cannot be opened', () => {
    const fs = new MemoryWitnessFs();
    const text = `${line(1)}{"ts`;
    fs.files.set(TODAY, Buffer.from(text));
    for (let room = 0; room < 80; room += 1) {
      fs.capacity = text.length + room;
      assert.equal(
        failure(() => open(fs)).message,
        `${TODAY}: cannot open the log: no space left on the disk (ENOSPC)`,
      );
      assert.equal(fs.text(TODAY), text);
    }
  });
});
