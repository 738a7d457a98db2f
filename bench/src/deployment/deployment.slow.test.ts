import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import type { BenchmarkOptions } from '../benchmark.js';
import { natsServer } from '../../../tools/testing/nats-hub.js';
import { deployment } from './deployment.js';

const options: BenchmarkOptions = {
  ...{ pairs: 1, quick: true, progress: () => undefined },
  command: [process.execPath, fileURLToPath(new URL('../../../packages/cli/bin/fedward.js', import.meta.url))],
  python: { program: 'python3', versions: {} },
};

describe('deployment', () => {
  it.skipIf(!natsServer)(
    'runs the tutorial across real processes, and times its rounds',
    { timeout: 600_000 },
    async () => {
      const { measurements, comparisons, tables, skipped } = await deployment.run(options);
      expect(skipped).toEqual([expect.stringContaining('flower'), expect.stringContaining('nvflare')]);
      expect(comparisons).toEqual([]);
      const of = new Map(measurements.map(({ what, samples }) => [what, samples[0]!]));
      expect([...of.keys()].slice(0, 4)).toEqual(['study', 'start and study', 'start', 'enrolment']);
      for (const [what, value] of of) expect(value, what).toBeGreaterThan(0);
      expect(of.get('a round beyond training, median')!).toBeLessThan(of.get('a round, median')!);
      expect(tables![0]!.rows).toHaveLength(1);
    },
  );

  it('is left out by name where there is no nats-server', async () => {
    vi.stubEnv('PATH', '/nowhere');
    try {
      const { measurements, skipped } = await deployment.run(options);
      expect([measurements, skipped]).toEqual([[], [expect.stringContaining('nats-server')]]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
