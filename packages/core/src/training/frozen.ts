import { incompatible } from '../base/errors.js';
import type { Layout } from '../parameters/parameters.js';
import type { FrozenSpec } from '../plan/objective.js';
import { namedTensors } from './named-tensors.js';

/**
 * The tensors that a plan freezes: `training.frozen`.
 * @param layout of the model that is trained; names are `<position of the layer>.<type>.<tensor>`
 * @returns their names, each once, in the order of the layout
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for an entry without a tensor, and where nothing is left to train
 */
export function frozenTensors(frozen: FrozenSpec | undefined, layout: Layout): string[] {
  if (!frozen) return [];
  const names = namedTensors(frozen, layout, 'training.frozen');
  if (names.length === layout.tensors.length)
    throw incompatible('training.frozen names all tensors of the model: nothing is left to train', 'training.frozen');
  return names;
}
