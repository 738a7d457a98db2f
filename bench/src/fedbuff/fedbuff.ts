import type { Benchmark, Table } from '../benchmark.js';
import { settings } from './settings.js';
import { courseOf, type Course } from './time-to-accuracy.js';

/** Time to an accuracy with a hospital that is slow, by a simulated clock. */
export const fedbuff: Benchmark = {
  name: 'fedbuff',
  description: 'one of five hospitals 20 times slower: simulated time to accuracy 0.90, by how a round is ended',
  async run({ quick, progress }) {
    const { scenario, slow, accuracy, ways } = settings;
    const seeds = quick ? settings.seeds.slice(0, 1) : settings.seeds;
    const columns = ways.map(() => [] as Course[]);
    for (const seed of seeds)
      for (const [i, { name, options }] of ways.entries()) {
        const shorter = quick && { rounds: 3 };
        const all = { scenario, slow, seed, privacy: 'none', ...options, ...shorter };
        const course = await courseOf(all, accuracy);
        const again = await courseOf(all, accuracy);
        if (again.sha256 !== course.sha256) throw new Error(`${name}, seed ${seed}: two runs differ in their weights`);
        columns[i]!.push(course);
        progress(`seed ${seed}, ${name}: ${secondsTo(course)}`);
      }
    return {
      measurements: [],
      comparisons: [],
      tables: [timesTable(columns, seeds), endsTable(columns)],
      notes,
      skipped: [],
    };
  },
};

const notes = [
  'The unit is one training step of a hospital that is not slow; the slow one takes 20. Sending, summing and evaluating take ' +
    'no simulated time. Settings: bench/src/fedbuff/settings.ts.',
  'The accuracy is that of the global model on the pooled test part after each round; a time is that of the first round with ' +
    'it. Each run was made twice, with the same weights bit by bit.',
  'The deadline of 150 s is three times what the largest of the others can take; one of 50 s would make the' +
    ' same rounds in a third of the time, about that of a buffer of four.',
  'With a deadline each round in which someone is slow takes the whole of it, and the records of the slow hospital are in no ' +
    'model. A small buffer is filled by the hospitals with the fewest records, and the model leans towards them.',
];

function timesTable(columns: readonly (readonly Course[])[], seeds: readonly number[]): Table {
  const base = columns[0]!;
  return {
    title: `Simulated seconds to accuracy ${settings.accuracy.toFixed(2)}`,
    columns: ['a round ends', ...seeds.map((seed) => `seed ${seed}`), 'of the time of waiting, at worst'],
    rows: settings.ways.map(({ name }, i) => [name, ...columns[i]!.map(secondsTo), worstShare(columns[i]!, base)]),
  };
}

function endsTable(columns: readonly (readonly Course[])[]): Table {
  return {
    title: 'At the end of the run, mean over seeds',
    columns: ['a round ends', 'accuracy', 'simulated seconds', 'updates of the slow hospital', 'rounds late, at most'],
    rows: settings.ways.map(({ name }, i) => {
      const mean = (of: (course: Course) => number): number =>
        columns[i]!.reduce((sum, course) => sum + of(course), 0) / columns[i]!.length;
      return [
        ...[name, mean(({ accuracy }) => accuracy).toFixed(3), mean(({ seconds }) => seconds).toFixed(0)],
        ...[
          mean(({ slowUpdates }) => slowUpdates).toFixed(1),
          String(Math.max(...columns[i]!.map(({ oldest }) => oldest))),
        ],
      ];
    }),
  };
}

function secondsTo({ reached }: Course): string {
  return reached === null ? 'not reached' : String(Number(reached.toFixed(1)));
}

/** The largest over seeds of the time over that of waiting for everyone. */
function worstShare(courses: readonly Course[], base: readonly Course[]): string {
  const shares = courses.map(({ reached }, i) =>
    reached === null ? Infinity : reached / (base[i]!.reached ?? Infinity),
  );
  const worst = Math.max(...shares);
  return worst === Infinity ? 'not reached' : worst.toFixed(3);
}
