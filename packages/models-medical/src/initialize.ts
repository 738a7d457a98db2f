import {
  createParameters,
  incompatible,
  layoutOf,
  placeLayers,
  tensorValues,
  type GraphLayer,
  type ModelSpec,
  type Parameters,
  type Random,
} from '@fedward/core';

/**
 * First weights of a model, as PyTorch's `Linear`, `Conv1d` and `Conv2d` draw theirs by default: kernel and bias
 * uniform in [-1/sqrt(f), 1/sqrt(f)) with f the fan-in, the number of inputs that one output sees. (Its
 * `reset_parameters` calls `kaiming_uniform_` with a = sqrt(5), whose bound sqrt(6 / ((1 + a^2) f)) of He et al.
 * 2015 is then 1/sqrt(f).) Group norm starts as scale 1 and shift 0.
 *
 * Tensors of a graph start as it says.
 *
 * @param random each tensor draws from the fork of this stream at its own name, so that it stays the same
 * whatever else the model holds
 * @returns weights in the layout of `layoutOf(spec)`
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a graph that does not say how its tensors start
 */
export function initialParameters(spec: ModelSpec, random: Random): Parameters {
  const parameters = createParameters(layoutOf(spec));
  for (const { layer, tensors } of placeLayers(spec)) {
    let bound = 0;
    tensors.forEach(({ name, shape }, i) => {
      const values = tensorValues(parameters, name);
      if (layer.type === 'graph') return drawAsSaid(values, layer.tensors[i]!, random.fork(name));
      const part = name.slice(name.lastIndexOf('.') + 1);
      if (part === 'scale') values.fill(1);
      if (part === 'scale' || part === 'shift') return;
      // A bias follows its layer's kernel and shares its bound. Kernels are [..., in, out].
      if (part === 'kernel') bound = 1 / Math.sqrt(shape.slice(0, -1).reduce((product, n) => product * n, 1));
      drawUniform(values, bound, random.fork(name));
    });
  }
  return parameters;
}

function drawAsSaid(values: Float32Array, { name, initial }: GraphLayer['tensors'][number], stream: Random): void {
  if (initial === undefined)
    throw incompatible(
      `the model's graph does not say how ${name} starts: give first weights (--initial FILE)`,
      'model.layers',
    );
  if (initial === 'zeros') return;
  if (initial === 'ones') values.fill(1);
  else if ('uniform' in initial) drawUniform(values, initial.uniform, stream);
  else for (let i = 0; i < values.length; i++) values[i] = initial.normal * stream.normal();
}

/** In [-bound, bound). */
function drawUniform(values: Float32Array, bound: number, stream: Random): void {
  for (let i = 0; i < values.length; i++) values[i] = bound * (2 * stream.uniform() - 1);
}
