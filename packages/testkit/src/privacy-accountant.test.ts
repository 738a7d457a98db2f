import type { AccountantFactory } from '@fedward/core';
import { describe } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenCompositions } from './broken/privacy-accountants/composition.js';
import { brokenNoise } from './broken/privacy-accountants/noise.js';
import { brokenPrices } from './broken/privacy-accountants/price.js';
import { referenceAccountant } from './broken/privacy-accountants/reference.js';
import { brokenRefusals } from './broken/privacy-accountants/refusal.js';
import { privacyAccountantCompliance } from './privacy-accountant.js';

describe('the suite of privacy accountants', () => {
  const suiteOf = (create: () => AccountantFactory) =>
    privacyAccountantCompliance({
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
  const faults = { ...brokenCompositions, ...brokenRefusals, ...brokenPrices, ...brokenNoise };
  expectFaultsSeen(suiteOf, referenceAccountant, faults);
  expectNoIdleCheck([suiteOf(referenceAccountant)], faults);
});
