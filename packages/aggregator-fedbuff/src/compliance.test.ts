import { PluginRegistry } from '@fedward/core';
import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { collectorCompliance } from '@fedward/testkit/collector';
import { describe, it } from 'vitest';
import { fedBuff, plugins } from './index.js';

aggregatorCompliance({ create: () => fedBuff(), mean: true }).register({ describe, it });
aggregatorCompliance({
  create: () => fedBuff({ learningRate: 0.5, staleness: { kind: 'hinge' } }),
}).register({ describe, it });

const registry = new PluginRegistry(plugins);
for (const size of [1, 3])
  collectorCompliance({ create: () => registry.create('collector', { name: 'buffered', options: { size } }) }).register(
    {
      describe,
      it,
    },
  );
