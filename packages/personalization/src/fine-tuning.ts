import { changeOf, incompatible, layoutOf, modelOf, parseWith, type Layout, type SiteStrategy } from '@fedward/core';
import * as z from 'zod';
import { averaging } from './averaging.js';
import { ownSettings, ownTraining } from './own-training.js';
import { chosenTensors, tensorChoiceSchema } from './tensor-choice.js';

const name = 'fine-tuning';

/** The options of fine-tuning: both halves are made from them. */
export const fineTuningOptions = z.strictObject({
  ...ownTraining,
  steps: z.int().min(1).max(1_000_000).describe('steps from the global model to the personal one, >= 1'),
  tensors: tensorChoiceSchema
    .optional()
    .describe('tensors that are fine-tuned, by name or position of layer, such as the last; default: all'),
});

/** Of `fineTuning` and `fineTuningSite`. */
export type FineTuningOptions = z.input<typeof fineTuningOptions>;

/**
 * The server's half of fine-tuning: federated averaging.
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `validate`) CONFIG_INCOMPATIBLE for tensors that the model lacks
 */
export function fineTuning(options: FineTuningOptions, path = 'aggregator.options') {
  const { tensors } = parseWith(fineTuningOptions, options, path);
  return averaging(name, { plain: true, validate: ({ model }) => void othersThan(tensors, layoutOf(model)) });
}

/**
 * The site's half: in each round a plain training; the personal model is the global one after `steps` further steps on the
 * site's own records, starting anew from what was sent last. It remembers nothing.
 *
 * Source: Wang et al. 2019, Federated evaluation of on-device personalization, section 3; Yu et al. 2020, Salvaging federated
 * learning by local adaptation, section 3 (fine-tuning, and freeze-base where `tensors` are the last layer's).
 * @throws {FedwardError} as `fineTuning`
 */
export function fineTuningSite(options: FineTuningOptions, path = 'aggregator.options'): SiteStrategy<null> {
  const { tensors, ...own } = parseWith(fineTuningOptions, options, path);
  return {
    name,
    requires: tensors ? ['frozen-tensors'] : [],
    validate: ({ model }) => void othersThan(tensors, layoutOf(model)),
    async answer({ sent, train }) {
      const model = modelOf(sent);
      const { payload } = await train(model);
      return { update: changeOf(payload, model) };
    },
    async personalModel({ sent, model, plan, trainHere }) {
      const frozen = othersThan(tensors, model);
      const wishes = frozen.length > 0 ? { frozen } : {};
      return (await trainHere(modelOf(sent), wishes, ownSettings(plan, own))).payload;
    },
  };
}

/** Names of the tensors that stay as they were sent. */
function othersThan(tensors: z.output<typeof tensorChoiceSchema> | undefined, model: Layout): string[] {
  if (!tensors) return [];
  if (model.size === 0) throw incompatible(`${name} needs a model with tensors`, 'model.layers');
  const chosen = new Set(chosenTensors(tensors, model, 'aggregator.options.tensors'));
  return model.tensors.map((tensor) => tensor.name).filter((one) => !chosen.has(one));
}
