import {
  createParameters,
  layoutOf,
  parsePlan,
  Random,
  SeededNoise,
  type ClientContext,
  type LocalTrainer,
  type Parameters,
  type PrivacyUnit,
  type TrainingData,
} from '@fedward/core';
import { loadParkinsons } from '@fedward/data-medical';
import { tfjsTrainer } from '@fedward/trainer-tfjs';
import { wasmTrainer } from '@fedward/trainer-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parkinsons } from './parkinsons.js';

const dataDir = process.env['FEDWARD_DATA'] ?? '';
const clipNorm = 2.5;
const width = 19;
/** Of sums of about ten vectors of this length in float32. */
const rounding = 1e-4 * clipNorm;

/** One step on everyone, without noise, at rate 1 and divisor 1: the weights move by minus the clipped sum. */
function contextOf(unit: PrivacyUnit): ClientContext {
  const plan = parsePlan({
    schemaVersion: 1,
    name: 'test',
    seed: 1,
    rounds: 1,
    model: {
      inputShape: [width],
      layers: [{ type: 'dense', units: 1 }],
      loss: 'squared-error',
    },
    training: {
      trainer: 'any',
      batches: { kind: 'poisson', probability: 1, steps: 1, expectedSize: 1 },
      optimizer: { name: 'sgd', learningRate: 1 },
    },
    aggregator: { name: 'fedavg' },
    privacy: { mechanisms: [{ name: 'dp-sgd' }], accountant: 'rdp', delta: 1e-3, unit },
  });
  const random = new Random('clipping');
  return {
    ...{ clientId: 'hospital-0', runId: 'run', round: 0, plan, wishes: {} },
    random: random.fork('random'),
    noise: new SeededNoise(random.fork('noise')),
    gradientPrivacy: { clip: 'per-example', clipNorm, noiseMultiplier: 0 },
  };
}

const layout = layoutOf(contextOf('patient').plan.model);
const start: Parameters = createParameters(
  layout,
  Float32Array.from({ length: layout.size }, (_, i) => Math.sin(i + 1) / 2),
);

async function clippedSum(trainer: LocalTrainer, data: TrainingData, unit: PrivacyUnit): Promise<Float64Array> {
  const { payload } = await trainer.train(start, data, contextOf(unit), new AbortController().signal);
  return Float64Array.from(payload.values, (value, i) => start.values[i]! - value);
}

const distance = (a: Float64Array, b: Float64Array): number => Math.hypot(...a.map((x, i) => x - b[i]!));

/** The data with the records of one patient replaced by others, at the end; by none: removed. */
function withRecords(data: TrainingData, patient: string, values: readonly number[]): TrainingData {
  const kept = data.patientIds!.flatMap((id, row) => (id === patient ? [] : [row]));
  const added = values.length / (width + 1);
  const count = kept.length + added;
  const features = new Float32Array(count * width);
  kept.forEach((row, i) => features.set(data.features.subarray(row * width, (row + 1) * width), i * width));
  features.set(values.slice(added), kept.length * width);
  const labels = Float32Array.from([...kept.map((row) => data.labels[row]!), ...values.slice(0, added)]);
  const patientIds = [...kept.map((row) => data.patientIds![row]!), ...Array<string>(added).fill(patient)];
  return { count, featureShape: [width], features, labels, patientIds };
}

const anything = fc.oneof(
  fc.float({ noNaN: true, min: -5, max: 5 }),
  fc.float({ noNaN: true, min: Math.fround(-1e6), max: Math.fround(1e6) }),
  fc.constantFrom(0, 1e-30, 1e9, -1e9, 1e15, -1e15),
);
/** Labels and features of 1 to 60 records. */
const records = fc
  .integer({ min: 1, max: 60 })
  .chain((n) => fc.array(anything, { minLength: n * (width + 1), maxLength: n * (width + 1) }));

describe.skipIf(!dataDir)('what one patient does to the clipped sum, on the real data (needs FEDWARD_DATA)', () => {
  let data: TrainingData;
  let patients: readonly string[];
  beforeAll(async () => {
    data = (await loadParkinsons(dataDir))[0]!.train;
    patients = [...new Set(data.patientIds)];
  });

  describe.each([
    ['wasm', wasmTrainer, 100],
    ['tfjs', tfjsTrainer, 60],
  ] as const)('in trainer-%s', (_, createTrainer, numRuns) => {
    const trainer = createTrainer();

    it('is at most twice the clip norm, whatever all of that patient’s records are replaced by', async () => {
      const whole = await clippedSum(trainer, data, 'patient');
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...patients), records, async (patient, values) => {
          const other = await clippedSum(trainer, withRecords(data, patient, values), 'patient');
          expect(distance(whole, other)).toBeLessThanOrEqual(2 * clipNorm + rounding);
        }),
        { numRuns },
      );
    });

    it('is as without a patient whose gradient overflows float32: nothing is told of it, not even by a failure', async () => {
      const [patient] = patients;
      const overflowing = withRecords(data, patient!, [3e38, ...Array<number>(width).fill(3e38)]);
      const found = await clippedSum(trainer, overflowing, 'patient');
      const without = await clippedSum(trainer, withRecords(data, patient!, []), 'patient');
      expect(distance(found, without)).toBeLessThan(rounding);
    });

    it('is at most the clip norm where a patient is removed or added, and all but that for these patients', async () => {
      const whole = await clippedSum(trainer, data, 'patient');
      for (const patient of patients) {
        const moved = distance(whole, await clippedSum(trainer, withRecords(data, patient, []), 'patient'));
        expect(moved).toBeLessThanOrEqual(clipNorm + rounding);
        expect(moved).toBeGreaterThan(0.99 * clipNorm); // the sum of 140 gradients is longer than that
      }
    });

    it('comes near twice the clip norm, and under the clipping of records is as large as all of them', async () => {
      const patient = patients[0]!;
      const own = data.patientIds!.filter((id) => id === patient).length;
      // The same records with scores that are as much too high as the model's are too low.
      const rows = data.patientIds!.flatMap((id, row) => (id === patient ? [row] : []));
      const features = rows.flatMap((row) => [...data.features.subarray(row * width, (row + 1) * width)]);
      const opposite = withRecords(data, patient, [...rows.map(() => -1000), ...features]);
      for (const [unit, least] of [
        ['patient', 1.9],
        ['record', 1.9 * own * 0.9],
      ] as const) {
        const moved = distance(await clippedSum(trainer, data, unit), await clippedSum(trainer, opposite, unit));
        expect(moved).toBeGreaterThan(least * clipNorm);
      }
    });
  });
});

describe.skipIf(!dataDir)('the scenario parkinsons (needs FEDWARD_DATA)', () => {
  it('has four hospitals of nearly one size, whose patients are known, and a value to predict', async () => {
    const population = await parkinsons.load({ seed: 42, dataDir });
    expect(population.ids).toHaveLength(4);
    expect([population.classes, population.inputShape]).toEqual([1, [width]]);
    for (const id of population.ids) {
      const { train } = population.hospital(id);
      expect(new Set(train.patientIds).size).toBeGreaterThanOrEqual(6);
    }
  });
});

describe('the scenario parkinsons', () => {
  it('divides by the expected number of whatever is sampled', () => {
    const needs = { unit: 'record', batches: 'poisson', accountant: 'pld' } as const;
    const { batches: ofRecords } = parkinsons.defaults(needs);
    const { batches: ofPatients } = parkinsons.defaults(needs, 'patient');
    expect(ofRecords).toEqual({ kind: 'poisson', probability: 0.5, steps: 5, expectedSize: 525 });
    expect(ofPatients).toEqual({ ...ofRecords, expectedSize: 4 });
  });

  it('says that it needs data', async () => {
    await expect(parkinsons.load({ seed: 1 })).rejects.toMatchObject({ subject: '--data' });
  });
});
