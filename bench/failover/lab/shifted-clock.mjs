/**
 * Loaded before a gatekeeper (`--import`): its wall clock shows the right time and the seconds that the file named by
 * LAB_CLOCK holds, read anew on SIGUSR2. Timers and the monotonic clock stay as they are, as on a host whose clock is set.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;
let shift = 0;
const now = () => RealDate.now() + shift;

globalThis.Date = class ShiftedDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(now());
    else super(...parts);
  }

  static now() {
    return now();
  }
};

process.on('SIGUSR2', () => {
  shift = Number(readFileSync(process.env.LAB_CLOCK ?? '', 'utf8')) * 1000;
});
