import {
  createSite,
  layoutOf,
  createParameters,
  noNoise,
  planHash,
  simulatedRandomness,
  type Update,
  type PrivacyMechanism,
  type TrainingData,
  type TrainingPlan,
} from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planWith, shuffle } from '../testing/plan.js';
import { released, roundOf, sumOf } from '../testing/rounds.js';
import { central } from './central.js';
import { dpSgd } from './dp-sgd.js';

/** A site that trains for real, with whatever data. */
async function answer(
  plan: TrainingPlan,
  mechanism: PrivacyMechanism,
  data: TrainingData,
  id: string,
): Promise<Update> {
  const site = createSite({
    ...{ id, plan, data, mechanisms: [mechanism], trainer: referenceTrainer() },
    randomness: simulatedRandomness(3),
  });
  const task = {
    ...{ runId: 'run-1', round: 0, planHash: planHash(plan), cohort: [id], taken: null },
    ...{ payload: sentUnder(plan), instructions: {} },
  };
  return site.answer(task, new AbortController().signal);
}

const sentUnder = ({ model }: TrainingPlan) => {
  const layout = layoutOf(model);
  return createParameters(
    layout,
    Float32Array.from({ length: layout.size }, (_, i) => Math.sin(i)),
  );
};
const named = (plan: TrainingPlan, name: string): TrainingPlan => ({
  ...plan,
  training: { ...plan.training, trainer: 'reference' },
  privacy: { ...plan.privacy!, mechanisms: [{ name, options: {} }] },
});
const norm = (values: Iterable<number>): number => Math.sqrt([...values].reduce((sum, x) => sum + x * x, 0));

/** So many records, the values from small to absurd. */
const records = (count: number): fc.Arbitrary<TrainingData> => {
  const scale = fc.constantFrom(0, 1e-3, 1, 1e3, 1e6);
  const value = fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), scale).map(([x, s]) => x * s);
  return fc
    .tuple(
      fc.array(value, { minLength: 4 * count, maxLength: 4 * count }),
      fc.array(fc.constantFrom(0, 1), { minLength: count, maxLength: count }),
    )
    .map(([features, labels]) => ({
      ...{ count, featureShape: [4], features: Float32Array.from(features), labels: Float32Array.from(labels) },
    }));
};

describe('what a unit can do to what noise is added to, through real training', () => {
  it('a hospital, with any data in place of its own: 2 C under central, and C by not being there', async () => {
    const [plan, clipNorm] = [named(planWith(shuffle, { unit: 'hospital' }), 'central'), 0.25];
    const mechanism = central({ clipNorm, noiseMultiplier: 1, expectedClients: 3 });
    const context = roundOf(mechanism, plan, { noise: noNoise });
    const others = records(5);
    await fc.assert(
      fc.asyncProperty(others, records(3), records(40), async (other, own, replaced) => {
        const received = async (data: TrainingData, id: string) =>
          mechanism.onReceive!(await answer(plan, mechanism, data, id), context);
        const [rest, one, two] = [await received(other, 'a'), await received(own, 'b'), await received(replaced, 'b')];
        const size = rest.payload.values.length;
        const sum = (updates: Update[]) => released(mechanism, sumOf(updates, size), context).payload;
        const moved = (a: Float64Array, b: Float64Array) => norm(a.map((x, i) => x - b[i]!));
        const rounding = 1 + 1e-9; // of the sum in float64
        expect(moved(sum([rest, one]), sum([rest, two]))).toBeLessThanOrEqual(2 * clipNorm * rounding);
        expect(moved(sum([rest, one]), sum([rest]))).toBeLessThanOrEqual(clipNorm * rounding);
        expect(sum([rest, one])).toEqual(sum([one, rest]));
      }),
      { numRuns: 60 },
    );
  });

  it('a patient, with any records in place of all of theirs: 2 C under dp-sgd, however many they are', async () => {
    const everyone = { kind: 'poisson', probability: 1, steps: 1, expectedSize: 1 } as const;
    const base = named(planWith(everyone, { unit: 'patient' }), 'dp-sgd');
    const sgd = { name: 'sgd', learningRate: 1 } as const;
    const plan = { ...base, training: { ...base.training, optimizer: sgd } };
    const clipNorm = 0.25;
    const mechanism = dpSgd({ clipNorm, noiseMultiplier: 0 });
    const join = (other: TrainingData, own: TrainingData): TrainingData => ({
      count: other.count + own.count,
      featureShape: [4],
      features: Float32Array.from([...other.features, ...own.features]),
      labels: Float32Array.from([...other.labels, ...own.labels]),
      patientIds: [...other.labels].map((_, i) => `other ${i % 3}`).concat([...own.labels].map(() => 'the patient')),
    });
    await fc.assert(
      fc.asyncProperty(records(6), records(1), records(30), async (other, few, many) => {
        const [one, two] = await Promise.all(
          [few, many].map(
            async (own) => (await answer(plan, mechanism, join(other, own), 'a')).payload.values as Float32Array,
          ),
        );
        // The step is the sum; weights are float32.
        expect(norm(one!.map((x, i) => x - two![i]!))).toBeLessThanOrEqual(2 * clipNorm + 1e-6);
      }),
      { numRuns: 60 },
    );
  });
});
