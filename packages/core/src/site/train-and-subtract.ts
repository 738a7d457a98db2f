import { incompatible } from '../base/errors.js';
import type { SiteStrategy, StrategyContext } from '../interfaces/strategy.js';
import { createParameters, isParameters, type Parameters, type Tensors } from '../parameters/parameters.js';
import { parseInstructions } from '../training/instructions.js';
import { assertLayout } from '../training/layout.js';

/**
 * What a site does where the aggregator names no half of its own: one training from the model that was sent; the update is
 * what the training changed in it.
 */
export const trainAndSubtract: SiteStrategy = {
  name: 'train-and-subtract',
  validateTask({ payload, instructions }, _plan, model) {
    assertLayout(modelOf(payload), model);
    parseInstructions(instructions);
  },
  async answer({ sent, instructions, train }: StrategyContext) {
    const model = modelOf(sent);
    const trained = await train(model, parseInstructions(instructions));
    return { update: changeOf(trained.payload, model) };
  },
};

/**
 * The same with another share in the mean than the number of records.
 * @param name of the aggregator whose half at the sites it is
 * @param weightOf above 0 and no more than the number of records that it is given
 */
export function weighed(name: string, weightOf: (records: number) => number): SiteStrategy {
  return {
    ...trainAndSubtract,
    name,
    async answer(context) {
      const answer = await trainAndSubtract.answer(context);
      return { ...answer, weight: weightOf(context.records) };
    },
  };
}

/** What a training changed: a - b, in float32, which is exact where the two are within a factor of two (Sterbenz 1974). */
export function changeOf({ layout, values }: Parameters, from: Parameters): Parameters {
  const change = new Float32Array(values.length);
  subtract(change, values, from.values);
  return createParameters(layout, change);
}

/** Of its own, for the compiler's sake: see `addWeighted` of the weighted sum. */
function subtract(change: Float32Array, values: Float32Array, from: Float32Array): void {
  for (let i = 0; i < change.length; i++) change[i] = values[i]! - from[i]!;
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for tensors of another element type than a model's */
export function modelOf(sent: Tensors): Parameters {
  if (isParameters(sent)) return sent;
  throw incompatible('a model of float32 is trained, and other numbers were sent', 'payload');
}
