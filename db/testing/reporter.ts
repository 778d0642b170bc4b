// npm test -> [db/testing/reporter.ts] -> the last line of the output
import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** Closes the run with one line that any machine can read: `N passed, N failed`. */
export default class SummaryLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let [passed, failed, skipped] = [0, errors.length, 0];
    for (const module of modules) {
      if (module.errors().length) failed += 1; // the file itself could not be run
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed++;
        else if (state === "failed") failed++;
        else skipped++;
      }
    }
    process.on("exit", () => console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`));
  }
}
