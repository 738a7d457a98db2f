import { createParameters, layoutOf, Random, type ModelSpec, type Parameters, type TrainingData } from '@fedward/core';
import { createNetwork } from '@fedward/testkit/reference';
import { describe, expect, it } from 'vitest';
import { clippedSum } from './per-example.js';
import { dataOf, spec, weightsOf } from './testing/problems.js';

const length = (vector: ArrayLike<number>) => Math.sqrt(Array.from(vector).reduce((sum, x) => sum + x * x, 0));

/** Norms of the examples' gradients in float64. */
function exactNorms(model: ModelSpec, { values }: Parameters, data: TrainingData): number[] {
  const network = createNetwork(model);
  const size = data.features.length / data.count;
  return Array.from({ length: data.count }, (_, row) => {
    const gradient = new Float64Array(values.length);
    network.gradient(values, data.features.subarray(row * size, (row + 1) * size), data.labels[row]!, gradient);
    return length(gradient);
  });
}

describe('clipping', () => {
  const models: Record<string, ModelSpec> = {
    'one row an example': spec([9], [{ type: 'dense', units: 5 }]),
    'few rows: norms from Gram matrices': spec(
      [5, 30],
      [{ type: 'conv1d', filters: 40, kernelSize: 2, stride: 2 }, { type: 'flatten' }, { type: 'dense', units: 2 }],
    ),
    'many rows: gradients are kept': spec(
      [9, 9, 1],
      [{ type: 'conv2d', filters: 3, kernelSize: [2, 2] }, { type: 'flatten' }, { type: 'dense', units: 2 }],
    ),
  };
  it.each(Object.entries(models))('%s', (_, model) => {
    const [parameters, data] = [weightsOf(model), dataOf(model, 11)];
    const expected = exactNorms(model, parameters, data);
    const clipNorm = expected.toSorted((a, b) => a - b)[5]!;
    const { norms, factors } = clippedSum(model, parameters, data, clipNorm);
    expected.forEach((norm, i) => {
      expect(norms[i]! / norm).toBeCloseTo(1, 5);
      expect(factors[i]).toBeCloseTo(Math.min(1, clipNorm / norm), 5);
    });
    expect(factors.filter((factor) => factor < 0.9999)).toHaveLength(5);
  });

  it('of one example leaves the clip norm, whatever the example', () => {
    for (const model of Object.values(models))
      for (const scale of [1, 1e3, 1e6]) {
        const data = dataOf(model, 1);
        const large = { ...data, features: data.features.map((x) => scale * x) };
        expect(length(clippedSum(model, weightsOf(model), large, 0.01).sum)).toBeLessThan(0.01 * (1 + 1e-5));
      }
  });

  it('of one example beyond float32 is 0, and the others are as without it', () => {
    const withGroupNorm = spec(
      [6, 2],
      [
        { type: 'conv1d', filters: 4, kernelSize: 2 },
        { type: 'group-norm', groups: 2 },
        { type: 'flatten' },
        { type: 'dense', units: 2 },
      ],
    );
    for (const model of [...Object.values(models), withGroupNorm]) {
      const [parameters, data] = [weightsOf(model), dataOf(model, 4)];
      const size = data.features.length / 4;
      const large = { ...data, features: data.features.map((x, i) => (i < size ? Math.sign(x || 1) * 3e38 : x)) };
      const others = { ...data, count: 3, features: data.features.slice(size), labels: data.labels.slice(1) };
      const [found, expected] = [large, others].map((batch) => clippedSum(model, parameters, batch, 0.1).sum);
      expect(length(found!.map((x, i) => x - expected![i]!))).toBeLessThanOrEqual(0.1 * (1 + 1e-5));
    }
  });

  /**
   * An example made to be underestimated: what its two positions give nearly cancels, so that in float32 the Gram
   * matrices' products are all rounding error, and no other layer sees how large it is.
   */
  it.each([1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 0])('holds where positions cancel but for %s', (rest) => {
    const [width, filters] = [64, 64];
    const model = spec(
      [2, width],
      [{ type: 'conv1d', filters, kernelSize: 1 }, { type: 'flatten' }, { type: 'dense', units: 2 }],
    );
    const layout = layoutOf(model);
    const random = new Random('cancel');
    const values = new Float32Array(layout.size);
    const { offset } = layout.tensors[2]!;
    for (let i = 0; i < 2 * filters; i++) {
      const weight = random.normal();
      values[offset + i] = weight;
      values[offset + 2 * filters + i] = -weight;
    }
    const parameters = createParameters(layout, values);
    const clipNorm = 1;
    for (let seed = 0; seed < 5; seed++) {
      const data = dataOf(model, 1, seed);
      for (let i = 0; i < width; i++) {
        data.features[i]! *= 1e5;
        data.features[width + i] = data.features[i]! * (1 + rest * random.uniform());
      }
      const [norm] = exactNorms(model, parameters, data);
      const { sum, norms } = clippedSum(model, parameters, data, clipNorm);
      expect(length(sum)).toBeLessThan(clipNorm * (1 + 1e-3));
      expect(norms[0]).toBeGreaterThan(norm! * (1 - 1e-3));
    }
  });
});
