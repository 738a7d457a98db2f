import type { LocalTrainer } from '@fedward/core';

export interface TrainingWork {
  steps: number;
  seconds: number;
}

/** A trainer that adds its steps and its time up in `work`, for the result's timing. */
export function countingTrainer(inner: LocalTrainer, work: TrainingWork): LocalTrainer {
  return {
    name: inner.name,
    describe: () => inner.describe(),
    validate: (plan) => inner.validate?.(plan),
    predict: (model, parameters, data) => inner.predict(model, parameters, data),
    async train(payload, data, context, signal) {
      const start = performance.now();
      const trained = await inner.train(payload, data, context, signal);
      work.seconds += (performance.now() - start) / 1000;
      work.steps += trained.steps;
      return trained;
    },
  };
}
