import type { Benchmark, Comparison, Measurement, Table, Unit } from '../benchmark.js';
import { quantile } from '../measure/statistics.js';
import { converse, oneThread } from '../peers/conversation.js';
import { peerScript, whyNot } from '../peers/python.js';
import { secureRound, type RoundCost } from './secagg-round.js';

/** Sites, and numbers in an update. */
const shapes = [
  [5, 10_000],
  [5, 1_000_000],
  [20, 100_000],
  [50, 1_000_000],
  [100, 10_000],
] as const;

/** What secure aggregation takes, by sites and size of an update, beside a client of Flower's SecAgg+. */
export const secagg: Benchmark = {
  name: 'secagg',
  description: 'a round of secure aggregation: processor seconds of a site and of the server, bytes, beside Flower',
  async run({ pairs, quick, python, progress }) {
    const missing = whyNot(python, 'flower', ['flwr']);
    const flower = missing ? undefined : converse([python.program, peerScript('flower_secagg.py')], oneThread);
    const measurements: Measurement[] = [];
    const comparisons: Comparison[] = [];
    const rows: string[][] = [];
    const measured = (what: string, program: string, samples: readonly number[], unit: Unit = 's'): Measurement => {
      const measurement = { what, program, unit, samples };
      measurements.push(measurement);
      return measurement;
    };
    try {
      await secureRound(5, 1000, 1); // compiled, and loaded
      for (const [sites, size] of quick ? ([[5, 1000]] as const) : shapes) {
        const what = `${sites} sites, ${size} numbers`;
        const [all, some, peer]: [RoundCost[], RoundCost[], number[]] = [[], [], []];
        for (let pair = 0; pair < pairs; pair++) {
          all.push(await secureRound(sites, size, 0));
          some.push(await secureRound(sites, size, Math.floor(sites / 5)));
          if (flower) peer.push((await flower.ask({ sites, size }))['seconds']!);
        }
        const own = measured(`a client: ${what}`, 'fedward', all.map(({ client }) => client)); // prettier-ignore
        if (flower)
          comparisons.push({ what: own.what, numerator: measured(own.what, 'flower', peer), denominator: own });
        measured(`the server: ${what}`, 'fedward', all.map(({ server }) => server)); // prettier-ignore
        measured(`the server, a fifth silent: ${what}`, 'fedward', some.map(({ server }) => server)); // prettier-ignore
        const { update, beside } = all[0]!;
        rows.push([what, String(update), (update / (4 * size)).toFixed(3), (beside / (sites - 1)).toFixed(0)]);
        progress(`${what}: a client ${quantile(own.samples, 0.5).toFixed(3)} s`);
      }
    } finally {
      flower?.end();
    }
    const bytes: Table = {
      title: 'Bytes that a client sends',
      columns: ['what', 'masked update', 'times the plain update (float32)', 'beside it, a peer'],
      rows,
    };
    return { measurements, comparisons, tables: [bytes], notes, skipped: missing ? [missing] : [] };
  },
};

const notes = [
  'All in one process, one after the other: processor seconds of one client over all stages, and of the server without its ' +
    'clients; nothing is sent over a network. Threshold floor(2n/3) + 1, 32 bits, weights by records.',
  "Flower's client has all others as its neighbours and calls the functions of its secaggplus mod in their order, up to its " +
    "masked vector. It masks with numpy's Mersenne Twister from 32 bits of the seed; here it is AES-256-CTR.",
];
