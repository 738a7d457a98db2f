import type { DpEvent } from '@fedward/core';
import { privacyAccountantCompliance } from '@fedward/testkit/privacy-accountant';
import { describe, it } from 'vitest';
import { myPluginAccountant } from './my-plugin.js';

const gaussian: DpEvent = { type: 'gaussian', noiseMultiplier: 1.5 };
const run: DpEvent = {
  type: 'repeated',
  event: { type: 'composed', events: [gaussian, { type: 'gaussian', noiseMultiplier: 7 }] },
  count: 20,
};

privacyAccountantCompliance({
  create: myPluginAccountant(),
  adjacencies: ['add-or-remove-one', 'replace-one'],
  supported: [gaussian, run],
  unsupported: [
    { type: 'poisson-sampled', samplingProbability: 0.2, event: gaussian },
    { type: 'laplace', noiseMultiplier: 3 },
  ],
}).register({ describe, it });
