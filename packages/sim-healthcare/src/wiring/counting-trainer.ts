import type { LocalTrainer } from '@fedward/core';

export interface TrainingWork {
  steps: number;
  seconds: number;
}

/** A trainer that adds up its steps and its time, for the result's timing. */
export function countingTrainer(inner: LocalTrainer): { readonly trainer: LocalTrainer; readonly work: TrainingWork } {
  const work: TrainingWork = { steps: 0, seconds: 0 };
  const trainer: LocalTrainer = {
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
  return { trainer, work };
}
