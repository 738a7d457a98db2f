import type { LocalTrainer } from '@fedward/core';
import { reached } from '@fedward/kit-daemon';

/**
 * A trainer that tells when a training begins, and when it is done and nothing of it is kept yet.
 * @param onDescribed told what it runs on, whenever it says so
 */
export function pointed(trainer: LocalTrainer, onDescribed: (runsOn: string) => void): LocalTrainer {
  const { name, provides, layout, validate } = trainer;
  return {
    name,
    async describe() {
      const runsOn = await trainer.describe();
      onDescribed(runsOn);
      return runsOn;
    },
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
