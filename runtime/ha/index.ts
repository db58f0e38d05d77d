export * from './errors.ts';
export * from './leadership.ts';
export * from './memory-client.ts';
export * from './memory-store.ts';
export * from './records.ts';
export * from './role.ts';
export * from './store.ts';
export * from './transactions.ts';
