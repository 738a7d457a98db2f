import type { AccountantFactory } from '@fedward/core';
import { privacyAccountantCompliance } from '../../privacy-accountant.js';
import type { ComplianceSuite } from '../../suite.js';
import { brokenCompositions } from './composition.js';
import { brokenNoise } from './noise.js';
import { brokenPrices } from './price.js';
import { brokenRefusals } from './refusal.js';

export const brokenAccountants = { ...brokenCompositions, ...brokenRefusals, ...brokenPrices, ...brokenNoise };

export function suiteOf(create: () => AccountantFactory): ComplianceSuite {
  return privacyAccountantCompliance({
    create: create(),
    adjacencies: ['add-or-remove-one', 'replace-one'],
    supported: [
      { type: 'gaussian', noiseMultiplier: 1.1 },
      { type: 'repeated', count: 4, event: { type: 'gaussian', noiseMultiplier: 3 } },
      { type: 'poisson-sampled', samplingProbability: 0.1, event: { type: 'gaussian', noiseMultiplier: 0.9 } },
    ],
    unsupported: [
      { type: 'gaussian', noiseMultiplier: 0 },
      { type: 'non-private', reason: 'an average' },
    ],
  });
}
