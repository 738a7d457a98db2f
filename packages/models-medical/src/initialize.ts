import { createParameters, layoutOf, tensorValues, type ModelSpec, type Parameters, type Random } from '@fedward/core';

/**
 * First weights of a model, as PyTorch's `Linear`, `Conv1d` and `Conv2d` draw theirs by default: kernel and bias
 * uniform in [-1/sqrt(f), 1/sqrt(f)) with f the fan-in, the number of inputs that one output sees. (Its
 * `reset_parameters` calls `kaiming_uniform_` with a = sqrt(5), whose bound sqrt(6 / ((1 + a^2) f)) of He et al.
 * 2015 is then 1/sqrt(f).) Group norm starts as scale 1 and shift 0.
 *
 * @param random each tensor draws from the fork of this stream at its own name, so that it stays the same
 * whatever else the model holds
 * @returns weights in the layout of `layoutOf(spec)`
 */
export function initialParameters(spec: ModelSpec, random: Random): Parameters {
  const parameters = createParameters(layoutOf(spec));
  let bound = 0;
  for (const { name, shape } of parameters.layout.tensors) {
    const values = tensorValues(parameters, name);
    const part = name.slice(name.lastIndexOf('.') + 1);
    switch (part) {
      case 'scale':
        values.fill(1);
        break;
      case 'shift':
        break; // zero already
      default: {
        // A bias follows its layer's kernel and shares its bound. Kernels are [..., in, out].
        if (part === 'kernel') bound = 1 / Math.sqrt(shape.slice(0, -1).reduce((product, n) => product * n, 1));
        const stream = random.fork(name);
        for (let i = 0; i < values.length; i++) values[i] = bound * (2 * stream.uniform() - 1);
      }
    }
  }
  return parameters;
}
