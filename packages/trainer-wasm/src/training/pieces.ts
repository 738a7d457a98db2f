import { assertNotAborted, createPacer } from '@fedward/core/training';

const target = 10; // milliseconds

/**
 * Runs `steps` steps in calls of about 10 ms, so that signals are heard and others have their turn. How they are cut
 * changes no result.
 */
export function createPieces(
  signal: AbortSignal,
): (steps: number, run: (first: number, count: number) => void) => Promise<void> {
  const pace = createPacer();
  let atOnce = 1;
  return async (steps, run) => {
    for (let first = 0; first < steps;) {
      await pace();
      assertNotAborted(signal);
      const count = Math.min(atOnce, steps - first);
      const start = performance.now();
      run(first, count);
      const each = (performance.now() - start) / count;
      atOnce = Math.max(1, Math.min(4 * atOnce, Math.floor(target / Math.max(each, 1e-3))));
      first += count;
    }
  };
}
