import type { Optimizer } from './interface.js';

/** v <- momentum v + g, w <- w - learningRate v, from v = 0 on: as torch.optim.SGD(momentum) has it. */
export function createMomentum(
  { learningRate, momentum }: { readonly learningRate: number; readonly momentum: number },
  size: number,
): Optimizer {
  const velocity = new Float32Array(size);
  return {
    step: (values, gradient) => {
      for (let i = 0; i < values.length; i++) {
        velocity[i] = momentum * velocity[i]! + gradient[i]!;
        values[i]! -= learningRate * velocity[i]!;
      }
    },
  };
}
