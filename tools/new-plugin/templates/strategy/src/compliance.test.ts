import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { describe, it } from 'vitest';
import { myPluginAggregator } from './my-plugin.js';

aggregatorCompliance({ create: myPluginAggregator, mean: true }).register({ describe, it });
