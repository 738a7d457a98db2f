import { collectorCompliance } from '@fedward/testkit/collector';
import { describe, it } from 'vitest';
import { myPluginCollector } from './my-plugin.js';

collectorCompliance({ create: () => myPluginCollector({ size: 3 }) }).register({ describe, it });
