// A web-test-runner reporter that ends with the summary lines of node:test, so that `npm test` reads one form.

export function countReporter() {
  return {
    stop({ sessions }) {
      const counts = new Map();
      for (const session of sessions) {
        const count = counts.get(session.browser.name) ?? { tests: 0, fail: 0, skipped: 0 };
        const tests = session.testResults ? testsOf(session.testResults) : [];
        count.tests += tests.length;
        count.skipped += tests.filter(test => test.skipped).length;
        // A file that did not load has no tests that could fail.
        count.fail += tests.filter(test => !test.passed && !test.skipped).length || (session.passed ? 0 : 1);
        counts.set(session.browser.name, count);
      }
      const sum = key => [...counts.values()].reduce((total, count) => total + count[key], 0);
      for (const [name, { tests }] of counts) console.log(`ℹ ${name} ran ${tests} tests`);
      console.log(`ℹ tests ${sum('tests')}\nℹ pass ${sum('tests') - sum('fail') - sum('skipped')}`);
      console.log(`ℹ fail ${sum('fail')}\nℹ skipped ${sum('skipped')}`);
    },
  };
}

function testsOf(suite) {
  return [...suite.tests, ...suite.suites.flatMap(testsOf)];
}
