import type { OptimizerSpec } from '../../plan/plan.js';
import { describe, expect, it } from 'vitest';
import { createOptimizer } from './optimizer.js';

/*
 * Expected weights by PyTorch 2.13.0 in float64, after each of three steps:
 *   w = torch.tensor([1.0, -2.0, 3.0], requires_grad=True); o = OPTIMIZER
 *   for g in gradients: w.grad = torch.tensor(g); o.step(); print([round(v, 9) for v in w.tolist()])
 */
const gradients = [
  [1, -0.5, 0],
  [-0.25, 2, 1e-4],
  [0.5, 0.5, 0.5],
];
const vectors: { optimizer: OptimizerSpec; torch: string; weights: number[][] }[] = [
  {
    optimizer: { name: 'sgd', learningRate: 0.1 },
    torch: 'SGD([w], lr=0.1)',
    weights: [
      [0.9, -1.95, 3],
      [0.925, -2.15, 2.99999],
      [0.875, -2.2, 2.94999],
    ],
  },
  {
    optimizer: { name: 'momentum', learningRate: 0.1, momentum: 0.9 },
    torch: 'SGD([w], lr=0.1, momentum=0.9)',
    weights: [
      [0.9, -1.95, 3],
      [0.835, -2.105, 2.99999],
      [0.7265, -2.2945, 2.949981],
    ],
  },
  {
    optimizer: { name: 'adam', learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    torch: 'Adam([w], lr=0.01)',
    weights: [
      [0.99, -1.99, 3],
      [0.985305318, -1.995595035, 2.992559684],
      [0.979250578, -2.001304486, 2.986170398],
    ],
  },
  {
    optimizer: { name: 'adam', learningRate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 0.1 },
    torch: 'Adam([w], lr=0.01, betas=(0.8, 0.99), eps=0.1)',
    weights: [
      [0.990909091, -1.991666667, 3],
      [0.987215467, -1.997361146, 2.999994448],
      [0.982143375, -2.002868, 2.994740977],
    ],
  },
];

describe('optimizers', () => {
  it.each(vectors)('step as torch.optim.$torch does', ({ optimizer, weights }) => {
    const values = Float32Array.of(1, -2, 3);
    const { step } = createOptimizer(optimizer, 3);
    gradients.forEach((g, i) => {
      step(values, Float32Array.from(g));
      values.forEach((value, k) => expect(value).toBeCloseTo(weights[i]![k]!, 6));
    });
  });

  it('leave the gradient as it was and begin anew with each creation', () => {
    for (const { optimizer } of vectors) {
      const runs = [0, 1].map(() => {
        const values = Float32Array.of(1, -2, 3);
        const gradient = Float32Array.of(1, -0.5, 0.25);
        const { step } = createOptimizer(optimizer, 3);
        step(values, gradient);
        step(values, gradient);
        expect([...gradient]).toEqual([1, -0.5, 0.25]);
        return [...values];
      });
      expect(runs[1]).toEqual(runs[0]);
    }
  });
});
