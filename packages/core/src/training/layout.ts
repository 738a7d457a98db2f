import { FedwardError } from '../base/errors.js';
import { sameLayout, type Layout, type Parameters } from '../parameters/parameters.js';

/**
 * @param expected the layout of the model that is to be trained
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the first tensor that is missing, in another place or shape,
 * or not one of the model's: what another plugin adds to the payload would be lost here
 */
export function assertLayout({ layout, values }: Parameters, expected: Layout): void {
  const refuse = (why: string, tensor?: string): never => {
    throw new FedwardError('CONFIG_INCOMPATIBLE', `the payload does not fit the model: ${why}`, tensor);
  };
  if (expected.size === 0) refuse('the model has no parameters to train');
  if (values.length !== layout.size) refuse(`its layout has ${layout.size} values, it has ${values.length}`);
  if (sameLayout(layout, expected)) return;
  const known = new Set(expected.tensors.map(({ name }) => name));
  const extra = layout.tensors.find(({ name }) => !known.has(name));
  if (extra) refuse(`${extra.name} is not a tensor of it`, extra.name);
  const wrong = expected.tensors.find((tensor, i) => {
    const given = layout.tensors[i];
    return given?.name !== tensor.name || given.shape.join() !== tensor.shape.join();
  })!;
  refuse(`${wrong.name} [${wrong.shape.join(', ')}] is not in its place`, wrong.name);
}
