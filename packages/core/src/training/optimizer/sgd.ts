import type { Optimizer } from './interface.js';

/** w <- w - learningRate g */
export function createSgd(learningRate: number): Optimizer {
  return {
    step: (values, gradient) => {
      for (let i = 0; i < values.length; i++) values[i]! -= learningRate * gradient[i]!;
    },
  };
}
