import type { OptimizerSpec } from '@fedward/core';

/** Moves the weights, in place, by one step along a gradient. Keeps its own state from step to step. */
export type Optimizer = (weights: Float64Array, gradient: Float64Array) => void;

/** The optimizers of a plan, with a new state. */
export function createOptimizer(spec: OptimizerSpec, size: number): Optimizer {
  const { learningRate } = spec;
  switch (spec.name) {
    case 'sgd':
      return (weights, gradient) => {
        for (let i = 0; i < size; i++) weights[i]! -= learningRate * gradient[i]!;
      };
    case 'momentum': {
      // Sutskever et al. 2013, equations 1 and 2, the learning rate taken out of the velocity.
      const velocity = new Float64Array(size);
      return (weights, gradient) => {
        for (let i = 0; i < size; i++) {
          velocity[i] = spec.momentum * velocity[i]! + gradient[i]!;
          weights[i]! -= learningRate * velocity[i]!;
        }
      };
    }
    case 'adam': {
      // Kingma and Ba 2015, algorithm 1.
      const { beta1, beta2, epsilon } = spec;
      const first = new Float64Array(size);
      const second = new Float64Array(size);
      let step = 0;
      return (weights, gradient) => {
        step++;
        for (let i = 0; i < size; i++) {
          const g = gradient[i]!;
          first[i] = beta1 * first[i]! + (1 - beta1) * g;
          second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
          const mean = first[i]! / (1 - beta1 ** step);
          const square = second[i]! / (1 - beta2 ** step);
          weights[i]! -= (learningRate * mean) / (Math.sqrt(square) + epsilon);
        }
      };
    }
  }
}
