import type { LocalTrainer } from '@fedward/core';
import { reached } from '@fedward/kit-daemon';

/** A trainer that tells when a training begins, and when it is done and nothing of it is kept yet. */
export function pointed(trainer: LocalTrainer): LocalTrainer {
  const { name, provides, layout, validate } = trainer;
  return {
    name,
    describe: () => trainer.describe(),
    ...(provides && { provides }),
    ...(layout && { layout: layout.bind(trainer) }),
    ...(validate && { validate: validate.bind(trainer) }),
    async train(from, data, context, signal) {
      const { runId, round } = context;
      reached('site.training', { runId, round });
      const trained = await trainer.train(from, data, context, signal);
      reached('site.trained', { runId, round });
      return trained;
    },
    predict: (...asked) => trainer.predict(...asked),
  };
}
