/** The tokens of H.235.0 that H.225.0 messages carry. */

export * from './authentication.ts';
export * from './basics.ts';
export * from './clear-token.ts';
export * from './crypto-token.ts';
export * from './keys.ts';
export * from './protected.ts';
