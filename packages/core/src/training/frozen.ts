import { incompatible } from '../base/errors.js';
import type { Layout } from '../parameters/parameters.js';
import type { FrozenSpec } from '../plan/objective.js';

/**
 * The tensors that a plan freezes: `training.frozen`.
 * @param layout of the model that is trained; names are `<position of the layer>.<type>.<tensor>`
 * @returns their names, each once, in the order of the layout
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a name or a position without a tensor, and where nothing is left to train
 */
export function frozenTensors(frozen: FrozenSpec | undefined, { tensors }: Layout): string[] {
  if (!frozen) return [];
  const means = (entry: string | number, name: string): boolean =>
    typeof entry === 'number' ? name.startsWith(`${entry}.`) : name === entry;
  for (const entry of frozen) {
    if (tensors.some(({ name }) => means(entry, name))) continue;
    const what = typeof entry === 'number' ? `layer ${entry}, which has no tensors` : `${entry}, which is no tensor`;
    throw incompatible(`training.frozen names ${what} of the model`, 'training.frozen');
  }
  const names = tensors.flatMap(({ name }) => (frozen.some((entry) => means(entry, name)) ? [name] : []));
  if (names.length === tensors.length)
    throw incompatible('training.frozen names all tensors of the model: nothing is left to train', 'training.frozen');
  return names;
}
