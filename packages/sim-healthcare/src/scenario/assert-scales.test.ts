import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSite, type TrainingData } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { checkedRun } from '../run/checked-run.js';
import type { SimulateOptions } from '../run/options.js';
import { csvFolder, csvSchema } from '../testing/csv-study.js';
import { shareData } from '../threads/shared-data.js';

const folder = csvFolder({ north: 60, south: 50 });
const run = (options: Partial<SimulateOptions>, dataDir = folder) =>
  checkedRun({ scenario: 'csv', dataDir, seed: 1, local: false, workers: 1, ...options }, 'run');
const ofOne = { mechanisms: [{ name: 'dp-sgd', options: { clipNorm: 1, noiseMultiplier: 1 } }], accountant: 'rdp' };

function declared(): string {
  const own = csvFolder({ north: 60, south: 50 });
  const [age, marker] = csvSchema.columns;
  const columns = [
    { ...age, range: [0, 100] },
    { ...marker, scale: { center: 0.5, spread: 1 } },
  ];
  writeFileSync(join(own, 'schema.json'), JSON.stringify({ ...csvSchema, columns }));
  return own;
}

describe('numbers under a price', () => {
  it.each<Partial<SimulateOptions>>([
    { privacy: 'dp-sgd' },
    { privacy: 'tutorial-041' },
    {
      config: {
        privacy: { ...ofOne, delta: 1e-5 },
        training: { batches: { kind: 'poisson', probability: 1, steps: 1, expectedSize: 9 } },
      },
    },
  ])('are refused where their scale would come from the data: %o', async (options) => {
    const error = (await run(options).catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'age' });
    expect(error.message).toContain('columns "age", "marker"');
    expect(error.message).toContain('{ "name": "age", "kind": "numeric", "range": [LOWEST, HIGHEST] }');
    expect(error.message).toContain('"scale": { "center": USUAL, "spread": DISTANCE }');
    expect(error.message.replace(folder, '')).not.toMatch(/\d/); // nothing that was read from the data
  });

  it('pass where each declares its scale, and with a price that covers whole hospitals, or none', async () => {
    for (const privacy of ['dp-sgd', 'tutorial-041'] as const) await run({ privacy }, declared());
    for (const privacy of ['none', 'central', 'local', 'dp-ftrl'] as const) {
      const { population } = await run({ privacy });
      // By its own mean and deviation, each of two features.
      const { features, count } = population.hospital('north').train;
      expect(features.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(2 * (count - 1), 2);
    }
  });

  it('are what they are by the data, whatever options say: a site refuses those that hang on one another', async () => {
    const { plan, plugins } = await run({ privacy: 'dp-sgd' }, declared());
    const { population } = await run({ privacy: 'none' });
    const of = { id: 'north', plan, ...plugins };
    const made = (data: TrainingData) => () => createSite({ ...of, data });
    const fitted = population.hospital('north').train;
    for (const data of [fitted, shareData(fitted)])
      expect(made(data)).toThrow(expect.objectContaining({ subject: 'data.sharedStatistics' }));
    const { population: own } = await run({ privacy: 'none' }, declared());
    expect(made(own.hospital('north').train)).not.toThrow();
  });

  it('rest on what the schema says, and on a split that looks at one patient at a time', async () => {
    const assumptions = async (privacy: 'none' | 'dp-sgd', dataDir: string) =>
      (await run({ privacy }, dataDir)).population.assumptions;
    expect(await assumptions('none', declared())).toBeUndefined();
    expect(await assumptions('dp-sgd', declared())).toEqual([expect.stringContaining('without a look at these data')]);
  });

  it('are scaled alike with and without privacy where their scale is declared', async () => {
    const dataDir = declared();
    const [open, priced] = [await run({ privacy: 'none' }, dataDir), await run({ privacy: 'dp-sgd' }, dataDir)];
    for (const id of ['north', 'south']) expect(priced.population.hospital(id)).toEqual(open.population.hospital(id));
  });
});
