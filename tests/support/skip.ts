/** The key under which reporter.cjs finds a reason; the two files share it by this name alone. */
const SKIP_REASON: unique symbol = Symbol.for('guardian-council.skip-reason');

/**
 * Skips the running test, from its body or from a `beforeEach`, or a whole suite from its `before` hook, with a reason
 * that the report prints at its end as `SKIPPED <full title>: <reason>`.
 *
 * @param reason what is missing and what brings it, for example `tshark is not installed (apt-get install tshark)`
 */
export function skipLoudly(context: Mocha.Context, reason: string): never {
  const running = context.runnable();
  // In a `before` hook `currentTest` is merely the suite's first test, so the reason goes to the suite.
  const skipped = running.title.startsWith('"before all" hook') ? running.parent : (context.currentTest ?? running);
  if (skipped) Object.assign(skipped, { [SKIP_REASON]: reason });
  context.skip();
}
