/**
 * Mocha's spec report, then what a reader of the last screen must not miss: which tests did not run and why, and one
 * line of counts that stands alone (`.ci/run` reads it). A run in which no test ran at all fails.
 *
 * CommonJS, because mocha loads reporters with `require`.
 */
const { reporters, Runner } = require('mocha');

/** The key under which skip.ts leaves a reason; the two files share it by this name alone. */
const SKIP_REASON = Symbol.for('guardian-council.skip-reason');

/** The reason nearest to a test: its own, or that of a suite around it whose `before` hook skipped. */
function reasonOf(test) {
  for (let node = test; node; node = node.parent) if (node[SKIP_REASON]) return node[SKIP_REASON];
  return 'no reason given';
}

module.exports = class Reporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test));
    // Registered after Spec's own listener, so that it prints behind the summary and the failures.
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      for (const test of skipped) reporters.Base.consoleLog('SKIPPED %s: %s', test.fullTitle(), reasonOf(test));
      if (passes + failures + pending === 0) reporters.Base.consoleLog('No test ran: that is a failure.');
      reporters.Base.consoleLog(`${passes} passed, ${failures} failed, ${pending} skipped`);
    });
  }

  /** Mocha asks here for the exit status of the run: the number of failures. */
  done(failures, exit) {
    const { passes, pending } = this.stats;
    exit(failures === 0 && passes + pending === 0 ? 1 : failures);
  }
};
