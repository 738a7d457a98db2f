import { incompatible, type Layout } from '@fedward/core';
import { namedTensors } from '@fedward/core/training';
import * as z from 'zod';

/** Tensors of a model: by name, such as `2.dense.bias`, by a pattern, or all of a layer by its position, as in `training.frozen`. */
export const tensorChoiceSchema = z
  .array(z.union([z.string().min(1).max(1000), z.int().min(0).max(1_000_000)]))
  .min(1)
  .max(100_000)
  .readonly();

/** As `tensorChoiceSchema` reads it. */
export type TensorChoice = z.output<typeof tensorChoiceSchema>;

/**
 * The tensors that are chosen, each once, in the order of the layout.
 * @param path where the choice stands, for messages
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a name or a position without a tensor
 */
export function chosenTensors(choice: TensorChoice, layout: Layout, path: string): string[] {
  return namedTensors(choice, layout, path);
}

/** All tensors of the last `count` layers that have any. @throws {FedwardError} CONFIG_INCOMPATIBLE for more than there are */
export function lastLayers(count: number, { tensors }: Layout, path: string): string[] {
  const layerOf = (name: string): string => name.slice(0, name.indexOf('.'));
  const layers = [...new Set(tensors.map(({ name }) => layerOf(name)))];
  if (count > layers.length)
    throw incompatible(`${path} is ${count}, and the model has ${layers.length} layers with tensors`, path);
  const last = new Set(layers.slice(-count));
  return tensors.map(({ name }) => name).filter((name) => last.has(layerOf(name)));
}
