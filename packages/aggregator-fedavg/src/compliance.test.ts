import { describe, it } from 'vitest';
import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { fedAvg, fedProx } from './index.js';

aggregatorCompliance({ create: () => fedAvg(), mean: true }).register({ describe, it });
aggregatorCompliance({ create: () => fedProx({ mu: 0.1 }), mean: true }).register({ describe, it });
