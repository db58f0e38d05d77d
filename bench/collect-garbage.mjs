/** Preloaded into a council process (with --expose-gc): SIGUSR2 collects all garbage, so that what is left is in use. */
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
});
