import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from allocating among the long-lived whatever comes from a place in the code whose objects lived for long before:
 * what a decoder makes of a registration stays, what it makes of a refresh from the very same place is garbage at once, and
 * would be some 110 octets of old garbage each. For a process that serves; call it before it does.
 */
export const allocateAmongTheYoung = (): void => setFlagsFromString('--no-allocation-site-pretenuring');

/**
 * Node's options for a process that serves: room for what is young, in MB. What a request makes is garbage some
 * milliseconds later; where 16 MB (Node's own limit) are full before a call is over, all of it is copied twice on its way
 * to the long-lived. It may take three times as much memory. Only a start can set it.
 */
export const SERVER_OPTIONS = ['--min-semi-space-size=64', '--max-semi-space-size=64'] as const;
