import assert from 'node:assert/strict';
import { Retransmission } from '../../runtime/guardian/retransmission.ts';
import { DEFAULT_TIMERS } from '../../runtime/guardian/timers.ts';
import { epochMilliseconds, type Instant, milliseconds } from '../../runtime/units.ts';

const at = (ms: number): Instant => ({ monotonic: milliseconds(ms), epoch: epochMilliseconds(ms) });

function measured(...roundTrips: readonly number[]): Retransmission {
  const retransmission = new Retransmission(DEFAULT_TIMERS);
  for (const roundTrip of roundTrips) retransmission.measured(milliseconds(roundTrip));
  return retransmission;
}

describe('how long a terminal waits for an answer', () => {
  it('is 300 ms while nothing was measured', () => {
    assert.equal(measured().timeout, 300);
  });

  it('is what RFC 6298 makes of the round trips', () => {
    assert.equal(measured(80).timeout, 80 + 4 * 40);
    // SRTT 80 + (160 - 80) / 8, RTTVAR 40 + (80 - 40) / 4
    assert.equal(measured(80, 160).timeout, 90 + 4 * 50);
  });

  it('is never less than 100 ms or more than 1 s', () => {
    assert.equal(measured(0.2).timeout, 100);
    assert.equal(measured(900).timeout, 1000);
  });

  it('comes down again when the network is quick again', () => {
    const quick = Array.from({ length: 100 }, () => 1);
    assert.equal(measured(400, ...quick).timeout, 100);
  });

  it('doubles with a time-out until a round trip is measured, once for all that was under way', () => {
    const retransmission = measured(50);
    assert.equal(retransmission.timeout, 150);
    retransmission.expired(milliseconds(0), at(150));
    retransmission.expired(milliseconds(20), at(170));
    assert.equal(retransmission.timeout, 300);
    retransmission.expired(milliseconds(200), at(500));
    retransmission.expired(milliseconds(600), at(1200));
    retransmission.expired(milliseconds(1300), at(2300));
    assert.equal(retransmission.timeout, 1000);
    retransmission.measured(milliseconds(50));
    assert.equal(retransmission.timeout, 50 + 4 * 18.75);
  });

  it('doubles for one request up to 1 s, or up to 250 ms where others of its zone may take over', () => {
    const waits = (isAlone: boolean): number[] =>
      [0, 1, 2, 3, 4].map((rounds) => measured().after(milliseconds(150), rounds, isAlone));
    assert.deepEqual(waits(true), [150, 300, 600, 1000, 1000]);
    assert.deepEqual(waits(false), [150, 250, 250, 250, 250]);
  });
});
