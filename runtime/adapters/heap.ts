import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from allocating among the long-lived whatever comes from a place in the code whose objects lived for long before:
 * what a decoder makes of a registration stays, what it makes of a refresh from the very same place is garbage at once, and
 * would be some 110 octets of old garbage each. For a process that serves; call it before it does.
 */
export const allocateAmongTheYoung = (): void => setFlagsFromString('--no-allocation-site-pretenuring');
