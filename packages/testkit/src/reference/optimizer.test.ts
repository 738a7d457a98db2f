import type { OptimizerSpec } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { createOptimizer } from './optimizer.js';

function path(spec: OptimizerSpec, gradients: readonly number[]): number[] {
  const optimize = createOptimizer(spec, 1);
  const weights = Float64Array.of(1);
  return gradients.map((g) => {
    optimize(weights, Float64Array.of(g));
    return weights[0]!;
  });
}

describe('createOptimizer', () => {
  it('takes a step of SGD against the gradient', () => {
    expect(path({ name: 'sgd', learningRate: 0.5 }, [1, -2])).toEqual([0.5, 1.5]);
  });

  it('adds up gradients in momentum', () => {
    // velocities 1, 0.5 * 1 + 1 = 1.5, 0.5 * 1.5 + 0 = 0.75
    expect(path({ name: 'momentum', learningRate: 1, momentum: 0.5 }, [1, 1, 0])).toEqual([0, -1.5, -2.25]);
  });

  it('gives every first step of Adam the length of the learning rate', () => {
    const adam = { name: 'adam', learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-12 } as const;
    expect(path(adam, [0.003])[0]).toBeCloseTo(0.9, 9);
    expect(path(adam, [-7])[0]).toBeCloseTo(1.1, 9);
  });

  it('corrects the bias of Adam at every step', () => {
    const adam = { name: 'adam', learningRate: 1, beta1: 0.5, beta2: 0.75, epsilon: 1 } as const;
    // m = 0.5 * 1 + 0.5 * 3 = 2, over 1 - 0.25: 8/3; v = 0.75 * 1 + 0.25 * 9 = 3, over 1 - 0.5625: 48/7
    const [first, second] = path(adam, [2, 3]);
    expect(first).toBeCloseTo(1 - 2 / (2 + 1), 12);
    expect(second).toBeCloseTo(first! - 8 / 3 / (Math.sqrt(48 / 7) + 1), 12);
  });
});
