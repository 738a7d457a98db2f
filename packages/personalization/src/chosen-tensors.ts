import { layoutOf, parseWith, type SiteStrategy } from '@fedward/core';
import * as z from 'zod';
import { averaging } from './averaging.js';
import { privateTensorsOf, privateTensorsSite, type ChoosePrivate, type PrivateValues } from './private-tensors.js';
import { chosenTensors, tensorChoiceSchema } from './tensor-choice.js';

const name = 'private-tensors';

/** The options of private tensors: both halves are made from them. */
export const chosenTensorsOptions = z.strictObject({
  tensors: tensorChoiceSchema.describe(
    'tensors that never leave a site, by name or position of layer, as in `training.frozen`; such as a single bias',
  ),
});

/** Of `chosenPrivate` and `chosenPrivateSite`. */
export type ChosenTensorsOptions = z.input<typeof chosenTensorsOptions>;

function choice(options: ChosenTensorsOptions, path: string): ChoosePrivate {
  const { tensors } = parseWith(chosenTensorsOptions, options, path);
  return (layout) => chosenTensors(tensors, layout, 'aggregator.options.tensors');
}

/**
 * Partial model sharing with private tensors of one's own choice: the server's half, federated averaging of the others.
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `validate`) CONFIG_INCOMPATIBLE for tensors that the model lacks,
 *   or where none is left to share
 */
export function chosenPrivate(options: ChosenTensorsOptions, path = 'aggregator.options') {
  const choose = privateTensorsOf(name, choice(options, path));
  return averaging(name, { plain: false, validate: ({ model }) => void choose(layoutOf(model), model) });
}

/**
 * The site's half. A private bias of the last layer is an intercept of a hospital's own: how frequent the outcome is there.
 * Source: Pillutla et al. 2022, Federated learning with partial model personalization, algorithm 2 (FedSim: the private and
 * the shared tensors of one model are trained together).
 * @throws {FedwardError} as `chosenPrivate`
 */
export function chosenPrivateSite(
  options: ChosenTensorsOptions,
  path = 'aggregator.options',
): SiteStrategy<PrivateValues> {
  return privateTensorsSite(name, choice(options, path));
}
