import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { describe, it } from 'vitest';
import { fedAdagrad, fedAdam, fedAvgM, fedYogi } from './index.js';

for (const create of [
  ...[fedAvgM, fedAdagrad, fedAdam, fedYogi],
  () => fedAdam({ biasCorrection: 'moments' }),
  () => fedAdam({ biasCorrection: 'flower', initialAccumulator: 0 }),
])
  aggregatorCompliance({ create: () => create() }).register({ describe, it });

// Without momentum it is FedAvg.
aggregatorCompliance({ create: () => fedAvgM({ momentum: 0 }), mean: true }).register({ describe, it });
