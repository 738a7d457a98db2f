import { FedwardError } from '@fedward/core';
import type { Benchmark, BenchmarkOptions, Measurement, Table } from '../benchmark.js';
import { loadFlamby, type FlambyData } from './data.js';
import { aloneMethod, federatedMethod } from './methods.js';
import { publishedResults, type Figures } from './published.js';
import { flambySets, flambySettings, type FlambySet } from './settings.js';
import { comparisonTable, type Compared } from './table.js';

/** FLamby's two data sets that are at hand, in its settings, beside its published results. */
export const flamby: Benchmark = {
  name: 'flamby',
  description: "FLamby's heart disease and TCGA-BRCA: every method in its settings beside the published figures",
  async run(options) {
    const { dataDir, dataset, progress } = options;
    if (!dataDir)
      return { measurements: [], comparisons: [], notes, skipped: ['flamby: name the data sets with --data DIR (or FEDWARD_DATA)'] }; // prettier-ignore
    const tables: Table[] = [];
    const measurements: Measurement[] = [];
    for (const name of setsOf(dataset)) {
      const start = performance.now();
      tables.push(await published(name, dataDir, options));
      const seconds = (performance.now() - start) / 1000;
      measurements.push({
        what: `${name}: the whole table`,
        program: 'fedward',
        unit: 's',
        samples: [seconds],
      });
      progress(`${name}: ${seconds.toFixed(1)} s`);
    }
    return { measurements, comparisons: [], tables, notes, skipped: [] };
  },
};

const notes = [
  'Settings: src/flamby/settings.json, from the published result files. Mean and population standard deviation over seeds. ' +
    'Average: over hospitals, each test part scaled as its hospital trains; pooled: all test parts as one, scaled as for pooled training.',
  "A seed draws first weights and batches. FLamby's loader goes on with an epoch from round to round; here each round begins one anew.",
  'Cyclic: hospitals take turns, a turn a round, in a new order in each cycle, and each goes on with the model of the one before. ' +
    'The published figures are of something else, as its code reads: no weights go from one to the next, and what is scored is the first ' +
    'hospital, trained alone in its own turns.',
  'TCGA-BRCA: the age stands in years among inputs of 0 and 1, as FLamby has it, so that what SGD comes to hangs on the draw of batches: ' +
    'of forty seeds of the adaptive methods four to six end below 0.75 (pooled), and the others between 0.75 and 0.87.',
];

/** @throws {FedwardError} CONFIG_INVALID for a data set that the benchmark does not have */
export function setsOf(dataset: string | undefined): readonly FlambySet[] {
  if (dataset === undefined) return flambySets;
  const found = flambySets.filter((name) => name === dataset);
  if (found.length > 0) return found;
  throw new FedwardError('CONFIG_INVALID', `--dataset: there is no ${dataset}; there are ${flambySets.join(', ')}`, '--dataset'); // prettier-ignore
}

async function published(name: FlambySet, dataDir: string, { quick, progress }: BenchmarkOptions): Promise<Table> {
  const seeds = quick ? flambySettings.seeds.slice(0, 1) : flambySettings.seeds;
  const data = await loadFlamby(name, dataDir);
  const results = await publishedResults(name, seeds, dataDir);
  const settings = quick ? { ...flambySettings[name], rounds: 1, steps: 5 } : flambySettings[name];
  const rows: Compared[] = [];
  const add = async (method: string, key: string, run: (seed: number) => Promise<Figures>): Promise<void> => {
    const own: Figures[] = [];
    for (const seed of seeds) own.push(await run(seed));
    const of = results.get(key);
    rows.push({ method, own, ...(of && { published: of }) });
    progress(`${name}: ${method}`);
  };
  await add('pooled training', settings.pooledTraining.published, (seed) => aloneMethod(data, settings, data.pooled, seed)); // prettier-ignore
  for (const method of settings.methods)
    await add(method.name, method.published, (seed) => federatedMethod(data, settings, method, seed));
  for (const [k, hospital] of data.hospitals.entries())
    await add(`hospital ${k} alone`, `Local ${k}`, (seed) => aloneMethod(data, settings, hospital, seed));
  return comparisonTable(titleOf(name, data, seeds.length), rows);
}

function titleOf(name: FlambySet, { metric }: FlambyData, seeds: number): string {
  return `${name}: ${metric}, ${seeds} seeds`;
}
