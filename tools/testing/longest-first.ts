import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Slow test files in a clean clone, where nobody knows yet how long each takes: first those that allow a test the most time.
 * One that takes minutes and begins last would leave the other cores idle. Once all were run here, vitest's own order holds,
 * by how long they took.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    if (sorted.every((file) => this.wasRun(file))) return sorted;
    const allowed = new Map(sorted.map((file) => [file, longestTimeout(readFileSync(file.moduleId, 'utf8'))]));
    return sorted.sort((a, b) => allowed.get(b)! - allowed.get(a)!);
  }

  private wasRun({ project, moduleId }: TestSpecification): boolean {
    const key = `${project.name}:${relative(this.ctx.config.root, moduleId)}`;
    return this.ctx.cache.getFileTestResults(key) !== undefined;
  }
}

/** The largest number of milliseconds, such as `600_000`, in a test file; 0 for none. */
function longestTimeout(source: string): number {
  return Math.max(0, ...[...source.matchAll(/\b(\d{2,3})_000\b/g)].map(([, thousands]) => Number(thousands)));
}
