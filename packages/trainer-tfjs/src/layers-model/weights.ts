import { createLayout, createParameters, FedwardError, type Layout, type Parameters } from '@fedward/core';
import { assertLayout } from '@fedward/core/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Weight } from './weight.js';

/**
 * All the weights of a model, layer by layer, those that are not trained (such as the moving averages of batch
 * normalisation) too. Names are `<position of the layer>.<class>.<weight>`: the names that TensorFlow.js makes up
 * count how many layers the process has made, and would differ from site to site.
 */
export function weightsOf(model: LayersModel): { readonly layout: Layout; readonly weights: readonly Weight[] } {
  const trainable = new Set(model.trainableWeights);
  const variables = model.layers.flatMap((layer, position) => {
    const seen = new Map<string, number>();
    return layer.weights.map((variable) => {
      const own = variable.originalName.split('/').at(-1)!.replace(/_\d+$/, '');
      const times = (seen.get(own) ?? 0) + 1; // two cells of one wrapper each have a `kernel`
      seen.set(own, times);
      const name = `${position}.${kebab(layer.getClassName())}.${own}${times > 1 ? `-${times}` : ''}`;
      const shape = variable.shape.map(Number);
      if (variable.read().dtype !== 'float32')
        throw new FedwardError('CONFIG_INCOMPATIBLE', `the weight ${name} is not float32`, name);
      return { name, shape, variable };
    });
  });
  const layout = createLayout(variables);
  const weights = variables.map(({ variable, name, shape }, i) => {
    const { offset, size } = layout.tensors[i]!;
    return { variable, name, shape, offset, size, trainable: trainable.has(variable) };
  });
  return { layout, weights };
}

/** The weights that are trained, with offsets into a flat array of them alone. */
export function trainablePart(weights: readonly Weight[]): {
  readonly packed: readonly Weight[];
  /** [trainable] from [all] */
  gather(all: Float32Array): Float32Array;
  /** Puts [trainable] into [all]. */
  scatter(trainable: Float32Array, all: Float32Array): void;
} {
  const chosen = weights.filter(({ trainable }) => trainable);
  const packed: Weight[] = [];
  let size = 0;
  for (const weight of chosen) {
    packed.push({ ...weight, offset: size });
    size += weight.size;
  }
  const pairs = chosen.map((weight, i) => [weight, packed[i]!] as const);
  return {
    packed,
    gather: (all) => {
      const trainable = new Float32Array(size);
      for (const [from, to] of pairs) trainable.set(all.subarray(from.offset, from.offset + from.size), to.offset);
      return trainable;
    },
    scatter: (trainable, all) => {
      for (const [to, from] of pairs) all.set(trainable.subarray(from.offset, from.offset + from.size), to.offset);
    },
  };
}

function kebab(className: string): string {
  return className.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
}

/**
 * The weights of a model as they travel, a copy. The layout is the same for every model made by the same code.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a weight that is not float32
 */
export function parametersOf(model: LayersModel): Parameters {
  const { layout, weights } = weightsOf(model);
  const values = new Float32Array(layout.size);
  for (const { variable, offset } of weights) values.set(variable.read().dataSync() as Float32Array, offset);
  return createParameters(layout, values);
}

/**
 * Sets the weights of a model; the inverse of `parametersOf`.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for parameters of another model, naming a tensor
 */
export async function setParameters(model: LayersModel, parameters: Parameters): Promise<void> {
  const { layout, weights } = weightsOf(model);
  assertLayout(parameters, layout);
  const { writeWeights } = await import('./tensors.js');
  writeWeights(weights, parameters.values);
}
