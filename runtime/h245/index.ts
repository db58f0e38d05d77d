/** The types of H.245 that H.225.0 imports. */

export * from './data-protocol.ts';
export * from './fax.ts';
export * from './generic.ts';
export * from './non-standard.ts';
export * from './qos.ts';
