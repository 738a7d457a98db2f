import type { LocalTrainer } from '@fedward/core';
import { offersOf } from '../offers.js';
import type { TrainingWork } from '../training-work.js';
import { sendContext } from './context.js';
import type { TrainJob } from './messages.js';
import type { TrainerPool } from './pool.js';
import { ResultMemory, sendData, SharedModel } from './shared-memory.js';

/**
 * A trainer whose `train` runs on a pool's threads; everything else is the inner one's, in this thread. Ledger,
 * mechanisms and audit stay here too: what crosses is only what training needs.
 */
export function pooledTrainer(inner: LocalTrainer, pool: TrainerPool, work: TrainingWork): LocalTrainer {
  const models = new SharedModel();
  const results = new ResultMemory();
  return {
    ...offersOf(inner),
    describe: () => inner.describe(),
    validate: (plan) => inner.validate?.(plan),
    predict: (model, parameters, data) => inner.predict(model, parameters, data),
    async train({ layout, values }, data, context, signal) {
      let trained: Float32Array | undefined;
      const makeJob = (): TrainJob => ({
        kind: 'train',
        plan: JSON.stringify(context.plan),
        data: sendData(data),
        layout,
        model: models.share(values),
        trained: (trained = results.take(values.length)),
        context: sendContext(context),
      });
      const { applied, steps, metrics, began, seconds, privateTensors } = await pool.run(
        context.clientId,
        makeJob,
        signal,
      );
      work.add(steps, began, seconds);
      const payload = { layout, values: trained!.slice() };
      // Not after a failure: a thread that was told to stop may still write to it.
      results.giveBack(trained!);
      return { payload, steps, metrics, ...(applied && { applied }), ...(privateTensors && { privateTensors }) };
    },
  };
}
