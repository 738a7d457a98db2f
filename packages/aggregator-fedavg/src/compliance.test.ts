import { describe, it } from 'vitest';
import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { siteStrategyCompliance } from '@fedward/testkit/site-strategy';
import { fedAvg, fedProx } from './index.js';
import { siteOf } from './fedavg.js';

aggregatorCompliance({ create: () => fedAvg(), mean: true }).register({ describe, it });
aggregatorCompliance({ create: () => fedProx({ mu: 0.1 }), mean: true }).register({ describe, it });
aggregatorCompliance({ create: () => fedAvg({ weighting: 'equal' }) }).register({ describe, it });
siteStrategyCompliance({
  create: () => siteOf('fedavg', 'equal')!,
  aggregator: () => fedAvg({ weighting: 'equal' }),
}).register({ describe, it });
