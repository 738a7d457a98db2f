import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { describe, it } from 'vitest';
import { myPluginAggregator } from './my-plugin.js';

aggregatorCompliance({ create: () => myPluginAggregator({ learningRate: 0.5 }) }).register({ describe, it });
// With this rate a round adds the weighted mean itself.
aggregatorCompliance({ create: () => myPluginAggregator({ learningRate: 1 }), mean: true }).register({ describe, it });
