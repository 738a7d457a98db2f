import type { Optimizer } from './interface.js';

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * Adam with bias correction (Kingma and Ba 2015, algorithm 1), epsilon added to the root of the corrected second
 * moment, as torch.optim.Adam does it.
 */
export function createAdam({ learningRate, beta1, beta2, epsilon }: AdamOptions, size: number): Optimizer {
  const first = new Float32Array(size);
  const second = new Float32Array(size);
  let steps = 0;
  return {
    step: (values, gradient) => {
      steps += 1;
      const rate = learningRate / (1 - beta1 ** steps);
      const rootOfCorrection = Math.sqrt(1 - beta2 ** steps);
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i]!;
        const m = beta1 * first[i]! + (1 - beta1) * g;
        const v = beta2 * second[i]! + (1 - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        values[i]! -= (rate * m) / (Math.sqrt(v) / rootOfCorrection + epsilon);
      }
    },
  };
}
