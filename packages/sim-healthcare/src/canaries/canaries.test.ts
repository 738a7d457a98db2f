import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random, type TrainingData } from '@fedward/core';
import { populationOf } from '../scenario/population.js';
import { findScenario } from '../scenario/index.js';
import type { Intake, Joining } from '../scenario/scenario.js';
import { csvFolder, csvSchema } from '../testing/csv-study.js';
import { makeCanaries, withCanaries } from './canaries.js';

const data = (count: number): TrainingData => ({
  count,
  featureShape: [3],
  features: Float32Array.from({ length: 3 * count }, (_, i) => i),
  labels: new Float32Array(count).fill(1),
});
/** Hospitals to which nothing is done. */
function populationWith(joining?: Joining) {
  const hospitals = ['a', 'b', 'c'].map((id, i) => {
    const { features, labels, featureShape } = data(i + 1);
    const more = joining?.get(id) ?? [];
    const train = {
      featureShape,
      count: i + 1 + more.length,
      features: Float32Array.from([...features, ...more.flatMap((record) => [...record.features])]),
      labels: Float32Array.from([...labels, ...more.map(({ label }) => label)]),
    };
    return { id, train, test: data(1) };
  });
  const intake: Intake = {
    scalings: [undefined, undefined, undefined],
    isTrainedOn: () => true,
    join: async (more) => populationWith(more),
  };
  return { ...populationOf(hospitals, { test: data(1), inputShape: [3], classes: 2 }), intake };
}
const population = populationWith();
const canaries = makeCanaries(population, {
  canaries: 41,
  featureNorm: 5,
  adjacency: 'replace-one',
  random: new Random(1),
});

describe('makeCanaries', () => {
  it('gives every hospital its share, each canary one feature, and another label for the other version', () => {
    expect(canaries.map(({ records }) => records.count)).toEqual([14, 14, 13]);
    for (const { records, otherLabels, coins } of canaries) {
      expect(coins).toHaveLength(records.count);
      for (let canary = 0; canary < records.count; canary++) {
        const features = [...records.features.subarray(3 * canary, 3 * canary + 3)];
        expect(features.filter((x) => x !== 0)).toHaveLength(1);
        expect(Math.hypot(...features)).toBe(5);
        expect(otherLabels[canary]).toBe(1 - records.labels[canary]!);
      }
      expect(
        new Set(Array.from({ length: 6 }, (_, i) => [...records.features.subarray(3 * i, 3 * i + 3)].join())).size,
      ).toBe(6);
    }
  });

  it('throws fair coins, independent of labels', () => {
    const many = makeCanaries(population, {
      canaries: 30_000,
      featureNorm: 1,
      adjacency: 'replace-one',
      random: new Random(2),
    });
    let [heads, agree] = [0, 0];
    for (const { coins, records } of many)
      coins.forEach((coin, i) => {
        if (coin) heads++;
        if (coin === (records.labels[i] === 1)) agree++;
      });
    const deviation = Math.sqrt(30_000 / 4);
    expect(Math.abs(heads - 15_000)).toBeLessThan(4 * deviation);
    expect(Math.abs(agree - 15_000)).toBeLessThan(4 * deviation);
  });
});

describe('withCanaries', () => {
  it('puts those in whose coins are true, behind the records that are there, under add-or-remove-one', async () => {
    const added = await withCanaries(population, canaries, 'add-or-remove-one');
    canaries.forEach(({ hospitalId, coins, records }, i) => {
      const { train } = added.hospital(hospitalId);
      const chosen = coins.flatMap((coin, canary) => (coin ? [canary] : []));
      expect(chosen.length).toBeGreaterThan(0);
      expect(train.count).toBe(i + 1 + chosen.length);
      expect(train.features.subarray(0, 3 * (i + 1))).toEqual(data(i + 1).features);
      chosen.forEach((canary, place) => {
        const row = i + 1 + place;
        expect(train.features.subarray(3 * row, 3 * row + 3)).toEqual(
          records.features.subarray(3 * canary, 3 * canary + 3),
        );
        expect(train.labels[row]).toBe(records.labels[canary]);
      });
    });
  });

  it('puts one of two versions in, under replace-one: the number of records tells nothing', async () => {
    const replaced = await withCanaries(population, canaries, 'replace-one');
    canaries.forEach(({ hospitalId, coins, records, otherLabels }, i) => {
      const { train } = replaced.hospital(hospitalId);
      expect(train.count).toBe(i + 1 + records.count);
      coins.forEach((coin, canary) =>
        expect(train.labels[i + 1 + canary]).toBe((coin ? records.labels : otherLabels)[canary]),
      );
    });
  });
});

describe('canaries of a table', () => {
  it.each([{}, { patientId: 'patient' }])(
    'come in before split and scale, are trained on, and are what was foreseen (%o)',
    async (ids) => {
      const folder = csvFolder({ north: 60, south: 50 });
      const [age, marker] = csvSchema.columns;
      const columns = [
        { ...age, range: [0, 100] },
        { ...marker, scale: { center: 0.5, spread: 2 } },
      ];
      writeFileSync(join(folder, 'schema.json'), JSON.stringify({ ...csvSchema, ...ids, columns }));
      if ('patientId' in ids)
        for (const file of ['north.csv', 'south.csv']) {
          const rows = readFileSync(join(folder, file), 'utf8').trim().split('\n');
          writeFileSync(join(folder, file), rows.map((row, i) => `${i === 0 ? 'patient' : `p${i}`},${row}`).join('\n'));
        }
      const load = async () => {
        const loaded = await findScenario('csv').load({ seed: 1, dataDir: folder, priced: 'record' });
        return { ...loaded, intake: loaded.intake! };
      };
      const before = await load();
      const own = makeCanaries(before, {
        canaries: 40,
        featureNorm: 5,
        adjacency: 'replace-one',
        random: new Random(3),
      });
      const after = await withCanaries(before, own, 'replace-one');
      for (const { hospitalId, raw, records } of own) {
        const [{ train: old }, { train }] = [before.hospital(hospitalId), after.hospital(hospitalId)];
        expect(train.count).toBe(old.count + 20);
        expect(train.features.subarray(0, 2 * old.count)).toEqual(old.features); // nothing is done to others
        expect(train.features.subarray(2 * old.count)).toEqual(records.features);
        raw.forEach(({ features }, i) => {
          const [first, second] = records.features.subarray(2 * i, 2 * i + 2);
          // Cut to the range, from far beyond; in the scale as long as was asked for.
          if (i % 2 === 0) expect([Math.abs(first!), Math.abs(features[0]! - 50) >= 50_000]).toEqual([1, true]);
          else expect([Math.abs(second!), Math.abs(features[1]! - 0.5)]).toEqual([5, 10]);
        });
      }
    },
  );
});
