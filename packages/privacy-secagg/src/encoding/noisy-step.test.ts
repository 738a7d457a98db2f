import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLayout, parsePlan, parseQueryPlan, Random, type DpEvent, type TrainingPlan } from '@fedward/core';
import { SeededBits } from '@fedward/kit-noise';
import { sharedNoise } from './noise.js';
import { decodeStep, encodeStep, noisyStep, stepForm, type NoisyStep } from './noisy-step.js';

const frame = { schemaVersion: 1, name: 'steps', seed: 1, rounds: 30, aggregator: { name: 'fedavg' } } as const;
const privacy = { mechanisms: [{ name: 'secagg' }], unit: 'record' } as const;
const batches = { kind: 'poisson', probability: 0.25, steps: 1, expectedSize: 64 } as const;
const optimizer = { name: 'sgd', learningRate: 0.5 } as const;

function planOf({ training = {}, ...change }: { readonly training?: object; readonly [key: string]: unknown }) {
  return parsePlan({
    ...{ ...frame, privacy },
    model: { inputShape: [4], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
    ...change,
    training: { trainer: 'any', batches, optimizer, ...training },
  });
}

const run = { sites: 5, threshold: 4, rounds: 30 };
const options = { clipNorm: 2, noiseMultiplier: 1, expectedClients: 5 };
const stepOf = (change: Partial<typeof options> = {}, plan: TrainingPlan = planOf({})): NoisyStep =>
  noisyStep(sharedNoise({ ...options, ...change }, run), plan, 'equal');
/** learningRate x clipNorm / expectedSize. */
const moved = (0.5 * 2) / 64;
const sensitivityOf = ({ noise: { event } }: NoisyStep): number =>
  (event as Extract<DpEvent, { readonly type: 'discrete-gaussian' }>).sensitivity;
const seeded = (name: number | string) => new SeededBits(new Random(`step ${name}`));
const source = seeded('source');
const nothing = new Float32Array(1);
const normOf = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values, (x) => x * x).reduce((a, b) => a + b));

function sumOf(updates: readonly Float64Array[], step: NoisyStep): Uint32Array {
  const sum = new Uint32Array(updates[0]!.length);
  for (const update of updates) encodeStep(update, nothing, step, source).forEach((word, i) => (sum[i]! += word));
  return sum;
}

/** How far apart the integers of two updates are under the same draws of rounding and noise. */
function distance(
  a: Float64Array | Float32Array,
  b: Float64Array | Float32Array,
  step: NoisyStep,
  seed: number,
): number {
  const [one, other] = [a, b].map((values) => encodeStep(values, nothing, step, seeded(seed)));
  return normOf(one!.map((word, i) => Math.abs((word - other![i]!) | 0)));
}

describe('the event of a noisy step', () => {
  it('is that of the noise, on a Poisson sample', () => {
    const step = stepOf({ noiseMultiplier: 1.5 });
    const event = { type: 'discrete-gaussian', sigma: 1.5 * sensitivityOf(step), sensitivity: sensitivityOf(step) };
    expect(step.event).toEqual({ type: 'poisson-sampled', samplingProbability: 0.25, event });
    const all = planOf({ training: { batches: { ...batches, probability: 1 } } });
    expect(stepOf({ noiseMultiplier: 1.5 }, all).event).toEqual(event);
  });

  it('goes with gradients that the trainer clips, and adds nothing to', () => {
    expect(stepOf().gradient).toEqual({ clip: 'per-example', clipNorm: 2, noiseMultiplier: 0 });
  });

  it('has a sensitivity that no neighbours pass, whatever the updates and the draws', () => {
    const step = stepOf();
    const value = fc.oneof(
      fc.double({ min: -100 * moved, max: 100 * moved, noNaN: true }),
      fc.constantFrom(0, 1e9, -1e9, 1e300),
    );
    const pairs = fc.array(fc.tuple(value, fc.double({ min: -1, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(pairs, fc.nat(), (pair, seed) => {
        const update = Float64Array.from(pair, ([value]) => value);
        const direction = normOf(pair.map(([, towards]) => towards));
        fc.pre(direction > 0);
        // A little less than the reach: to add it rounds as well.
        const neighbour = update.map((x, i) => x + (pair[i]![1] / direction) * step.reach * (1 - 2 ** -30));
        fc.pre(normOf(update.map((x, i) => x - neighbour[i]!)) <= step.reach);
        expect(distance(update, neighbour, step, seed)).toBeLessThanOrEqual(sensitivityOf(step));
      }),
      { numRuns: 500 },
    );
  });

  it('has a sensitivity that neighbours come close to', () => {
    const step = stepOf();
    const size = 10_000;
    const one = new Float64Array(size);
    one[0] = step.reach;
    const all = new Float64Array(size).fill(step.reach / Math.sqrt(size));
    for (const update of [one, all]) {
      const far = distance(new Float64Array(size), update, step, 1);
      expect(far).toBeLessThanOrEqual(sensitivityOf(step));
      expect(far).toBeGreaterThan(0.98 * sensitivityOf(step)); // sqrt(size) is 0.6 %
    }
  });

  it('reaches as far as a record does in float32, with weights as large as are let through', () => {
    const step = stepOf();
    const size = 500;
    const random = new Random('gradients');
    const gradientOf = (): Float32Array => {
      const values = Float32Array.from({ length: size }, () => random.normal());
      const factor = (0.999_999 * 2) / normOf(values);
      return values.map((x) => x * factor);
    };
    const largest = (moved / 64) * 2 ** 23;
    const weights = gradientOf().map((x) => (x / 2) * largest * 0.999);
    /** In float32 at every step, as the least careful trainer would. */
    const updateOf = (gradients: readonly Float32Array[]): Float32Array => {
      const sum = new Float32Array(size);
      for (const gradient of gradients) for (let i = 0; i < size; i++) sum[i]! += gradient[i]!;
      const after = weights.map((w, i) => w - Math.fround(Math.fround(sum[i]! / 64) * 0.5));
      return after.map((w, i) => w - weights[i]!);
    };
    const same = gradientOf();
    let furthest = 0;
    for (const gradients of [Array.from({ length: 350 }, gradientOf), Array.from({ length: 350 }, () => same)])
      for (const count of [1, 2, 3, 64, 349, 350]) {
        const [all, without] = [updateOf(gradients.slice(0, count)), updateOf(gradients.slice(1, count))];
        const apart = normOf(all.map((x, i) => x - without[i]!));
        furthest = Math.max(furthest, apart);
        expect(distance(all, without, step, count)).toBeLessThanOrEqual(sensitivityOf(step));
        expect(() => encodeStep(all, weights, step, source)).not.toThrow();
      }
    expect(furthest).toBeGreaterThan(moved); // it needs more room than exact arithmetic would
    expect(furthest).toBeLessThanOrEqual(step.reach);
  });
});

describe('a noisy sum of steps', () => {
  it('is the sum of the steps beside the noise that it is priced at, over a public constant', () => {
    const size = 20_000;
    const updates = [1, 2, 3, 4].map((k) => Float64Array.from({ length: size }, (_, i) => Math.sin(k * i) * moved));
    // The least is so little that integers which were rounded down, not at random, would be seen in the mean.
    for (const noiseMultiplier of [0.002, 0.5, 2]) {
      const step = stepOf({ noiseMultiplier });
      const { payload, divisor } = decodeStep(sumOf(updates, step), step);
      expect(divisor).toBe(5);
      const errors = payload.map((x, i) => x - updates.reduce((sum, update) => sum + update[i]!, 0));
      const deviation = normOf(errors) / Math.sqrt(size);
      const priced = (noiseMultiplier * step.reach) / (1 - Math.sqrt(size) / sensitivityOf(step));
      expect(Math.abs(deviation / priced - 1)).toBeLessThan(5 / Math.sqrt(2 * size));
      expect(Math.abs(errors.reduce((sum, x) => sum + x, 0) / size)).toBeLessThan((5 * deviation) / Math.sqrt(size));
    }
  });

  it('does not wrap, whatever the updates are: they are cut', () => {
    const step = stepOf({ noiseMultiplier: 100 });
    const updates = Array.from({ length: run.sites }, () => Float64Array.of(1e300, -1e300, 0));
    const { payload } = decodeStep(sumOf(updates, step), step);
    const perInteger = step.reach / (sensitivityOf(step) - Math.sqrt(3));
    const most = run.sites * step.noise.largestInteger * perInteger;
    const deviation = 100 * step.reach * Math.sqrt(5 / 4);
    [most, -most, 0].forEach((value, i) => expect(Math.abs(payload[i]! - value)).toBeLessThan(7 * deviation));
    expect(most).toBeGreaterThan(1000 * moved); // a thousand records that all pull at one value are not cut
  });
});

describe('encodeStep', () => {
  it('refuses weights that float32 would round a step away beside', () => {
    const step = stepOf();
    const most = (moved / 64) * 2 ** 23;
    const encode = (...weights: number[]) => encodeStep(Float32Array.of(0), Float64Array.from(weights), step, source);
    expect(() => encode(0.6 * most * 0.999, 0.8 * most * 0.999)).not.toThrow();
    for (const wrong of [[0.6 * most * 1.001, 0.8 * most * 1.001], [NaN], [Infinity]])
      expect(() => encode(...wrong)).toThrow(expect.objectContaining({ code: 'TASK_INVALID', subject: 'payload' }));
  });

  it('refuses what is not finite, and leaves updates as they are', () => {
    const step = stepOf();
    const values = Float32Array.of(0.25, -0.5);
    encodeStep(values, nothing, step, source);
    expect([...values]).toEqual([0.25, -0.5]);
    for (const wrong of [NaN, Infinity, -Infinity])
      expect(() => encodeStep(Float32Array.of(0, wrong), nothing, step, source)).toThrow(
        expect.objectContaining({ code: 'UPDATE_NOT_FINITE' }),
      );
  });
});

describe('noisyStep', () => {
  it.each<[string, Parameters<typeof planOf>[0]]>([
    ['privacy.unit', { privacy: { ...privacy, unit: 'hospital' } }],
    ['training.batches.kind', { training: { batches: { kind: 'shuffle', size: 8, epochs: 1 } } }],
    ['training.batches.steps', { training: { batches: { ...batches, steps: 2 } } }],
    ['training.optimizer.name', { training: { optimizer: { name: 'momentum', learningRate: 0.1 } } }],
    ['training.optimizer.name', { training: { optimizer: { name: 'adam', learningRate: 0.1 } } }],
    ['training.optimizer.learningRate', { training: { optimizer: { name: 'sgd', learningRate: 1e-30 } } }],
  ])('refuses by %s: %j', (subject, change) => {
    expect(() => stepOf({}, planOf(change))).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject }));
  });

  it('takes patients as it takes records', () => {
    const patients = stepOf({}, planOf({ privacy: { ...privacy, unit: 'patient' } }));
    expect(patients).toEqual(stepOf());
  });

  it('refuses sums that are weighted by records, a loss whose terms depend on each other, and queries', () => {
    const noise = sharedNoise(options, run);
    const refused = (subject: string) => expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject }) as Error;
    expect(() => noisyStep(noise, planOf({}), 'records')).toThrow(refused('weights'));
    const plan = planOf({});
    const cox: TrainingPlan = { ...plan, model: { ...plan.model, loss: 'cox' } };
    expect(() => noisyStep(noise, cox, 'equal')).toThrow(refused('model.loss'));
    const query = parseQueryPlan({ ...frame, privacy, query: { name: 'mean' } });
    expect(() => noisyStep(noise, query, 'equal')).toThrow(refused('query'));
  });
});

describe('stepForm', () => {
  const formOf = (size: number) => stepForm({ layout: createLayout([{ name: 'w', shape: [size] }]), element: 'f32' });

  it('is what encodeStep gives', () => {
    expect(formOf(7)).toMatchObject({ element: 'u32', layout: { size: 7 } });
    expect(encodeStep(new Float32Array(7), nothing, stepOf(), source)).toHaveLength(7);
  });

  it('refuses updates whose rounding would be half of what is hidden', () => {
    expect(() => formOf(67_000_000)).not.toThrow();
    expect(() => formOf(67_200_000)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'model' }),
    );
  });
});
