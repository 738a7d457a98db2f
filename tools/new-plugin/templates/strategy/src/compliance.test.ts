import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { siteStrategyCompliance } from '@fedward/testkit/site-strategy';
import { describe, it } from 'vitest';
import { myPluginAggregator, myPluginSite } from './index.js';

aggregatorCompliance({ create: myPluginAggregator, mean: true }).register({ describe, it });
siteStrategyCompliance({
  create: () => myPluginSite({ share: 0.5 }),
  aggregator: myPluginAggregator,
}).register({ describe, it });
