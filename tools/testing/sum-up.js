// `node sum-up.js FAILED SUMMARY.json...` prints one line over several runs of vitest, from their JSON reports, and
// exits with 1 where a test failed, a run has no report or no test, or FAILED, of the steps before, is not 0.
import { readFileSync } from 'node:fs';

const [before, ...files] = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0 };
let complete = true;
for (const file of files) {
  try {
    const { success, numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(file));
    sum.passed += numPassedTests;
    sum.failed += numFailedTests;
    sum.skipped += numPendingTests + numTodoTests;
    complete &&= success && numPassedTests > 0;
  } catch (error) {
    process.stdout.write(`no report of a run: ${error.message}\n`);
    complete = false;
  }
}
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
process.exitCode = complete && sum.failed === 0 && before === '0' ? 0 : 1;
