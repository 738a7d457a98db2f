import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, BenchmarkOptions, Comparison, Measurement, Plot } from '../benchmark.js';
import { simulateOnce } from '../measure/fedward-process.js';
import { measureInTurn } from '../measure/in-turn.js';
import { summarise } from '../measure/statistics.js';
import { plotScaling } from '../report/plot.js';
import { sweepsOf, type Sweep } from './rounds-sweeps.js';

/** How time and memory grow with clients, parameters and workers. */
export const rounds: Benchmark = {
  name: 'rounds',
  description: 'seconds and peak memory against clients, parameters and workers, with plots',
  async run(options) {
    const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-'));
    try {
      const measurements: Measurement[] = [];
      const comparisons: Comparison[] = [];
      const plots: Plot[] = [];
      for (const sweep of sweepsOf(options.quick)) {
        const { seconds, megabytes } = await measureSweep(sweep, options, folder);
        seconds.forEach((time, i) => measurements.push(time, megabytes[i]!));
        // Each against the first, which has one worker.
        if (sweep.speedUp)
          comparisons.push(
            ...seconds.slice(1).map((denominator) => ({
              what: 'speed-up',
              numerator: seconds[0]!,
              denominator,
            })),
          );
        plots.push({
          title: sweep.title,
          name: sweep.name,
          svg: plotScaling(sweep.title, sweep.axis, [
            { label: 'seconds', points: pointsOf(sweep, seconds) },
            { label: 'peak memory in MB', points: pointsOf(sweep, megabytes) },
          ]),
        });
      }
      return { measurements, comparisons, plots, notes, skipped: [] };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const notes = [
  'Whole processes of `fedward simulate --scenario many-clients`, whose clients all have 60 images of 784 pixels, ' +
    'batches of 10, 1 epoch. Memory is the largest resident set of the process, its threads included (MB of 10^6 bytes).',
  'Speed-up: the time with one worker over that with several, in the same turn; what is not training (start, images ' +
    'of the test part, evaluation, files) is in both, and with more workers than cores there is nothing to gain.',
];

async function measureSweep(
  sweep: Sweep,
  { command, pairs, progress }: BenchmarkOptions,
  folder: string,
): Promise<{ seconds: Measurement[]; megabytes: Measurement[] }> {
  const peaks: number[][] = sweep.points.map(() => []);
  const runs = await Promise.all(
    sweep.points.map(async ({ args, config }, i) => {
      const file = join(folder, `${sweep.name}-${i}.json`);
      if (config) await writeFile(file, JSON.stringify(config));
      const all = ['--scenario', 'many-clients', ...args, ...(config ? ['--config', file] : [])];
      return async () => {
        const run = await simulateOnce(command, all, true);
        peaks[i]!.push(run.peakMegabytes);
        return run.seconds;
      };
    }),
  );
  const seconds = await measureInTurn(pairs, runs, (turn, values) =>
    progress(`${sweep.title}, turn ${turn + 1}/${pairs}: ${values.map((value) => `${value.toFixed(2)} s`).join(', ')}`),
  );
  const measured = (samples: number[][], unit: 's' | 'MB'): Measurement[] =>
    sweep.points.map(({ what }, i) => ({ what: sweep.title, program: what, unit, samples: samples[i]! }));
  return { seconds: measured(seconds, 's'), megabytes: measured(peaks, 'MB') };
}

function pointsOf({ points }: Sweep, measurements: readonly Measurement[]): (readonly [number, number])[] {
  return points.map(({ at }, i) => [at, summarise(measurements[i]!.samples).median] as const);
}
