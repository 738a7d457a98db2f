/** One law that a plugin must keep. */
export interface ComplianceCheck {
  /** The law in words, such as `a mean of equal updates is that update`. */
  readonly name: string;
  /** Rejects with an error that says what was expected. */
  run(): Promise<void>;
}

/** The two functions that a test runner gives: vitest's, node:test's, mocha's and jest's all fit. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

/** What came of one check. */
export interface CheckOutcome {
  readonly name: string;
  /** Absent where the check passed. */
  readonly error?: Error;
}

/** The laws of one kind of plugin, ready for any test runner, or for none. */
export interface ComplianceSuite {
  readonly name: string;
  readonly checks: readonly ComplianceCheck[];
  /** Makes each check a test of its own. */
  register(runner: TestRunner): void;
  /** Runs all checks one after the other, without a test runner. Never rejects. */
  run(): Promise<CheckOutcome[]>;
}

/** The checks of a suite by name: the key is the law. */
export type Checks = Readonly<Record<string, () => void | Promise<void>>>;

/** A suite out of named checks; for those who write compliance suites of their own. */
export function defineSuite(name: string, checks: Checks): ComplianceSuite {
  const list = Object.entries(checks).map(([law, check]): ComplianceCheck => ({ name: law, run: async () => check() }));
  return {
    name,
    checks: list,
    register({ describe, it }) {
      describe(name, () => {
        for (const check of list) it(check.name, () => check.run());
      });
    },
    run: () => runChecks(list),
  };
}

/** Runs checks one after the other. Never rejects. */
export async function runChecks(checks: readonly ComplianceCheck[]): Promise<CheckOutcome[]> {
  const outcomes: CheckOutcome[] = [];
  for (const check of checks) outcomes.push(await outcomeOf(check));
  return outcomes;
}

async function outcomeOf({ name, run }: ComplianceCheck): Promise<CheckOutcome> {
  try {
    await run();
    return { name };
  } catch (error) {
    return { name, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
