import type { Benchmark, Measurement } from '../benchmark.js';
import { simulateOnce } from '../measure/fedward-process.js';
import { measureInTurn } from '../measure/in-turn.js';

/** https://github.com/microsoft/msrflute at commit 0e8762b. */
const source = 'README of microsoft/msrflute, "Flower Comparison": as published there, not measured here';

/** A federation of very many small clients: whole processes, by number of clients. */
export const manyClients: Benchmark = {
  name: 'many-clients',
  description: "the shape of FLUTE's published comparison, with 1,000, 10,000 and 100,000 clients",
  async run({ command, pairs, quick, progress }) {
    const populations = quick ? [20, 40] : [1_000, 10_000, 100_000];
    const rounds = quick ? ['--rounds', '3'] : [];
    const peaks: number[][] = populations.map(() => []);
    const seconds = await measureInTurn(
      pairs,
      populations.map((clients, i) => async () => {
        const args = ['--scenario', 'many-clients', '--hospitals', String(clients), ...rounds];
        const run = await simulateOnce(command, args, true);
        peaks[i]!.push(run.peakMegabytes);
        return run.seconds;
      }),
      (turn, values) =>
        progress(`pair ${turn + 1}/${pairs}: ${values.map((value) => `${value.toFixed(2)} s`).join(', ')}`),
    );
    const measurements = populations.flatMap((clients, i): Measurement[] => {
      const what = `${clients.toLocaleString('en')} clients`;
      return [
        { what, program: 'fedward', unit: 's', samples: seconds[i]! },
        { what, program: 'fedward', unit: 'MB', samples: peaks[i]! },
      ];
    });
    return { measurements, comparisons: [], tables: [published], notes, skipped: [] };
  },
};

/** Not comparisons: other machines, other data. */
const published = {
  title: 'Published for 1,000 clients, on CPU',
  columns: ['program', 'time', 'source'],
  rows: [
    ['FLUTE', '3:20', source],
    ['Flower 1.0', '30:14', source],
  ],
};

const notes = [
  'Logistic regression on 784 inputs, 10 classes, 60 images a client, 10 clients a round, batches of 10, 1 epoch, ' +
    '100 rounds, SGD at 0.03. The images are simulated while the run goes on, which is part of the time; those of the ' +
    'published comparison are MNIST, which is read from disk.',
  'Whole process. Memory is the largest resident set of the process, its threads included (MB of 10^6 bytes).',
];
