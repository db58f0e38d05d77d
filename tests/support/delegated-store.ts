import type { Store } from '../../runtime/ha/index.ts';

/** A store that passes everything on to another one, so that a test may change single methods of it. */
export const delegated = (store: Store): Store => ({
  grantLease: (ttl) => store.grantLease(ttl),
  renewLease: (id) => store.renewLease(id),
  revokeLease: (id) => store.revokeLease(id),
  commit: (transaction) => store.commit(transaction),
  read: (prefix) => store.read(prefix),
  watch: (prefix, from, listener) => store.watch(prefix, from, listener),
  close: () => store.close(),
});
