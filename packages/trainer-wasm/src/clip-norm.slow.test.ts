import { createParameters, layoutOf, Random, type ModelSpec, type TrainingData } from '@fedward/core';
import { clippedSum as clippedByTfjs } from '@fedward/trainer-tfjs';
import { describe, expect, it } from 'vitest';
import { clippedSum } from './per-example.js';
import { dataOf, spec, weightsOf } from './testing/problems.js';

/** In float64, of the float32 values that are there. */
const length = (vector: Float32Array): number => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));

/** Every way in which norms are found, narrow and wide. */
const models: Record<string, ModelSpec> = {
  'dense, wide': spec([700], [{ type: 'dense', units: 90 }]),
  'dense, three': spec(
    [40],
    [
      { type: 'dense', units: 64 },
      { type: 'activation', function: 'elu' },
      { type: 'dense', units: 33 },
      { type: 'scale', factor: 1e3 },
      { type: 'dense', units: 3 },
    ],
  ),
  'conv1d, two windows': spec(
    [4, 64],
    [{ type: 'conv1d', filters: 64, kernelSize: 2, stride: 2 }, { type: 'flatten' }, { type: 'dense', units: 2 }],
  ),
  'conv2d, group norm': spec(
    [9, 8, 3],
    [
      { type: 'conv2d', filters: 8, kernelSize: [3, 3], padding: 'same' },
      { type: 'group-norm', groups: 4 },
      { type: 'activation', function: 'relu' },
      { type: 'max-pool2d', kernelSize: [2, 2], stride: [2, 2] },
      { type: 'flatten' },
      { type: 'dense', units: 4 },
    ],
  ),
  'small features, scaled up': spec(
    [30],
    [
      { type: 'dense', units: 20 },
      { type: 'scale', factor: 1e30 },
      { type: 'dense', units: 2 },
    ],
  ),
};

/** Examples that are chosen against the clipping: of every size, with positions that nearly cancel, of one sign. */
function adversary(model: ModelSpec, random: Random): TrainingData {
  const data = dataOf(model, 1, random.integer(0, 2 ** 30));
  const size = 10 ** (random.uniform() * 60 - 30);
  const half = data.features.length / 2;
  const kind = random.integer(0, 4);
  data.features.forEach((x, i) => {
    const value = kind === 1 && i >= half ? -data.features[i - half]! * (1 + 1e-6 * random.normal()) : x;
    data.features[i] = (kind === 2 ? Math.abs(value) + 1 : value) * (kind === 3 ? 10 ** (20 * random.normal()) : size);
    if (!Number.isFinite(data.features[i])) data.features[i] = 3e38;
  });
  return data;
}

describe('what one example adds', () => {
  describe.each(Object.entries(models))('%s', (name, model) => {
    const random = new Random(`adversary ${name}`);
    const cases = Array.from({ length: 60 }, () => ({
      data: adversary(model, random),
      parameters: weightsOf(model, random.integer(0, 2 ** 30)),
      clipNorm: 10 ** (random.uniform() * 12 - 6),
    }));

    it('is never longer than the clip norm, in float64', () => {
      for (const { data, parameters, clipNorm } of cases)
        expect(length(clippedSum(model, parameters, data, clipNorm).sum)).toBeLessThanOrEqual(clipNorm);
    });

    it('is hardly shorter than it where it was longer', () => {
      const shares = cases.flatMap(({ data, parameters, clipNorm }) => {
        const { sum, norms } = clippedSum(model, parameters, data, clipNorm);
        return norms[0]! > clipNorm && norms[0]! < 1e30 * clipNorm && norms[0]! < 1e38 ? [length(sum) / clipNorm] : [];
      });
      expect(shares.filter((share) => share > 1 - 1e-5).length).toBeGreaterThan(0.6 * shares.length);
    });

    it('is never longer than the clip norm in trainer-tfjs either', async () => {
      for (const { data, parameters, clipNorm } of cases.slice(0, 20)) {
        const { sum } = await clippedByTfjs(model, parameters, data, clipNorm, { backend: 'wasm' });
        expect(length(sum)).toBeLessThanOrEqual(clipNorm);
      }
    });
  });

  it('is bounded where float32 squares vanish, as they did unseen', () => {
    const model = spec(
      [2],
      [
        { type: 'dense', units: 2, bias: false },
        { type: 'scale', factor: 1e30 },
      ],
    );
    const parameters = createParameters(layoutOf(model), new Float32Array(4));
    const data = { ...dataOf(model, 1), features: Float32Array.of(1e-24, -1e-24) };
    expect(length(clippedSum(model, parameters, data, 1).sum)).toBeLessThanOrEqual(1);
    expect(length(clippedSum(model, parameters, data, 1).sum)).toBeGreaterThan(0.999);
  });
});
