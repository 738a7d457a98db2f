import type { LocalTrainer } from '@fedward/core';
import { offersOf } from './offers.js';
import { clock, type TrainingWork } from './training-work.js';

/** A trainer that adds its steps and its time up in `work`, for the result's timing. */
export function countingTrainer(inner: LocalTrainer, work: TrainingWork): LocalTrainer {
  return {
    ...offersOf(inner),
    describe: () => inner.describe(),
    validate: (plan) => inner.validate?.(plan),
    predict: (model, parameters, data) => inner.predict(model, parameters, data),
    async train(payload, data, context, signal) {
      const began = clock();
      const trained = await inner.train(payload, data, context, signal);
      work.add(trained.steps, began, clock() - began);
      return trained;
    },
  };
}
