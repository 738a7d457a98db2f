import type { Reporter, TestModule, TestSpecification, Vitest } from 'vitest/node';

const everySeconds = 8;

/**
 * A line every few seconds for those who watch a log rather than a terminal: how many files are done, and which are
 * running since when. On a terminal the default reporter shows that by itself.
 */
export default class ProgressReporter implements Reporter {
  private readonly running = new Map<string, number>();
  private files = 0;
  private done = 0;
  private tests = 0;
  private failed = 0;
  private timer: NodeJS.Timeout | undefined;
  private log: (line: string) => void = () => undefined;

  onInit({ logger }: Vitest): void {
    this.log = (line) => logger.log(line);
    const seed = process.env['FEDWARD_TEST_SEED'];
    this.log(`Seed of the property tests: ${seed}. The same again: FEDWARD_TEST_SEED=${seed}`);
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.running.clear();
    this.files = specifications.length;
    this.done = this.tests = this.failed = 0;
    if (process.stdout.isTTY) return;
    const began = performance.now();
    this.timer = setInterval(() => this.log(this.line(secondsSince(began))), everySeconds * 1000);
    this.timer.unref();
  }

  onTestModuleStart({ relativeModuleId }: TestModule): void {
    this.running.set(relativeModuleId, performance.now());
  }

  onTestModuleEnd(module: TestModule): void {
    this.running.delete(module.relativeModuleId);
    this.done++;
    for (const test of module.children.allTests()) {
      this.tests++;
      if (test.result().state === 'failed') this.failed++;
    }
  }

  onTestRunEnd(): void {
    clearInterval(this.timer);
  }

  private line(seconds: number): string {
    const running = [...this.running].map(([file, began]) => `${file} (${secondsSince(began)} s)`);
    const counts = `${this.done} of ${this.files} files, ${this.tests} tests, ${this.failed} failed`;
    return ` … ${seconds} s: ${counts}; running: ${running.join(', ') || 'none yet'}`;
  }
}

function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 1000);
}
