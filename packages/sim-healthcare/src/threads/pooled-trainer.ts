import type { LocalTrainer } from '@fedward/core';
import { offersOf } from '../wiring/offers.js';
import type { TrainingWork } from '../wiring/training-work.js';
import { sendContext } from './context.js';
import type { TrainDone, TrainJob } from './messages.js';
import type { ThreadPool } from './pool.js';
import { sendData, SharedModel } from './shared-data.js';

/**
 * A trainer whose `train` runs on a pool's threads; everything else is the inner one's, in this thread: for sites that
 * can't live in a thread themselves.
 */
export function pooledTrainer(inner: LocalTrainer, pool: ThreadPool, work: TrainingWork): LocalTrainer {
  const models = new SharedModel();
  return {
    ...offersOf(inner),
    describe: () => inner.describe(),
    validate: (plan) => inner.validate?.(plan),
    predict: (model, parameters, data) => inner.predict(model, parameters, data),
    async train({ layout, values }, data, context, signal) {
      const makeJob = (): TrainJob => ({
        kind: 'train',
        plan: JSON.stringify(context.plan),
        data: sendData(data),
        layout,
        model: models.share(values),
        context: sendContext(context),
      });
      const done = (await pool.run(context.clientId, makeJob, signal)) as TrainDone;
      const { trained, began, seconds, ...rest } = done;
      work.add(rest.steps, began, seconds);
      return { payload: { layout, values: trained }, ...rest };
    },
  };
}
